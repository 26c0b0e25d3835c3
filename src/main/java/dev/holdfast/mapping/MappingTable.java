package dev.holdfast.mapping;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

import dev.holdfast.catalog.Catalog;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Declarations of mappings in the catalog.
 */
final class MappingTable {

	private final Catalog catalog;

	MappingTable(Catalog catalog) {
		this.catalog = catalog;
	}

	/**
	 * All of them, without those of buffers that are no longer declared: a buffer goes
	 * first, and a crash may come in between.
	 */
	List<MappingDeclaration> load() {
		this.catalog
			.write((client) -> client.sql("DELETE FROM mappings WHERE buffer_uuid NOT IN (SELECT uuid FROM buffers)")
				.update());
		return this.catalog
			.read((client) -> client.sql("SELECT buffer_uuid, volume_uuid, tier, on_stale, created_at FROM mappings")
				.query((row, number) -> new MappingDeclaration(UUID.fromString(row.getString("buffer_uuid")),
						UUID.fromString(row.getString("volume_uuid")),
						new MappingSpec(TierChoice.valueOf(row.getString("tier").toUpperCase(Locale.ROOT)),
								OnStale.valueOf(row.getString("on_stale").toUpperCase(Locale.ROOT))),
						Instant.ofEpochMilli(row.getLong("created_at"))))
				.list());
	}

	/**
	 * All of them or none.
	 */
	void insert(List<MappingDeclaration> declarations) {
		this.catalog.write((client) -> {
			declarations.forEach((declaration) -> insert(client, declaration));
			return declarations.size();
		});
	}

	private static void insert(JdbcClient client, MappingDeclaration declaration) {
		client
			.sql("INSERT INTO mappings (buffer_uuid, volume_uuid, tier, on_stale, created_at) "
					+ "VALUES (:buffer, :volume, :tier, :stale, :created)")
			.param("buffer", declaration.buffer().toString())
			.param("volume", declaration.volume().toString())
			.param("tier", declaration.spec().tier().label())
			.param("stale", declaration.spec().onStale().label())
			.param("created", declaration.createdAt().toEpochMilli())
			.update();
	}

	void update(MappingDeclaration declaration) {
		this.catalog.write((client) -> client.sql(
				"UPDATE mappings SET tier = :tier, on_stale = :stale WHERE buffer_uuid = :buffer AND volume_uuid = :volume")
			.param("tier", declaration.spec().tier().label())
			.param("stale", declaration.spec().onStale().label())
			.param("buffer", declaration.buffer().toString())
			.param("volume", declaration.volume().toString())
			.update());
	}

	void delete(List<Mapping> mappings) {
		this.catalog.write((client) -> {
			mappings.forEach((mapping) -> client
				.sql("DELETE FROM mappings WHERE buffer_uuid = :buffer AND volume_uuid = :volume")
				.param("buffer", mapping.buffer.toString())
				.param("volume", mapping.volume.toString())
				.update());
			return mappings.size();
		});
	}

}
