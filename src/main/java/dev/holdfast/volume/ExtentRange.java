package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

import dev.holdfast.device.ExtentRun;
import dev.holdfast.device.ExtentState;
import dev.holdfast.device.Segment;
import dev.holdfast.device.VolumeRecord;

/**
 * Neighbouring extents of one device.
 *
 * @param start number of the first
 * @param count how many, at least 1
 */
record ExtentRange(int start, int count) {

	int end() {
		return this.start + this.count;
	}

	/**
	 * What a volume has on a device.
	 * @return in the volume's order
	 */
	static List<ExtentRange> of(VolumeRecord volume, UUID device) {
		List<ExtentRange> ranges = new ArrayList<>();
		for (Segment segment : volume.segments()) {
			if (segment.device().equals(device)) {
				ranges.add(new ExtentRange(segment.start(), segment.count()));
			}
		}
		return ranges;
	}

	/**
	 * Has a label say what they are.
	 */
	static void add(List<ExtentRun> runs, Collection<ExtentRange> ranges, ExtentState state, int volume) {
		for (ExtentRange range : ranges) {
			runs.add(new ExtentRun(range.start(), range.count(), state, volume));
		}
	}

}
