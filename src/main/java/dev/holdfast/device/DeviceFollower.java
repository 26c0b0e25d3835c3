package dev.holdfast.device;

import java.util.Map;
import java.util.UUID;

/**
 * Who follows what becomes of devices. One at a time, on the thread of the change, which
 * waits: must be quick and must not throw.
 */
public interface DeviceFollower {

	/**
	 * A device belongs here from now on.
	 */
	void attached(DeviceStatus device);

	/**
	 * A device is back, or something of it is different.
	 */
	void changed(DeviceStatus device);

	/**
	 * A drive with a volatile cache has gone, and writes that were answered may be lost.
	 * @param writes how many, by volume
	 */
	default void mayHaveLost(DeviceStatus device, Map<UUID, Long> writes) {
	}

	/**
	 * A device does not belong here any more.
	 */
	void detached(DeviceStatus device);

}
