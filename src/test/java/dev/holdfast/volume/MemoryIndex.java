package dev.holdfast.volume;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.holdfast.device.Device;

/**
 * An index without a database, for tests that restart thousands of times. Like one it
 * outlives whoever writes to it.
 */
public final class MemoryIndex implements VolumeIndex {

	private final Map<UUID, Entry> entries = new LinkedHashMap<>();

	/**
	 * Volumes on devices that nobody has seen before.
	 */
	public static Volumes volumes(Device... devices) {
		return new MemoryIndex().open(devices);
	}

	/**
	 * Volumes as they are remembered, on devices that come in this order. Every tenant
	 * exists.
	 */
	public Volumes open(Device... devices) {
		return open(Duration.ofSeconds(30), devices);
	}

	Volumes open(Duration drainLimit, Device... devices) {
		return open(MemoryLeases.fences(), drainLimit, devices);
	}

	/**
	 * The same with leases that somebody has.
	 */
	public Volumes open(Fences fences, Duration drainLimit, Device... devices) {
		Volumes volumes = new Volumes(this, (tenant) -> true, fences, drainLimit);
		for (Device device : devices) {
			volumes.attached(device);
		}
		return volumes;
	}

	@Override
	public synchronized List<Entry> load() {
		return List.copyOf(this.entries.values());
	}

	@Override
	public synchronized void put(List<Entry> some) {
		some.forEach((entry) -> this.entries.put(entry.volume().uuid(), entry));
	}

	@Override
	public synchronized void remove(UUID volume) {
		this.entries.remove(volume);
	}

}
