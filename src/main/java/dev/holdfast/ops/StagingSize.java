package dev.holdfast.ops;

/**
 * How much memory to take for bytes on their way, unless somebody has said.
 */
final class StagingSize {

	private static final long MIB = 1 << 20;

	private static final long WANTED = 64 * MIB;

	private static final long SMALLEST = 4 * MIB;

	/** For the label of each device, and a little more. */
	private static final long FOR_DEVICE = MIB;

	private StagingSize() {
	}

	/**
	 * As much as may be registered, up to 64 MiB, less what tenants' buffers need, down
	 * to 4 MiB. Where not even the smallest pool may be registered, its size does not
	 * matter.
	 * @param lockable bytes that this process may register
	 * @param rings that may each have to register it for themselves
	 * @param devices that need a little
	 * @param buffers bytes of tenants' buffers, which are registered once
	 * @return a multiple of 1 MiB
	 */
	static long automatic(long lockable, int rings, int devices, long buffers) {
		long room = (lockable - FOR_DEVICE * devices) / rings;
		if (room < SMALLEST) {
			return WANTED;
		}
		long left = Math.max(SMALLEST, (lockable - FOR_DEVICE * devices - buffers) / rings);
		return Math.min(WANTED, left / MIB * MIB);
	}

}
