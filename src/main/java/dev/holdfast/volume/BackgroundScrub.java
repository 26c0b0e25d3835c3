package dev.holdfast.volume;

import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Geometry;
import dev.holdfast.engine.IoFailedException;

/**
 * Makes dirty extents of one device free, ahead of those who will need them: writes
 * zeroes, reads a sample back, and has the label say so now and then. What was not
 * committed when the power goes is dirty again. One thread.
 */
final class BackgroundScrub {

	/** Extents that are zeroed before the label is written: 1 GiB. */
	private static final int COMMIT_AFTER = (int) ((1L << 30) / Geometry.EXTENT_SIZE);

	private final DeviceSpace space;

	private int uncommitted;

	BackgroundScrub(DeviceSpace space) {
		this.space = space;
	}

	/**
	 * Zeroes some.
	 * @param most extents at a time
	 * @return {@code false} if none is dirty; all that were are {@code free} on the label
	 * then
	 * @throws IoFailedException if the device says so
	 * @throws ProblemException if the device does not keep zeroes
	 */
	boolean step(int most) throws IoFailedException {
		ExtentRange range = this.space.beginScrub(most);
		if (range == null) {
			commit();
			return false;
		}
		boolean clean = false;
		try {
			this.space.scrubber().scrub(range);
			clean = true;
		}
		finally {
			this.space.endScrub(range, clean);
		}
		this.uncommitted += range.count();
		if (this.uncommitted >= COMMIT_AFTER) {
			commit();
		}
		return true;
	}

	private void commit() throws IoFailedException {
		if (this.uncommitted > 0) {
			this.space.commit();
			this.uncommitted = 0;
		}
	}

}
