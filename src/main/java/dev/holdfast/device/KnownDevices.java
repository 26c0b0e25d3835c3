package dev.holdfast.device;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

import dev.holdfast.catalog.Catalog;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Devices that belong to this installation, and who this installation is, in memory and
 * in the catalog. This is their only writer.
 */
public final class KnownDevices {

	private final Catalog catalog;

	private final UUID installation;

	/** By identity. */
	private final Map<UUID, Long> sequences;

	private final Map<String, KnownDevice> devices = new ConcurrentSkipListMap<>();

	/** Those that an operator has suspended. */
	private final Set<UUID> suspended;

	/** Those that are being emptied, or are empty and to stay so. */
	private final Set<UUID> draining;

	public KnownDevices(Catalog catalog) {
		this.catalog = catalog;
		this.installation = catalog.write(KnownDevices::installation);
		this.sequences = new ConcurrentHashMap<>(catalog.read(KnownDevices::loadSequences));
		this.suspended = catalog.read((client) -> load(client, "suspended"));
		this.draining = catalog.read((client) -> load(client, "draining"));
		catalog.read(KnownDevices::load).forEach((known) -> this.devices.put(known.name(), known));
	}

	private static UUID installation(JdbcClient client) {
		return client.sql("SELECT uuid FROM installation")
			.query(String.class)
			.optional()
			.map(UUID::fromString)
			.orElseGet(() -> {
				UUID made = UUID.randomUUID();
				client.sql("INSERT INTO installation (uuid) VALUES (:uuid)").param("uuid", made.toString()).update();
				return made;
			});
	}

	private static Map<UUID, Long> loadSequences(JdbcClient client) {
		return client.sql("SELECT uuid, sequence FROM devices")
			.query((row, number) -> Map.entry(UUID.fromString(row.getString("uuid")), row.getLong("sequence")))
			.list()
			.stream()
			.collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
	}

	private static Set<UUID> load(JdbcClient client, String mark) {
		Set<UUID> marked = ConcurrentHashMap.newKeySet();
		client.sql("SELECT uuid FROM devices WHERE %s = 1".formatted(mark))
			.query(String.class)
			.list()
			.forEach((uuid) -> marked.add(UUID.fromString(uuid)));
		return marked;
	}

	private static List<KnownDevice> load(JdbcClient client) {
		return client.sql("SELECT name, uuid, path, serial, wwid, configured FROM devices").query((row, number) -> {
			String path = row.getString("path");
			return new KnownDevice(row.getString("name"), UUID.fromString(row.getString("uuid")),
					new DeviceSelector((path != null) ? Path.of(path) : null, row.getString("serial"),
							row.getString("wwid")),
					row.getInt("configured") != 0);
		}).list();
	}

	/**
	 * Who this Holdfast is.
	 * @return the same as long as the catalog is
	 */
	public UUID installation() {
		return this.installation;
	}

	/**
	 * All of them.
	 * @return ordered by name
	 */
	public List<KnownDevice> list() {
		return List.copyOf(this.devices.values());
	}

	Optional<KnownDevice> find(String name) {
		return Optional.ofNullable(this.devices.get(name));
	}

	Optional<KnownDevice> find(UUID uuid) {
		return this.devices.values().stream().filter((known) -> known.uuid().equals(uuid)).findAny();
	}

	/**
	 * Remembers a device, which may have had another name.
	 */
	synchronized void put(KnownDevice known) {
		if (known.equals(this.devices.get(known.name()))) {
			return;
		}
		Path path = known.selector().path();
		this.catalog.write((client) -> {
			client.sql("DELETE FROM devices WHERE name = :name OR uuid = :uuid")
				.param("name", known.name())
				.param("uuid", known.uuid().toString())
				.update();
			return client
				.sql("INSERT INTO devices (name, uuid, path, serial, wwid, sequence, configured, suspended, draining) "
						+ "VALUES (:name, :uuid, :path, :serial, :wwid, :sequence, :configured, :suspended, :draining)")
				.param("name", known.name())
				.param("uuid", known.uuid().toString())
				.param("path", text(path))
				.param("serial", known.selector().serial())
				.param("wwid", known.selector().wwid())
				.param("sequence", sequence(known.uuid()))
				.param("configured", known.configured() ? 1 : 0)
				.param("suspended", isSuspended(known.uuid()) ? 1 : 0)
				.param("draining", isDraining(known.uuid()) ? 1 : 0)
				.update();
		});
		this.devices.values().removeIf((other) -> other.uuid().equals(known.uuid()));
		this.devices.put(known.name(), known);
	}

	/**
	 * Sequence of a label that was written here.
	 * @return the last that was remembered, or 0
	 */
	long sequence(UUID device) {
		return this.sequences.getOrDefault(device, 0L);
	}

	/**
	 * Remembers the sequence of a label: at the attach, and when the device is let go.
	 */
	synchronized void wrote(UUID device, long sequence) {
		this.catalog.write((client) -> client.sql("UPDATE devices SET sequence = :sequence WHERE uuid = :uuid")
			.param("sequence", sequence)
			.param("uuid", device.toString())
			.update());
		this.sequences.put(device, sequence);
	}

	boolean isSuspended(UUID device) {
		return this.suspended.contains(device);
	}

	/**
	 * Remembers that an operator has suspended a device, or has resumed it.
	 */
	synchronized void suspend(UUID device, boolean now) {
		mark(this.suspended, "suspended", device, now);
	}

	boolean isDraining(UUID device) {
		return this.draining.contains(device);
	}

	/**
	 * Remembers that a device is being emptied, or no longer.
	 */
	synchronized void drain(UUID device, boolean now) {
		mark(this.draining, "draining", device, now);
	}

	private void mark(Set<UUID> marked, String mark, UUID device, boolean now) {
		this.catalog.write((client) -> client.sql("UPDATE devices SET %s = :now WHERE uuid = :uuid".formatted(mark))
			.param("now", now ? 1 : 0)
			.param("uuid", device.toString())
			.update());
		if (now) {
			marked.add(device);
		}
		else {
			marked.remove(device);
		}
	}

	synchronized void remove(String name) {
		this.catalog
			.write((client) -> client.sql("DELETE FROM devices WHERE name = :name").param("name", name).update());
		KnownDevice gone = this.devices.remove(name);
		if (gone != null) {
			this.suspended.remove(gone.uuid());
			this.draining.remove(gone.uuid());
		}
	}

	private static @Nullable String text(@Nullable Path path) {
		return (path != null) ? path.toString() : null;
	}

}
