package dev.holdfast.device;

import java.util.Set;
import java.util.UUID;

/**
 * Volumes that may have lost writes, which outlives the process. What is answered is
 * durable.
 */
public interface LossStore {

	Set<UUID> load();

	/**
	 * Adds those that are not there.
	 */
	void add(Set<UUID> volumes);

	void remove(UUID volume);

}
