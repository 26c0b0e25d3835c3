package dev.holdfast.volume;

import java.util.concurrent.TimeUnit;

/**
 * How fast the background scrub goes: as fast as it can while nobody else uses the
 * device; in small steps with pauses three times as long, a quarter of the time, while
 * somebody does.
 *
 * @param extents to zero in the next step
 * @param pauseNanos how long to wait before it
 */
record ScrubPace(int extents, long pauseNanos) {

	static final ScrubPace FULL = new ScrubPace(Scrubber.EXTENTS_AT_A_TIME, 0);

	private static final int PAUSE_FACTOR = 3;

	private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(2);

	/**
	 * The pace after a step.
	 * @param busy whether others have I/O on the device
	 * @param tookNanos how long the step took
	 */
	static ScrubPace after(boolean busy, long tookNanos) {
		return busy ? new ScrubPace(1, Math.min(LONGEST_PAUSE, PAUSE_FACTOR * tookNanos)) : FULL;
	}

}
