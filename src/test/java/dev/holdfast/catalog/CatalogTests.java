package dev.holdfast.catalog;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class CatalogTests {

	@TempDir
	Path directory;

	@Test
	void shouldKeepWhatWasWritten() {
		try (Catalog catalog = open()) {
			catalog.write((client) -> insert(client, "a"));
		}
		try (Catalog catalog = open()) {
			assertThat(catalog.read(CatalogTests::names)).containsExactly("a");
		}
	}

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
	void shouldUndoAllOfAFailedChange() {
		try (Catalog catalog = open()) {
			assertThatIllegalStateException().isThrownBy(() -> catalog.write((client) -> {
				insert(client, "a");
				throw new IllegalStateException("no");
			})).withMessage("no");
			assertThat(catalog.read(CatalogTests::names)).isEmpty();
			catalog.write((client) -> insert(client, "b"));
			assertThat(catalog.read(CatalogTests::names)).containsExactly("b");
		}
	}

	@Test
	void shouldLetManyChangeAfterReadingAtTheSameTime() throws Exception {
		try (Catalog catalog = open(); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Callable<Integer>> changes = IntStream.range(0, 50).<Callable<Integer>>mapToObj((i) -> () -> {
				catalog.read(CatalogTests::names);
				return catalog.write((client) -> {
					int there = names(client).size();
					insert(client, "t" + i);
					return there;
				});
			}).toList();
			List<Integer> seen = threads.invokeAll(changes).stream().map(Future::resultNow).sorted().toList();
			assertThat(seen).isEqualTo(IntStream.range(0, 50).boxed().toList());
		}
	}

	@Test
	void shouldRefuseToWriteWhereItReads() {
		try (Catalog catalog = open()) {
			assertThatExceptionOfType(RuntimeException.class)
				.isThrownBy(() -> catalog.read((client) -> insert(client, "a")));
		}
	}

	@Test
	void shouldSayThatAFileIsNoCatalog() throws Exception {
		Files.writeString(this.directory.resolve("catalog.db"), "something else entirely, long enough to be looked at");
		assertThatExceptionOfType(CatalogException.class).isThrownBy(this::open)
			.withMessageContaining("The catalog cannot be opened");
	}

	@Test
	void shouldLeaveACatalogOfANewerReleaseAlone() {
		try (Catalog catalog = open()) {
			catalog.write((client) -> client.sql("UPDATE format SET optional_features = 1").update());
		}
		try (Catalog catalog = open()) {
			catalog.write((client) -> client.sql("UPDATE format SET required_features = 4096, needed_release = '7.1.0'")
				.update());
		}
		assertThatExceptionOfType(CatalogException.class).isThrownBy(this::open)
			.withMessage("The catalog cannot be opened: it needs Holdfast 7.1.0 or later");
	}

	private Catalog open() {
		return Catalog.open(this.directory.resolve("catalog.db"));
	}

	private static int pragma(Catalog catalog, String name) {
		return catalog.write((client) -> client.sql("PRAGMA " + name).query(Integer.class).single());
	}

	private static int insert(JdbcClient client, String name) {
		return client.sql("INSERT INTO tenants (name, created_at) VALUES (:name, 0)").param("name", name).update();
	}

	private static List<String> names(JdbcClient client) {
		return client.sql("SELECT name FROM tenants ORDER BY name").query(String.class).list();
	}

}
