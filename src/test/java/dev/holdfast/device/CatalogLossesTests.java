package dev.holdfast.device;

import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;

import dev.holdfast.catalog.Catalog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class CatalogLossesTests {

	private static final UUID DB = UUID.randomUUID();

	private static final UUID LOG = UUID.randomUUID();

	@TempDir
	Path directory;

	private Catalog catalog;

	private LossStore losses;

	@BeforeEach
	void open() {
		this.catalog = openCatalog();
		this.losses = new CatalogLosses(this.catalog);
	}

	Catalog openCatalog() {
		return Catalog.open(this.directory.resolve("catalog.db"));
	}

	@AfterEach
	void close() {
		this.catalog.close();
	}

	@Test
	void shouldRememberAfterARestart() {
		this.losses.add(Set.of(DB));
		this.losses.add(Set.of(DB, LOG));
		close();
		open();
		assertThat(this.losses.load()).containsExactlyInAnyOrder(DB, LOG);
	}

	@Test
	void shouldForgetAVolume() {
		this.losses.add(Set.of(DB, LOG));
		this.losses.remove(DB);
		this.losses.remove(UUID.randomUUID());
		assertThat(this.losses.load()).containsExactly(LOG);
	}

}
