package dev.holdfast.device;

/**
 * Neighbouring extents in the same state.
 *
 * @param start number of the first
 * @param count how many
 * @param state of all of them
 * @param volume position of their volume in the label's list, or {@link #NO_VOLUME}
 */
public record ExtentRun(int start, int count, ExtentState state, int volume) {

	/** For extents that belong to no volume. */
	public static final int NO_VOLUME = -1;

	/**
	 * A run that belongs to no volume.
	 */
	public ExtentRun(int start, int count, ExtentState state) {
		this(start, count, state, NO_VOLUME);
	}

	/**
	 * One after the last.
	 * @return extent number
	 */
	public int end() {
		return this.start + this.count;
	}

}
