package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

import dev.holdfast.device.Segment;

/**
 * Extents taken for a volume that is not on the label yet. Until it is, they keep the
 * state there that they had.
 */
final class Allocation {

	private final List<ExtentRange> free;

	private final List<ExtentRange> dirty;

	private final int recordBytes;

	/**
	 * Extents of both kinds.
	 * @param free that read as zeroes already
	 * @param dirty that have to be zeroed first
	 * @param recordBytes room on the label that is kept for the volume's record
	 */
	Allocation(List<ExtentRange> free, List<ExtentRange> dirty, int recordBytes) {
		this.free = free;
		this.dirty = dirty;
		this.recordBytes = recordBytes;
	}

	List<ExtentRange> free() {
		return this.free;
	}

	List<ExtentRange> dirty() {
		return this.dirty;
	}

	int recordBytes() {
		return this.recordBytes;
	}

	int rangeCount() {
		return this.free.size() + this.dirty.size();
	}

	long extents() {
		return this.free.stream().mapToLong(ExtentRange::count).sum()
				+ this.dirty.stream().mapToLong(ExtentRange::count).sum();
	}

	/**
	 * The segments of the volume: in the order of the device, neighbours joined.
	 */
	List<Segment> segments(UUID device) {
		List<ExtentRange> all = new ArrayList<>(this.free);
		all.addAll(this.dirty);
		all.sort(Comparator.comparingInt(ExtentRange::start));
		List<Segment> segments = new ArrayList<>();
		for (ExtentRange range : all) {
			Segment last = segments.isEmpty() ? null : segments.getLast();
			if (last != null && last.start() + last.count() == range.start()) {
				segments.set(segments.size() - 1, new Segment(device, last.start(), last.count() + range.count()));
			}
			else {
				segments.add(new Segment(device, range.start(), range.count()));
			}
		}
		return segments;
	}

}
