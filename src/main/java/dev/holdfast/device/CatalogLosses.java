package dev.holdfast.device;

import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

import dev.holdfast.catalog.Catalog;

/**
 * Possible losses in the catalog.
 */
public final class CatalogLosses implements LossStore {

	private final Catalog catalog;

	public CatalogLosses(Catalog catalog) {
		this.catalog = catalog;
	}

	@Override
	public Set<UUID> load() {
		return this.catalog
			.read((client) -> client.sql("SELECT volume FROM possible_losses").query(String.class).list())
			.stream()
			.map(UUID::fromString)
			.collect(Collectors.toSet());
	}

	@Override
	public void add(Set<UUID> volumes) {
		this.catalog.write((client) -> volumes.stream()
			.mapToInt((volume) -> client
				.sql("INSERT INTO possible_losses (volume) VALUES (:volume) ON CONFLICT (volume) DO NOTHING")
				.param("volume", volume.toString())
				.update())
			.sum());
	}

	@Override
	public void remove(UUID volume) {
		this.catalog.write((client) -> client.sql("DELETE FROM possible_losses WHERE volume = :volume")
			.param("volume", volume.toString())
			.update());
	}

}
