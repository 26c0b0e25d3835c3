package dev.holdfast.operation;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.catalog.PostgresCatalog;
import dev.holdfast.testing.PostgresSchema;
import dev.holdfast.testing.RequiresPostgres;

/**
 * The SQL is portable.
 */
@RequiresPostgres
class OperationsOnPostgresTests extends OperationsTests {

	private final PostgresSchema schema;

	OperationsOnPostgresTests(PostgresSchema schema) {
		this.schema = schema;
	}

	@Override
	Catalog openCatalog() {
		return PostgresCatalog.open(this.schema);
	}

}
