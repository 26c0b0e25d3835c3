package dev.holdfast.engine;

import org.jspecify.annotations.Nullable;

/**
 * Where an operation stands. Touched by its loop's thread only, but for reset and count
 * before submission.
 */
final class Progress {

	/**
	 * Counts the operation's submissions, so that a late cancel does not meet the next
	 * use. Written by the submitter, read by who cancels and by the loop.
	 */
	volatile long submission;

	/** Next in the queue that the operation waits in. */
	@Nullable IoOperation next;

	/** Bytes handed to pieces so far. */
	long dispatched;

	/** Pieces that the kernel has or will get again. */
	int pieces;

	/** Lowest offset in the operation at which a piece failed. */
	long failedAt;

	int failure;

	boolean failureNoProgress;

	/** No further piece is to be made: failed, cancelled or expired. */
	boolean stopped;

	boolean cancelled;

	boolean answered;

	/** Accepted by the loop and not yet released. */
	boolean active;

	void reset() {
		this.next = null;
		this.dispatched = 0;
		this.pieces = 0;
		this.failedAt = Long.MAX_VALUE;
		this.failure = 0;
		this.failureNoProgress = false;
		this.stopped = false;
		this.cancelled = false;
		this.answered = false;
	}

	/** One thread at a time submits an operation. */
	@SuppressWarnings("NonAtomicVolatileUpdate")
	void countSubmission() {
		this.submission++;
	}

	void fail(long at, int errno, boolean noProgress) {
		this.stopped = true;
		if (at < this.failedAt) {
			this.failedAt = at;
			this.failure = errno;
			this.failureNoProgress = noProgress;
		}
	}

}
