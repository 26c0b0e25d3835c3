package dev.holdfast.device;

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
	 * A device does not belong here any more.
	 */
	void detached(DeviceStatus device);

}
