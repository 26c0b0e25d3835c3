package dev.holdfast.block;

import dev.holdfast.buffer.StagingPool;

/**
 * How a range is cut: at multiples of 1 MiB in the volume, so that the blocks that a
 * piece touches always fit into one lease.
 *
 * @param blockSize of the volume
 */
record Chunks(int blockSize) {

	private static final int SIZE = StagingPool.LARGEST_LEASE;

	/**
	 * How much of a range goes into the first piece.
	 * @param offset in the volume
	 * @param length of the range
	 * @return bytes
	 */
	int first(long offset, long length) {
		return (int) Math.min(length, SIZE - offset % SIZE);
	}

	long floor(long offset) {
		return offset - offset % this.blockSize;
	}

	long ceiling(long offset) {
		return Math.ceilDiv(offset, (long) this.blockSize) * this.blockSize;
	}

	/**
	 * How many bytes the blocks have that a range touches.
	 * @param offset in the volume
	 * @param length of the range
	 * @return bytes
	 */
	int span(long offset, long length) {
		return (int) (ceiling(offset + length) - floor(offset));
	}

}
