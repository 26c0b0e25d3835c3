package dev.holdfast.volume;

import java.time.Duration;

import dev.holdfast.device.Device;
import dev.holdfast.engine.IoFailedException;

/**
 * Moves of extents, a step at a time.
 */
public final class MoveSteps {

	private static final Duration PATIENCE = Duration.ofMinutes(10);

	private MoveSteps() {
	}

	/**
	 * Volumes that wait for I/O in flight as long as it takes: a model's time is not that
	 * of a clock.
	 */
	public static Volumes patient(VolumeIndex index, Tenancy tenants, Fences fences) {
		return new Volumes(index, tenants, fences, PATIENCE, PATIENCE);
	}

	/**
	 * Moves some extents of a volume.
	 * @return bytes; 0 if there is nothing to move
	 */
	public static long step(Volumes volumes, VolumeKey key, Device from, Device to) throws IoFailedException {
		VolumeHandle handle = volumes.open(key);
		DeviceSpace source = volumes.space(from.uuid());
		DeviceSpace target = volumes.space(to.uuid());
		return (source != null && target != null) ? volumes.moves().step(handle, source, target, () -> false) : 0;
	}

}
