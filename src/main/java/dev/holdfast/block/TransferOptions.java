package dev.holdfast.block;

import dev.holdfast.volume.VolumeLease;

/**
 * How to do a transfer.
 *
 * @param fua whether a write must be durable when it is answered
 * @param limitNanos how long to wait for the drive, for memory or for blocks that another
 * transfer has, each time anew; {@link Long#MAX_VALUE} for ever. Time that the source or
 * the sink takes does not count
 * @param lease number of the lease that was shown, or {@link VolumeLease#NONE}
 */
public record TransferOptions(boolean fua, long limitNanos, long lease) {

	/** Not durable before a flush, no limit, no lease. */
	public static final TransferOptions DEFAULT = new TransferOptions(false, Long.MAX_VALUE);

	/**
	 * For volumes that nobody has a lease of.
	 */
	public TransferOptions(boolean fua, long limitNanos) {
		this(fua, limitNanos, VolumeLease.NONE);
	}

	/**
	 * The same for who has a lease.
	 * @param number of the lease that was shown, or {@link VolumeLease#NONE}
	 */
	public TransferOptions withLease(long number) {
		return new TransferOptions(this.fua, this.limitNanos, number);
	}

	/**
	 * When a wait that begins now has to end.
	 * @return in terms of {@link System#nanoTime()}, {@link Long#MAX_VALUE} for never
	 */
	long deadline() {
		return (this.limitNanos == Long.MAX_VALUE) ? Long.MAX_VALUE : System.nanoTime() + this.limitNanos;
	}

}
