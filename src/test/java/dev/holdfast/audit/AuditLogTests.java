package dev.holdfast.audit;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.holdfast.catalog.Catalog;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class AuditLogTests {

	private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

	private static final Duration KEPT = Duration.ofDays(90);

	private static final Duration SOON = Duration.ofMillis(20);

	@TempDir
	Path directory;

	private Catalog catalog;

	@BeforeEach
	void open() {
		this.catalog = openCatalog();
	}

	Catalog openCatalog() {
		return Catalog.open(this.directory.resolve("catalog.db"));
	}

	@AfterEach
	void close() {
		this.catalog.close();
	}

	@Test
	void shouldKeepTheOrderAcrossRestarts() {
		AuditLog log = new AuditLog(this.catalog, at(NOW));
		assertThat(log.record(event("a"))).isTrue();
		assertThat(log.record(event("b"))).isTrue();
		assertThat(new AuditLog(this.catalog, at(NOW)).record(AuditEvent.local("reset", "c"))).isTrue();
		assertThat(objects()).containsExactly("a", "b", "c");
	}

	@Test
	void shouldKeepWhateverComesAtTheSameTime() {
		AuditLog log = new AuditLog(this.catalog, at(NOW));
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			for (int i = 0; i < 200; i++) {
				String object = "o" + i;
				threads.execute(() -> log.record(event(object)));
			}
		}
		assertThat(objects()).hasSize(200).doesNotHaveDuplicates();
	}

	@Test
	void shouldKeepNoMoreThanSoManyRows() {
		AuditLog log = new AuditLog(this.catalog, at(NOW));
		try (AuditRetention retention = new AuditRetention(this.catalog, at(NOW), KEPT, 10, SOON)) {
			for (int i = 0; i < 35; i++) {
				log.record(event("o" + i));
			}
			Awaitility.await().until(() -> objects().size() == 10);
			assertThat(objects()).first().isEqualTo("o25");
			assertThat(retention).isNotNull();
		}
	}

	@Test
	void shouldKeepNothingForLongerThanThat() {
		new AuditLog(this.catalog, at(NOW.minus(KEPT).minusSeconds(1))).record(event("old"));
		new AuditLog(this.catalog, at(NOW.minus(KEPT).plusSeconds(1))).record(event("young"));
		try (AuditRetention retention = new AuditRetention(this.catalog, at(NOW), KEPT, 10, SOON)) {
			Awaitility.await().until(() -> objects().equals(List.of("young")));
			assertThat(retention).isNotNull();
		}
	}

	@Test
	void shouldNotLetStrangersWipeOutTheRest() {
		AuditLog log = new AuditLog(this.catalog, at(NOW));
		log.record(event("deed"));
		log.record(AuditEvent.local("reset", "tokens/admin"));
		for (int i = 0; i < 50; i++) {
			log.record(new AuditEvent(null, "192.0.2.1", "get", "s" + i, "401 unauthenticated", "0"));
		}
		try (AuditRetention retention = new AuditRetention(this.catalog, at(NOW), KEPT, 100, SOON)) {
			Awaitility.await().until(() -> objects().size() == 12);
			assertThat(objects()).startsWith("deed", "tokens/admin", "s40").endsWith("s49");
			assertThat(retention).isNotNull();
		}
	}

	private List<String> objects() {
		return this.catalog
			.read((client) -> client.sql("SELECT object FROM audit ORDER BY sequence").query(String.class).list());
	}

	private static Clock at(Instant time) {
		return InstantSource.fixed(time).withZone(ZoneOffset.UTC);
	}

	private static AuditEvent event(String object) {
		return new AuditEvent("abcdefghijkl", "192.0.2.1", "put", object, "201", "0123456789abcdef");
	}

}
