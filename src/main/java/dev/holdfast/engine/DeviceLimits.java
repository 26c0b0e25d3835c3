package dev.holdfast.engine;

/**
 * Caps of one device.
 *
 * @param window operations (pieces of at most 1 MiB) given to the kernel at a time
 * @param queued operations accepted and not yet released; more are refused
 */
public record DeviceLimits(int window, int queued) {

	/**
	 * Enough for a fast NVMe drive.
	 */
	public static final DeviceLimits DEFAULT = new DeviceLimits(128, 4096);

	public DeviceLimits {
		if (window < 1 || queued < 1) {
			throw new IllegalArgumentException("window and queued must be at least 1");
		}
	}

}
