package dev.holdfast.volume;

/**
 * Whoever follows the preparation of extents, and may end it. Called on the thread that
 * prepares.
 */
public interface ScrubProgress {

	/** Nobody. */
	ScrubProgress NONE = new ScrubProgress() {
	};

	/**
	 * Extents have to be zeroed before they can be used.
	 * @param totalBytes how much there is to do
	 */
	default void begins(long totalBytes) {
	}

	/**
	 * How far it is.
	 * @param doneBytes of the total
	 */
	default void done(long doneBytes) {
	}

	/**
	 * Whether to give up.
	 * @return {@code true} ends the work with
	 * {@link java.util.concurrent.CancellationException}
	 */
	default boolean cancelled() {
		return false;
	}

}
