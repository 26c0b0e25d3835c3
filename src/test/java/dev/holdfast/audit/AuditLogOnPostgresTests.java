package dev.holdfast.audit;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.catalog.PostgresCatalog;
import dev.holdfast.testing.PostgresSchema;
import dev.holdfast.testing.RequiresPostgres;

/**
 * The SQL is portable.
 */
@RequiresPostgres
class AuditLogOnPostgresTests extends AuditLogTests {

	private final PostgresSchema schema;

	AuditLogOnPostgresTests(PostgresSchema schema) {
		this.schema = schema;
	}

	@Override
	Catalog openCatalog() {
		return PostgresCatalog.open(this.schema);
	}

}
