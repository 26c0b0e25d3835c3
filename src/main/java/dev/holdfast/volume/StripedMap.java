package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import dev.holdfast.device.Device;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.Segment;
import dev.holdfast.device.VolumeRecord;

/**
 * Stripe sets one after the other; in each, stripes go to the devices in turn. A stripe
 * divides an extent, so it is never cut.
 */
final class StripedMap extends SegmentMap {

	private final long stripeBytes;

	private final StripeSet[] sets;

	/** Where in the volume each set begins, ascending from 0. */
	private final long[] starts;

	StripedMap(VolumeRecord record, Map<UUID, Device> online) {
		super(record.sizeBytes());
		this.stripeBytes = record.stripeBytes();
		if (this.stripeBytes <= 0 || Geometry.EXTENT_SIZE % this.stripeBytes != 0) {
			throw new IllegalArgumentException("stripes of %d bytes".formatted(this.stripeBytes));
		}
		TreeMap<Integer, List<Segment>> bySet = new TreeMap<>();
		record.segments()
			.forEach((segment) -> bySet.computeIfAbsent(segment.set(), (set) -> new ArrayList<>()).add(segment));
		this.sets = bySet.values().stream().map((segments) -> StripeSet.of(segments, online)).toArray(StripeSet[]::new);
		this.starts = new long[this.sets.length];
		long start = 0;
		for (int i = 0; i < this.sets.length; i++) {
			this.starts[i] = start;
			start += this.sets[i].length();
		}
	}

	@Override
	DeviceRange first(long offset, long length) {
		int found = Arrays.binarySearch(this.starts, offset);
		int set = (found >= 0) ? found : -found - 2;
		long inside = offset - this.starts[set];
		// The end of a set is the end of a stripe.
		return this.sets[set].part(inside, Math.min(length, this.stripeBytes - inside % this.stripeBytes),
				this.stripeBytes);
	}

	@Override
	List<Device> devices() {
		return Arrays.stream(this.sets).flatMap((set) -> set.devices().stream()).distinct().toList();
	}

	/**
	 * Devices that are striped over, each with as much.
	 */
	private record StripeSet(List<Concatenation> columns) {

		static StripeSet of(List<Segment> segments, Map<UUID, Device> online) {
			int count = segments.getFirst().columns();
			List<Concatenation> columns = ((count > 0) ? inTurn(segments, count) : byDevice(segments)).stream()
				.map((column) -> new Concatenation(column, online))
				.toList();
			if (columns.stream().mapToLong(Concatenation::length).distinct().count() != 1) {
				throw new IllegalArgumentException(
						"stripe set %d has more in one column than in another".formatted(segments.getFirst().set()));
			}
			return new StripeSet(columns);
		}

		private static Collection<List<Segment>> byDevice(List<Segment> segments) {
			Map<UUID, List<Segment>> columns = new LinkedHashMap<>();
			segments.forEach(
					(segment) -> columns.computeIfAbsent(segment.device(), (device) -> new ArrayList<>()).add(segment));
			return columns.values();
		}

		private static List<List<Segment>> inTurn(List<Segment> segments, int count) {
			long each = segments.stream().mapToLong(Segment::count).sum() / count;
			List<List<Segment>> columns = new ArrayList<>();
			long left = 0;
			for (Segment segment : segments) {
				if (left <= 0) {
					columns.add(new ArrayList<>());
					left = each;
				}
				columns.getLast().add(segment);
				left -= segment.count();
			}
			return columns;
		}

		long length() {
			return this.columns.stream().mapToLong(Concatenation::length).sum();
		}

		/**
		 * Where a part of one stripe is.
		 */
		DeviceRange part(long offset, long length, long stripeBytes) {
			long stripe = offset / stripeBytes;
			int column = (int) (stripe % this.columns.size());
			long row = stripe / this.columns.size();
			return this.columns.get(column).first(row * stripeBytes + offset % stripeBytes, length);
		}

		List<Device> devices() {
			return this.columns.stream().flatMap((column) -> column.devices().stream()).toList();
		}

	}

}
