package dev.holdfast.block;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.holdfast.device.Device;
import dev.holdfast.volume.DeviceRange;

/**
 * A range of a device and all that it is of a volume: stripes that are apart in the
 * volume follow each other on their device.
 */
final class Place {

	final Device device;

	final long offset;

	long length;

	private final List<Range> ranges = new ArrayList<>(1);

	private Place(Device device, long offset) {
		this.device = device;
		this.offset = offset;
	}

	/**
	 * The same places in as few ranges as they make.
	 * @param ranges one after the other
	 * @param offset in the volume where they begin
	 */
	static List<Place> joined(List<DeviceRange> ranges, long offset) {
		Map<Device, Place> open = new LinkedHashMap<>();
		List<Place> joined = new ArrayList<>();
		long at = offset;
		for (DeviceRange range : ranges) {
			Place place = open.get(range.device());
			if (place == null || place.offset + place.length != range.offset()) {
				place = new Place(range.device(), range.offset());
				open.put(range.device(), place);
				joined.add(place);
			}
			place.length += range.length();
			place.ranges.add(new Range(at, range.length()));
			at += range.length();
		}
		return joined;
	}

	/**
	 * Visits the ranges of the volume.
	 */
	void forEachRange(RangeVisitor visitor) {
		this.ranges.forEach((range) -> visitor.visit(range.offset, range.length));
	}

	/**
	 * Takes a range.
	 */
	@FunctionalInterface
	interface RangeVisitor {

		void visit(long offset, long length);

	}

	private record Range(long offset, long length) {

	}

}
