package dev.holdfast.block;

/**
 * How a range is cut: at multiples of a portion in the volume, so that the blocks that a
 * piece touches always fit into a lease of that size.
 *
 * @param blockSize of the volume
 */
record Chunks(int blockSize) {

	/**
	 * How much of a range goes into the first piece.
	 * @param offset in the volume
	 * @param length of the range
	 * @param portion a power of two
	 * @return bytes
	 */
	int first(long offset, long length, int portion) {
		return (int) Math.min(length, portion - offset % portion);
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
