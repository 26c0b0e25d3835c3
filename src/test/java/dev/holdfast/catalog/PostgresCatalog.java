package dev.holdfast.catalog;

import dev.holdfast.testing.PostgresSchema;

/**
 * Opens a catalog that is not SQLite's, for tests of what all layers ask of it.
 */
public final class PostgresCatalog {

	private PostgresCatalog() {
	}

	public static Catalog open(PostgresSchema schema) {
		return Catalog.open(schema.writers(), schema.readers());
	}

}
