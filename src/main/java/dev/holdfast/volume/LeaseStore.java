package dev.holdfast.volume;

import java.util.Map;
import java.util.UUID;

/**
 * The latest lease of each volume, which outlives the process. What is answered is
 * durable.
 */
public interface LeaseStore {

	/**
	 * All there are, those that have ended included.
	 * @return by identity of the volume
	 */
	Map<UUID, VolumeLease> load();

	/**
	 * Takes the place of the volume's lease before.
	 */
	void put(UUID volume, VolumeLease lease);

	/**
	 * Forgets a volume.
	 */
	void remove(UUID volume);

}
