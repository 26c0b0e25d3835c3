package dev.holdfast.block;

/**
 * How to do a transfer.
 *
 * @param fua whether a write must be durable when it is answered
 * @param limitNanos how long to wait for the drive, for memory or for blocks that another
 * transfer has, each time anew; {@link Long#MAX_VALUE} for ever. Time that the source or
 * the sink takes does not count
 */
public record TransferOptions(boolean fua, long limitNanos) {

	/** Not durable before a flush, no limit. */
	public static final TransferOptions DEFAULT = new TransferOptions(false, Long.MAX_VALUE);

	/**
	 * When a wait that begins now has to end.
	 * @return in terms of {@link System#nanoTime()}, {@link Long#MAX_VALUE} for never
	 */
	long deadline() {
		return (this.limitNanos == Long.MAX_VALUE) ? Long.MAX_VALUE : System.nanoTime() + this.limitNanos;
	}

}
