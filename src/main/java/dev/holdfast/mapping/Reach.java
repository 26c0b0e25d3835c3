package dev.holdfast.mapping;

import java.util.List;
import java.util.Set;
import java.util.UUID;

import dev.holdfast.device.Device;

/**
 * The devices that a mapping leads to, which may be others at any time (mapping contract,
 * rule 4).
 */
interface Reach {

	/**
	 * What it is called in a {@link MappingKey}.
	 */
	String name();

	/**
	 * Devices that I/O goes to, or waits for.
	 */
	List<Device> devices();

	/**
	 * These, and those that are away and belong to it still.
	 */
	Set<UUID> all();

	/**
	 * Whether it is to be gone soon, so that devices leave it though nothing happens to
	 * them.
	 */
	boolean ending();

}
