package dev.holdfast.catalog;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is SQLite's only.
 */
class SqliteCatalogTests {

	@TempDir
	Path directory;

	@Test
	void shouldSyncFullyWithAWriteAheadLog() {
		try (Catalog catalog = open()) {
			String journal = catalog.read((client) -> client.sql("PRAGMA journal_mode").query(String.class).single());
			assertThat(journal).isEqualTo("wal");
			assertThat(pragma(catalog, "synchronous")).isEqualTo(2);
			assertThat(pragma(catalog, "foreign_keys")).isOne();
		}
	}

	@Test
	void shouldSayThatAFileIsNoCatalog() throws Exception {
		Files.writeString(this.directory.resolve("catalog.db"), "something else entirely, long enough to be looked at");
		assertThatExceptionOfType(CatalogException.class).isThrownBy(this::open)
			.withMessageContaining("The catalog cannot be opened");
	}

	private Catalog open() {
		return Catalog.open(this.directory.resolve("catalog.db"));
	}

	private static int pragma(Catalog catalog, String name) {
		return catalog.write((client) -> client.sql("PRAGMA " + name).query(Integer.class).single());
	}

}
