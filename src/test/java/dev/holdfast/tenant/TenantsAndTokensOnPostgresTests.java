package dev.holdfast.tenant;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.catalog.PostgresCatalog;
import dev.holdfast.testing.PostgresSchema;
import dev.holdfast.testing.RequiresPostgres;

/**
 * The SQL is portable.
 */
@RequiresPostgres
class TenantsAndTokensOnPostgresTests extends TenantsAndTokensTests {

	private final PostgresSchema schema;

	TenantsAndTokensOnPostgresTests(PostgresSchema schema) {
		this.schema = schema;
	}

	@Override
	Catalog openCatalog() {
		return PostgresCatalog.open(this.schema);
	}

}
