package dev.holdfast.catalog;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

/**
 * Whether this release may open a catalog. It may one that a newer release has migrated,
 * unless that has set a feature bit that must be known.
 */
final class CatalogFormat {

	/** Bits that must be known, and are. None yet. */
	private static final long KNOWN_REQUIRED = 0;

	private CatalogFormat() {
	}

	/**
	 * Looks before anything is changed.
	 * @throws CatalogException if a newer release is needed
	 */
	static void require(DataSource source) throws SQLException {
		try (Connection connection = source.getConnection(); Statement statement = connection.createStatement()) {
			if (!isThere(connection)) {
				return;
			}
			try (ResultSet row = statement.executeQuery("SELECT required_features, needed_release FROM format")) {
				if (row.next() && (row.getLong(1) & ~KNOWN_REQUIRED) != 0) {
					throw new CatalogException(
							"The catalog cannot be opened: it needs Holdfast %s or later".formatted(row.getString(2)));
				}
			}
		}
	}

	/**
	 * Where the query looks, and nowhere else. SQLite has no schemas and answers null.
	 */
	private static boolean isThere(Connection connection) throws SQLException {
		try (ResultSet tables = connection.getMetaData().getTables(null, connection.getSchema(), "format", null)) {
			return tables.next();
		}
	}

}
