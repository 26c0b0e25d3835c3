package dev.holdfast.api.rest;

import java.time.Duration;

import dev.holdfast.block.TransferOptions;

/**
 * Limits of the block routes.
 *
 * @param inlineBytes up to here an answer is held back until it is complete, so that its
 * headers can say how it was done
 * @param deadline how long an operation may take
 * @param ranges in one request, at most
 * @param wholeReads of volumes at a time for each tenant, at most
 * @param batch operations in one, at most
 * @param jsonBytes of a body that is not blocks, at most
 * @param pace that clients have to keep
 */
public record DataLimits(long inlineBytes, Duration deadline, int ranges, int wholeReads, int batch, long jsonBytes,
		SlowestPace pace) {

	/**
	 * How to do a transfer.
	 * @param fua whether it must be durable when it is answered
	 * @param lease that the request shows
	 * @param client that waits for it
	 */
	TransferOptions options(boolean fua, ShownLease lease, WaitingClient client) {
		return new TransferOptions(fua, this.deadline.toNanos(), lease.number(), client);
	}

}
