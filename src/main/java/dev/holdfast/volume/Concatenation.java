package dev.holdfast.volume;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.holdfast.device.Device;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.Segment;

/**
 * Segments one after the other, as one range. Immutable; three words a segment, whatever
 * its size.
 */
final class Concatenation {

	/** Where each segment begins, ascending from 0. */
	private final long[] starts;

	/** Where on its device each segment begins. */
	private final long[] offsets;

	private final Device[] devices;

	private final long length;

	/**
	 * Puts segments together.
	 * @param segments in order
	 * @param online the devices that they name
	 */
	Concatenation(List<Segment> segments, Map<UUID, Device> online) {
		this.starts = new long[segments.size()];
		this.offsets = new long[segments.size()];
		this.devices = new Device[segments.size()];
		long start = 0;
		for (int i = 0; i < this.starts.length; i++) {
			Segment segment = segments.get(i);
			Device device = online.get(segment.device());
			if (device == null) {
				throw new IllegalArgumentException("device %s is not there".formatted(segment.device()));
			}
			this.starts[i] = start;
			this.offsets[i] = device.geometry().offsetOf(segment.start());
			this.devices[i] = device;
			start += segment.count() * Geometry.EXTENT_SIZE;
		}
		this.length = start;
	}

	long length() {
		return this.length;
	}

	/**
	 * Adds where a range is.
	 * @param offset from the start; the range must be inside
	 * @param size at least 1
	 * @param into gets the ranges, in order, together as long
	 */
	void resolve(long offset, long size, List<DeviceRange> into) {
		int found = Arrays.binarySearch(this.starts, offset);
		int segment = (found >= 0) ? found : -found - 2;
		long at = offset;
		long end = offset + size;
		while (at < end) {
			long segmentEnd = (segment + 1 < this.starts.length) ? this.starts[segment + 1] : this.length;
			long part = Math.min(end, segmentEnd) - at;
			into.add(new DeviceRange(this.devices[segment], this.offsets[segment] + at - this.starts[segment], part));
			at += part;
			segment++;
		}
	}

	List<Device> devices() {
		return Arrays.stream(this.devices).distinct().toList();
	}

}
