package dev.holdfast.block;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.volume.VolumeLease;

/**
 * How to do a transfer.
 *
 * @param fua whether a write must be durable when it is answered
 * @param limitNanos how long to wait for the drive, for memory or for blocks that another
 * transfer has, each time anew; {@link Long#MAX_VALUE} for ever. Time that the source or
 * the sink takes does not count, nor does that for which I/O is held
 * @param lease number of the lease that was shown, or {@link VolumeLease#NONE}
 * @param caller who waits, and for how long in all
 */
public record TransferOptions(boolean fua, long limitNanos, long lease, Caller caller) {

	/** Not durable before a flush, no limit, no lease. */
	public static final TransferOptions DEFAULT = new TransferOptions(false, Long.MAX_VALUE);

	/**
	 * For volumes that nobody has a lease of, and a caller that is patient.
	 */
	public TransferOptions(boolean fua, long limitNanos) {
		this(fua, limitNanos, VolumeLease.NONE, Caller.PATIENT);
	}

	/**
	 * The same for who has a lease.
	 * @param number of the lease that was shown, or {@link VolumeLease#NONE}
	 */
	public TransferOptions withLease(long number) {
		return new TransferOptions(this.fua, this.limitNanos, number, this.caller);
	}

	/**
	 * When a wait that begins now has to end.
	 * @return in terms of {@link System#nanoTime()}, {@link Long#MAX_VALUE} for never
	 */
	long deadline() {
		long given = this.caller.deadline();
		if (this.limitNanos == Long.MAX_VALUE) {
			return given;
		}
		long own = System.nanoTime() + this.limitNanos;
		return (given == Long.MAX_VALUE || own - given < 0) ? own : given;
	}

	/**
	 * Whether the caller waits no longer.
	 */
	boolean late() {
		long given = this.caller.deadline();
		return given != Long.MAX_VALUE && System.nanoTime() - given >= 0;
	}

	/**
	 * What the caller is told of a wait that has failed: where it was the caller's time
	 * that ended it, that.
	 * @param sent whether something may have been done already
	 */
	ProblemException told(ProblemException failure, boolean sent) {
		return (failure.problem() == Problem.OVERLOADED && late()) ? IoProblems.late(sent) : failure;
	}

}
