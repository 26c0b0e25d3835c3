package dev.holdfast.volume;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Leases without a database. Like one it outlives whoever writes to it.
 */
public final class MemoryLeases implements LeaseStore {

	private final Map<UUID, VolumeLease> leases = new HashMap<>();

	private final Runnable onPut;

	public MemoryLeases() {
		this(() -> {
		});
	}

	/**
	 * With something that happens before it is stored.
	 */
	MemoryLeases(Runnable onPut) {
		this.onPut = onPut;
	}

	/**
	 * Fences that nobody has seen before.
	 */
	public static Fences fences() {
		return new Fences(new MemoryLeases(), Clock.systemUTC());
	}

	@Override
	public synchronized Map<UUID, VolumeLease> load() {
		return Map.copyOf(this.leases);
	}

	@Override
	public synchronized void put(UUID volume, VolumeLease lease) {
		this.onPut.run();
		this.leases.put(volume, lease);
	}

	@Override
	public synchronized void remove(UUID volume) {
		this.leases.remove(volume);
	}

}
