package dev.holdfast.catalog;

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

	Catalog open() {
		return Catalog.open(this.directory.resolve("catalog.db"));
	}

	static int insert(JdbcClient client, String name) {
		return client.sql("INSERT INTO tenants (name, created_at) VALUES (:name, 0)").param("name", name).update();
	}

	static List<String> names(JdbcClient client) {
		return client.sql("SELECT name FROM tenants ORDER BY name").query(String.class).list();
	}

}
