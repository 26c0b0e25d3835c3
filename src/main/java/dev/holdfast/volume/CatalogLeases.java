package dev.holdfast.volume;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

import dev.holdfast.catalog.Catalog;

/**
 * Leases in the catalog.
 */
public final class CatalogLeases implements LeaseStore {

	private static final String UPSERT = """
			INSERT INTO leases (volume, lease_number, ttl_millis, expires_at) VALUES (:volume, :number, :ttl, :expires)
			ON CONFLICT (volume) DO UPDATE SET lease_number = excluded.lease_number, ttl_millis = excluded.ttl_millis,
				expires_at = excluded.expires_at
			""";

	private final Catalog catalog;

	public CatalogLeases(Catalog catalog) {
		this.catalog = catalog;
	}

	@Override
	public Map<UUID, VolumeLease> load() {
		return this.catalog
			.read((client) -> client.sql("SELECT * FROM leases").query((row, number) -> entry(row)).list())
			.stream()
			.collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
	}

	private static Map.Entry<UUID, VolumeLease> entry(ResultSet row) throws SQLException {
		return Map.entry(UUID.fromString(row.getString("volume")), new VolumeLease(row.getLong("lease_number"),
				Duration.ofMillis(row.getLong("ttl_millis")), Instant.ofEpochMilli(row.getLong("expires_at"))));
	}

	@Override
	public void put(UUID volume, VolumeLease lease) {
		this.catalog.write((client) -> client.sql(UPSERT)
			.param("volume", volume.toString())
			.param("number", lease.number())
			.param("ttl", lease.ttl().toMillis())
			.param("expires", lease.expiresAt().toEpochMilli())
			.update());
	}

	@Override
	public void remove(UUID volume) {
		this.catalog.write((client) -> client.sql("DELETE FROM leases WHERE volume = :volume")
			.param("volume", volume.toString())
			.update());
	}

}
