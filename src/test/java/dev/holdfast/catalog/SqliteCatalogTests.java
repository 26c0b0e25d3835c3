package dev.holdfast.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

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

	@Test
	void shouldBeItsOwnersAlone() throws IOException {
		try (Catalog catalog = open()) {
			catalog.write((client) -> CatalogTests.insert(client, "a"));
			assertThat(permissions()).hasSize(3).containsOnly("rw-------");
			try (Stream<Path> files = Files.list(this.directory)) {
				for (Path file : files.toList()) {
					Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
				}
			}
		}
		// As earlier releases left it.
		assertThat(permissions()).containsOnly("rw-r--r--");
		try (Catalog catalog = open()) {
			assertThat(catalog.read(CatalogTests::names)).containsExactly("a");
			catalog.write((client) -> CatalogTests.insert(client, "b"));
			assertThat(permissions()).hasSize(3).containsOnly("rw-------");
		}
	}

	private List<String> permissions() throws IOException {
		try (Stream<Path> files = Files.list(this.directory)) {
			List<String> permissions = new ArrayList<>();
			for (Path file : files.toList()) {
				permissions.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
			}
			return permissions;
		}
	}

	private Catalog open() {
		return Catalog.open(this.directory.resolve("catalog.db"));
	}

	private static int pragma(Catalog catalog, String name) {
		return catalog.write((client) -> client.sql("PRAGMA " + name).query(Integer.class).single());
	}

}
