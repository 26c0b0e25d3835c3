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
		int zeroed = zero(most);
		this.uncommitted += zeroed;
		if (zeroed == 0 || this.uncommitted >= COMMIT_AFTER) {
			commit();
		}
		return zeroed > 0;
	}

	/**
	 * Chooses when it is its turn. Who needs the same extents before it is done gets
	 * them, and waits with zeroing them again: what a volume has is never zeroed late.
	 */
	private int zero(int most) throws IoFailedException {
		Scrubber scrubber = this.space.scrubber();
		scrubber.turn().lock();
		try {
			ExtentRange range = this.space.beginScrub(most);
			if (range == null) {
				return 0;
			}
			boolean clean = false;
			try {
				scrubber.scrub(range);
				clean = true;
			}
			finally {
				this.space.endScrub(range, clean);
			}
			return range.count();
		}
		finally {
			scrubber.turn().unlock();
		}
	}

	private void commit() throws IoFailedException {
		if (this.uncommitted > 0) {
			this.space.commit();
			this.uncommitted = 0;
		}
	}

}
