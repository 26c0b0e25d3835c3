package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.Arrays;
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
			.forEach((segment) -> bySet.computeIfAbsent(segment.stripeSet(), (set) -> new ArrayList<>()).add(segment));
		this.sets = bySet.values().stream().map((segments) -> StripeSet.of(segments, online)).toArray(StripeSet[]::new);
		this.starts = new long[this.sets.length];
		long start = 0;
		for (int i = 0; i < this.sets.length; i++) {
			this.starts[i] = start;
			start += this.sets[i].length();
		}
	}

	@Override
	void resolve(long offset, long length, List<DeviceRange> into) {
		int found = Arrays.binarySearch(this.starts, offset);
		int set = (found >= 0) ? found : -found - 2;
		long at = offset;
		long end = offset + length;
		while (at < end) {
			if (set + 1 < this.starts.length && at == this.starts[set + 1]) {
				set++;
			}
			long inside = at - this.starts[set];
			// The end of a set is the end of a stripe.
			long part = Math.min(end - at, this.stripeBytes - inside % this.stripeBytes);
			this.sets[set].resolve(inside, part, this.stripeBytes, into);
			at += part;
		}
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
			Map<UUID, List<Segment>> byDevice = new LinkedHashMap<>();
			segments.forEach((segment) -> byDevice.computeIfAbsent(segment.device(), (device) -> new ArrayList<>())
				.add(segment));
			List<Concatenation> columns = byDevice.values()
				.stream()
				.map((column) -> new Concatenation(column, online))
				.toList();
			if (columns.stream().mapToLong(Concatenation::length).distinct().count() != 1) {
				throw new IllegalArgumentException("stripe set %d has more on one device than on another"
					.formatted(segments.getFirst().stripeSet()));
			}
			return new StripeSet(columns);
		}

		long length() {
			return this.columns.stream().mapToLong(Concatenation::length).sum();
		}

		/**
		 * Adds where a part of one stripe is.
		 */
		void resolve(long offset, long length, long stripeBytes, List<DeviceRange> into) {
			long stripe = offset / stripeBytes;
			int column = (int) (stripe % this.columns.size());
			long row = stripe / this.columns.size();
			this.columns.get(column).resolve(row * stripeBytes + offset % stripeBytes, length, into);
		}

		List<Device> devices() {
			return this.columns.stream().flatMap((column) -> column.devices().stream()).toList();
		}

	}

}
