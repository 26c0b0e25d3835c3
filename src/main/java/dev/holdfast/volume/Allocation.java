package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

import dev.holdfast.device.ExtentRun;
import dev.holdfast.device.ExtentState;
import dev.holdfast.device.Segment;

/**
 * Extents of one device taken for a volume that is not on the label yet. Until it is,
 * they keep the state there that they had.
 */
final class Allocation {

	private final List<ExtentRange> free;

	private final List<ExtentRange> dirty;

	/** Guarded by the {@link DeviceSpace}. */
	private int reserved;

	/** Being filled from another device. Guarded by the {@link DeviceSpace}. */
	private boolean incoming;

	/**
	 * Extents of both kinds.
	 * @param free that read as zeroes already
	 * @param dirty that have to be zeroed first
	 */
	Allocation(List<ExtentRange> free, List<ExtentRange> dirty) {
		this.free = free;
		this.dirty = dirty;
	}

	List<ExtentRange> free() {
		return this.free;
	}

	List<ExtentRange> dirty() {
		return this.dirty;
	}

	/**
	 * Room on the label that is kept for the volume's record.
	 * @return bytes
	 */
	int reserved() {
		return this.reserved;
	}

	void reserved(int bytes) {
		this.reserved = bytes;
	}

	boolean incoming() {
		return this.incoming;
	}

	void becomesIncoming() {
		this.incoming = true;
	}

	/**
	 * Has a label say what its extents are until they are a volume's.
	 */
	void addTo(List<ExtentRun> runs) {
		ExtentRange.add(runs, this.free, this.incoming ? ExtentState.INCOMING : ExtentState.FREE, ExtentRun.NO_VOLUME);
		ExtentRange.add(runs, this.dirty, this.incoming ? ExtentState.INCOMING : ExtentState.DIRTY,
				ExtentRun.NO_VOLUME);
	}

	int rangeCount() {
		return this.free.size() + this.dirty.size();
	}

	/**
	 * The segments of the volume: in the order of the device, neighbours joined.
	 */
	List<Segment> segments(UUID device, int stripeSet) {
		List<ExtentRange> all = new ArrayList<>(this.free);
		all.addAll(this.dirty);
		all.sort(Comparator.comparingInt(ExtentRange::start));
		List<Segment> segments = new ArrayList<>();
		for (ExtentRange range : all) {
			Segment last = segments.isEmpty() ? null : segments.getLast();
			if (last != null && last.start() + last.count() == range.start()) {
				segments.set(segments.size() - 1,
						new Segment(device, last.start(), last.count() + range.count(), stripeSet));
			}
			else {
				segments.add(new Segment(device, range.start(), range.count(), stripeSet));
			}
		}
		return segments;
	}

}
