package dev.holdfast.device;

import java.util.UUID;

/**
 * Neighbouring extents of a volume on one device.
 *
 * @param device identity of the device
 * @param start number of the first extent there
 * @param count how many
 * @param stripeSet segments with the same number are striped over; 0 in linear volumes.
 * Its lower half is the place of the set among the volume's; its upper half how many
 * columns the set has, or 0 for one on each device
 */
public record Segment(UUID device, int start, int count, int stripeSet) {

	private static final int COLUMNS_SHIFT = 16;

	private static final int SET = (1 << COLUMNS_SHIFT) - 1;

	/**
	 * A segment of a linear volume.
	 */
	public Segment(UUID device, int start, int count) {
		this(device, start, count, 0);
	}

	/**
	 * Which of the volume's stripe sets it belongs to.
	 * @return a number that grows from set to set
	 */
	public int set() {
		return this.stripeSet & SET;
	}

	/**
	 * How many columns its stripe set has: they follow each other, each as long.
	 * @return 0 if each device is one
	 */
	public int columns() {
		return this.stripeSet >>> COLUMNS_SHIFT;
	}

	/**
	 * The number of a stripe set.
	 */
	static int stripeSet(int set, int columns) {
		return (columns << COLUMNS_SHIFT) | set;
	}

	/**
	 * A part of it.
	 * @param from first extent, counted from the segment's
	 * @param extents how many
	 */
	public Segment part(int from, int extents) {
		return new Segment(this.device, this.start + from, extents, this.stripeSet);
	}

}
