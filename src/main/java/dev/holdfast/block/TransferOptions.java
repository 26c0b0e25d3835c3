package dev.holdfast.block;

/**
 * How to do a transfer.
 *
 * @param fua whether a write must be durable when it is answered
 * @param deadlineNanos when to stop waiting, in terms of {@link System#nanoTime()};
 * {@link Long#MAX_VALUE} for never
 */
public record TransferOptions(boolean fua, long deadlineNanos) {

	/** Not durable before a flush, no deadline. */
	public static final TransferOptions DEFAULT = new TransferOptions(false, Long.MAX_VALUE);

}
