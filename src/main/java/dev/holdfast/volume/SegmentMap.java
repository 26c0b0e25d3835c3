package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.holdfast.device.Device;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.Segment;

/**
 * The resolver of one volume: from a range of the volume to ranges of devices. Immutable;
 * three words a segment, whatever the volume's size.
 */
final class SegmentMap {

	/** Where in the volume each segment begins, ascending from 0. */
	private final long[] starts;

	/** Where on its device each segment begins. */
	private final long[] offsets;

	private final Device[] devices;

	private final long size;

	/**
	 * Maps a linear volume.
	 * @param segments in the volume's order
	 * @param device the one that all of them are on
	 * @param size of the volume in bytes; may end inside the last segment
	 */
	SegmentMap(List<Segment> segments, Device device, long size) {
		this.starts = new long[segments.size()];
		this.offsets = new long[segments.size()];
		this.devices = new Device[segments.size()];
		this.size = size;
		long start = 0;
		for (int i = 0; i < this.starts.length; i++) {
			Segment segment = segments.get(i);
			this.starts[i] = start;
			this.offsets[i] = device.geometry().offsetOf(segment.start());
			this.devices[i] = device;
			start += segment.count() * Geometry.EXTENT_SIZE;
		}
	}

	/**
	 * Resolves a range.
	 * @param offset in the volume
	 * @param length at least 1; the range must be inside the volume
	 * @return ranges of devices, in the volume's order, together as long
	 */
	List<DeviceRange> resolve(long offset, long length) {
		if (offset < 0 || length <= 0 || offset > this.size - length) {
			throw new IndexOutOfBoundsException("%d bytes at %d of %d".formatted(length, offset, this.size));
		}
		int found = Arrays.binarySearch(this.starts, offset);
		int segment = (found >= 0) ? found : -found - 2;
		DeviceRange first = part(segment, offset, length);
		if (first.length() == length) {
			return List.of(first);
		}
		List<DeviceRange> ranges = new ArrayList<>();
		ranges.add(first);
		long done = first.length();
		while (done < length) {
			segment++;
			DeviceRange next = part(segment, offset + done, length - done);
			ranges.add(next);
			done += next.length();
		}
		return ranges;
	}

	private DeviceRange part(int segment, long offset, long length) {
		long end = (segment + 1 < this.starts.length) ? this.starts[segment + 1] : this.size;
		return new DeviceRange(this.devices[segment], this.offsets[segment] + offset - this.starts[segment],
				Math.min(length, end - offset));
	}

	/**
	 * Every device that the volume has a part on.
	 * @return each once
	 */
	List<Device> devices() {
		return Arrays.stream(this.devices).distinct().toList();
	}

}
