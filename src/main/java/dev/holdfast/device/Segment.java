package dev.holdfast.device;

import java.util.UUID;

/**
 * Neighbouring extents of a volume on one device.
 *
 * @param device identity of the device
 * @param start number of the first extent there
 * @param count how many
 * @param stripeSet segments with the same number are striped over; 0 in linear volumes
 */
public record Segment(UUID device, int start, int count, int stripeSet) {

	/**
	 * A segment of a linear volume.
	 */
	public Segment(UUID device, int start, int count) {
		this(device, start, count, 0);
	}

}
