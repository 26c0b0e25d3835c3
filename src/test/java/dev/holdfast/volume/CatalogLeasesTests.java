package dev.holdfast.volume;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

import dev.holdfast.catalog.Catalog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class CatalogLeasesTests {

	private static final UUID DB = UUID.randomUUID();

	private static final UUID LOG = UUID.randomUUID();

	private static final VolumeLease FIRST = new VolumeLease(1L << 50, Duration.ofSeconds(30),
			Instant.ofEpochMilli(1_795_699_200_123L));

	private static final VolumeLease SECOND = new VolumeLease((1L << 50) + 1, Duration.ofDays(1),
			Instant.ofEpochMilli(1_795_699_300_999L));

	@TempDir
	Path directory;

	private Catalog catalog;

	private LeaseStore leases;

	@BeforeEach
	void open() {
		this.catalog = openCatalog();
		this.leases = new CatalogLeases(this.catalog);
	}

	Catalog openCatalog() {
		return Catalog.open(this.directory.resolve("catalog.db"));
	}

	@AfterEach
	void close() {
		this.catalog.close();
	}

	@Test
	void shouldRememberTheLatestLeaseAfterARestart() {
		this.leases.put(DB, FIRST);
		this.leases.put(LOG, FIRST);
		this.leases.put(DB, SECOND);
		close();
		open();
		assertThat(this.leases.load()).isEqualTo(Map.of(DB, SECOND, LOG, FIRST));
	}

	@Test
	void shouldForgetAVolume() {
		this.leases.put(DB, FIRST);
		this.leases.put(LOG, SECOND);
		this.leases.remove(DB);
		this.leases.remove(UUID.randomUUID());
		assertThat(this.leases.load()).isEqualTo(Map.of(LOG, SECOND));
	}

}
