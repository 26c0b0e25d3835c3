package dev.holdfast.volume;

import java.util.Collection;
import java.util.Map;
import java.util.UUID;

import dev.holdfast.device.Device;

/**
 * What becomes of volumes in use while a device of theirs is away and when it is back,
 * for tests of who follows them.
 */
public final class Excursion {

	private Excursion() {
	}

	public static void begins(Collection<VolumeHandle> volumes) {
		volumes.forEach((handle) -> handle
			.unusable(handle.volume().in(VolumeState.UNAVAILABLE, "a device that it needs is away")));
	}

	/**
	 * All devices are here, one of them as another generation.
	 */
	public static void ends(Collection<VolumeHandle> volumes, Map<UUID, Device> online) {
		volumes.forEach((handle) -> handle.ready(handle.onLabel(), SegmentMap.of(handle.onLabel(), online)));
	}

}
