package dev.holdfast.powerloss;

import java.util.Arrays;
import java.util.Random;

import dev.holdfast.device.Geometry;

/**
 * A drive that loses power, over all restarts.
 */
final class ModelDrive {

	static final int EXTENTS = 8;

	static final long SIZE = (2L << 20) + EXTENTS * Geometry.EXTENT_SIZE;

	/** No tenant writes this. */
	private static final byte OLD_BYTE = (byte) 0xEE;

	private final String name;

	private final int blockSize;

	private final VolatileMedium medium;

	private final boolean used;

	private final boolean zeroes;

	private final boolean discards;

	/** Sequence of the label that was durable last, as far as an attach has told. */
	private long sequence;

	/**
	 * A drive that was never here. Half of those with large blocks tear them all the
	 * same.
	 * @param columns of striped volumes, at most
	 */
	ModelDrive(String name, int columns, Random random) {
		this.name = name;
		this.blockSize = random.nextBoolean() ? 512 : 4096;
		this.medium = new VolatileMedium(random.nextBoolean() ? 512 : this.blockSize);
		this.used = random.nextInt(3) == 0;
		this.zeroes = random.nextInt(8) > 0;
		this.discards = random.nextBoolean();
		if (this.used) {
			soil(columns);
		}
	}

	/**
	 * The drive comes from somewhere else: what others left is wherever a hot spot of a
	 * volume may be.
	 */
	private void soil(int columns) {
		byte[] old = new byte[HotSpots.BEFORE + HotSpots.AFTER];
		Arrays.fill(old, OLD_BYTE);
		for (int extent = 0; extent < EXTENTS; extent++) {
			long start = (1L << 20) + extent * Geometry.EXTENT_SIZE;
			this.medium.write(start, Arrays.copyOf(old, HotSpots.AFTER), 0, true);
			this.medium.write(start + Geometry.EXTENT_SIZE - HotSpots.BEFORE, Arrays.copyOf(old, HotSpots.BEFORE), 0,
					true);
			for (int column = 2; column <= columns; column++) {
				for (int part = 1; part < column; part++) {
					long seam = Geometry.EXTENT_SIZE * part / column / 4096 * 4096;
					this.medium.write(start + seam - HotSpots.BEFORE, old, 0, true);
				}
			}
		}
	}

	String name() {
		return this.name;
	}

	int blockSize() {
		return this.blockSize;
	}

	VolatileMedium medium() {
		return this.medium;
	}

	boolean used() {
		return this.used;
	}

	/**
	 * Whether it has a command for zeroes.
	 */
	boolean zeroes() {
		return this.zeroes;
	}

	/**
	 * Whether a discard does anything.
	 */
	boolean discards() {
		return this.discards;
	}

	/**
	 * A label was found.
	 */
	void requireSequence(long found, boolean both) {
		if (found < this.sequence - (both ? 0 : 1)) {
			throw new Violation(
					"%s: label %d is older than %d, which was durable".formatted(this.name, found, this.sequence));
		}
	}

	void wrote(long labelSequence) {
		this.sequence = labelSequence;
	}

}
