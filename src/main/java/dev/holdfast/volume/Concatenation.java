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
	 * Where a range begins.
	 * @param offset from the start; must be inside
	 * @param size at least 1
	 * @return as much of the range as is in one piece
	 */
	DeviceRange first(long offset, long size) {
		int found = Arrays.binarySearch(this.starts, offset);
		int segment = (found >= 0) ? found : -found - 2;
		long end = (segment + 1 < this.starts.length) ? this.starts[segment + 1] : this.length;
		return new DeviceRange(this.devices[segment], this.offsets[segment] + offset - this.starts[segment],
				Math.min(size, end - offset));
	}

	List<Device> devices() {
		return Arrays.stream(this.devices).distinct().toList();
	}

}
