package dev.holdfast.api.rest;

import java.time.Duration;

import dev.holdfast.block.TransferOptions;

/**
 * Limits of the block routes.
 *
 * @param inlineBytes up to here an answer is held back until it is complete, so that its
 * headers can say how it was done
 * @param deadline how long an operation may take
 */
public record DataLimits(long inlineBytes, Duration deadline) {

	/**
	 * How to do a transfer.
	 * @param fua whether it must be durable when it is answered
	 * @param lease that the request shows
	 */
	TransferOptions options(boolean fua, ShownLease lease) {
		return new TransferOptions(fua, this.deadline.toNanos(), lease.number());
	}

}
