package dev.holdfast.buffer;

import java.util.BitSet;

/**
 * Cuts a range of bytes into blocks of 4 KiB to 1 MiB, in powers of two. A free block is
 * joined with its other half when both are free (Knuth, volume 1, 2.5). Not thread-safe.
 */
final class BuddyAllocator {

	/** The smallest block, in bytes. */
	static final int SMALLEST = 4 << 10;

	/** The largest block, in bytes. */
	static final int LARGEST = 1 << 20;

	private static final int ORDERS = Integer.numberOfTrailingZeros(LARGEST / SMALLEST) + 1;

	/**
	 * By order: which blocks are free. Bit n stands for the block at n times its size.
	 */
	private final BitSet[] free = new BitSet[ORDERS];

	/**
	 * All of it free.
	 * @param size in bytes, a multiple of {@link #LARGEST}
	 */
	BuddyAllocator(long size) {
		int largest = (int) (size / LARGEST);
		for (int order = 0; order < ORDERS; order++) {
			this.free[order] = new BitSet(largest << (ORDERS - 1 - order));
		}
		this.free[ORDERS - 1].set(0, largest);
	}

	/**
	 * The size of the block that holds so many bytes.
	 * @param bytes 1 to {@link #LARGEST}
	 * @return a power of two
	 */
	static int blockSize(int bytes) {
		if (bytes < 1 || bytes > LARGEST) {
			throw new IllegalArgumentException("1 to %d bytes, not %d".formatted(LARGEST, bytes));
		}
		return (bytes <= SMALLEST) ? SMALLEST : Integer.highestOneBit(bytes - 1) << 1;
	}

	/**
	 * Takes a block.
	 * @param blockSize what {@link #blockSize} gave
	 * @return its offset, or -1 if there is none
	 */
	long allocate(int blockSize) {
		int wanted = order(blockSize);
		int order = wanted;
		while (order < ORDERS && this.free[order].isEmpty()) {
			order++;
		}
		if (order == ORDERS) {
			return -1;
		}
		int block = this.free[order].nextSetBit(0);
		this.free[order].clear(block);
		while (order > wanted) {
			order--;
			block <<= 1;
			this.free[order].set(block + 1);
		}
		return (long) block * blockSize;
	}

	/**
	 * Gives a block back.
	 * @param offset what {@link #allocate} gave
	 * @param blockSize as it was asked for
	 */
	void release(long offset, int blockSize) {
		int order = order(blockSize);
		int block = (int) (offset / blockSize);
		while (order < ORDERS - 1 && this.free[order].get(block ^ 1)) {
			this.free[order].clear(block ^ 1);
			block >>= 1;
			order++;
		}
		this.free[order].set(block);
	}

	private static int order(int blockSize) {
		return Integer.numberOfTrailingZeros(blockSize / SMALLEST);
	}

}
