package dev.holdfast.volume;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.catalog.PostgresCatalog;
import dev.holdfast.testing.PostgresSchema;
import dev.holdfast.testing.RequiresPostgres;

/**
 * The SQL is portable.
 */
@RequiresPostgres
class CatalogLeasesOnPostgresTests extends CatalogLeasesTests {

	private final PostgresSchema schema;

	CatalogLeasesOnPostgresTests(PostgresSchema schema) {
		this.schema = schema;
	}

	@Override
	Catalog openCatalog() {
		return PostgresCatalog.open(this.schema);
	}

}
