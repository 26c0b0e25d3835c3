package dev.holdfast.api.rest;

import dev.holdfast.block.TransferOptions;

/**
 * How long a transfer may take: the deadline of one operation, and on top what its bytes
 * take at the slowest pace that a client may have.
 */
final class Patience {

	private static final long SLOWEST_BYTES_PER_SECOND = 16 << 10;

	private static final long NANOS_PER_SECOND = 1_000_000_000;

	private Patience() {
	}

	/**
	 * Options for a transfer.
	 * @param length how many bytes at most
	 */
	static TransferOptions options(DataLimits limits, boolean fua, long length) {
		long seconds = length / SLOWEST_BYTES_PER_SECOND;
		long nanos = limits.deadline().toNanos() + Math.min(seconds, Integer.MAX_VALUE) * NANOS_PER_SECOND;
		return new TransferOptions(fua, System.nanoTime() + nanos);
	}

}
