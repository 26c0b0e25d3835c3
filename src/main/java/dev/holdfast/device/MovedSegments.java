package dev.holdfast.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The segments of a volume once some of its extents are elsewhere. Columns of a stripe
 * set stay as they are, whatever devices they are on; neighbours are joined.
 */
final class MovedSegments {

	private final List<Segment> segments = new ArrayList<>();

	private MovedSegments() {
	}

	static List<Segment> of(VolumeRecord volume, int index, int count, List<Segment> to) {
		Segment from = volume.segments().get(index);
		int set = from.set();
		int number = (volume.layout() == VolumeRecord.Layout.STRIPED)
				? Segment.stripeSet(set, columns(volume.segments(), from)) : from.stripeSet();
		MovedSegments moved = new MovedSegments();
		for (int i = 0; i < volume.segments().size(); i++) {
			Segment segment = volume.segments().get(i);
			int stripeSet = (segment.set() == set) ? number : segment.stripeSet();
			if (i != index) {
				moved.add(segment, stripeSet);
				continue;
			}
			to.forEach((part) -> moved.add(part, stripeSet));
			if (segment.count() > count) {
				moved.add(segment.part(count, segment.count() - count), stripeSet);
			}
		}
		return moved.joined();
	}

	private static int columns(List<Segment> segments, Segment of) {
		if (of.columns() > 0) {
			return of.columns();
		}
		return (int) segments.stream()
			.filter((segment) -> segment.set() == of.set())
			.map(Segment::device)
			.distinct()
			.count();
	}

	private void add(Segment segment, int stripeSet) {
		this.segments.add(new Segment(segment.device(), segment.start(), segment.count(), stripeSet));
	}

	private List<Segment> joined() {
		Map<Integer, Long> lengths = this.segments.stream()
			.collect(Collectors.groupingBy(Segment::set, Collectors.summingLong(Segment::count)));
		List<Segment> joined = new ArrayList<>();
		long position = 0;
		for (Segment segment : this.segments) {
			Segment last = joined.isEmpty() ? null : joined.getLast();
			if (last == null || last.set() != segment.set()) {
				position = 0;
			}
			boolean column = segment.columns() > 0
					&& position % (lengths.getOrDefault(segment.set(), 0L) / segment.columns()) == 0;
			if (last != null && !column && follows(last, segment)) {
				joined.set(joined.size() - 1,
						new Segment(last.device(), last.start(), last.count() + segment.count(), last.stripeSet()));
			}
			else {
				joined.add(segment);
			}
			position += segment.count();
		}
		return joined;
	}

	private static boolean follows(Segment last, Segment next) {
		return last.device().equals(next.device()) && last.stripeSet() == next.stripeSet()
				&& last.start() + last.count() == next.start();
	}

}
