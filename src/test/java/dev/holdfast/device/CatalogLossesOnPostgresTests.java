package dev.holdfast.device;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.catalog.PostgresCatalog;
import dev.holdfast.testing.PostgresSchema;
import dev.holdfast.testing.RequiresPostgres;

/**
 * The SQL is portable.
 */
@RequiresPostgres
class CatalogLossesOnPostgresTests extends CatalogLossesTests {

	private final PostgresSchema schema;

	CatalogLossesOnPostgresTests(PostgresSchema schema) {
		this.schema = schema;
	}

	@Override
	Catalog openCatalog() {
		return PostgresCatalog.open(this.schema);
	}

}
