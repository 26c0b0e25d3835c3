package dev.holdfast.device;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * Possible losses without a database. Like one it outlives whoever writes to it.
 */
public final class MemoryLosses implements LossStore {

	private final Set<UUID> volumes = new HashSet<>();

	/**
	 * Nothing that is known from before.
	 */
	public static PossibleLosses none() {
		return new PossibleLosses(new MemoryLosses());
	}

	@Override
	public synchronized Set<UUID> load() {
		return Set.copyOf(this.volumes);
	}

	@Override
	public synchronized void add(Set<UUID> lost) {
		this.volumes.addAll(lost);
	}

	@Override
	public synchronized void remove(UUID volume) {
		this.volumes.remove(volume);
	}

}
