package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.holdfast.device.Device;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.Segment;
import dev.holdfast.device.VolumeRecord;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * Where each stripe of a volume is, found by dealing them out one by one. A linear volume
 * is dealt extent by extent.
 */
final class StripeModel {

	private static final long EXTENT = Geometry.EXTENT_SIZE;

	private final long unit;

	private final List<Device> device = new ArrayList<>();

	private final List<Long> offset = new ArrayList<>();

	/** Where segments and stripe sets begin, in the volume. */
	private final List<Long> starts = new ArrayList<>();

	StripeModel(VolumeRecord record, Map<UUID, Device> online) {
		boolean striped = record.layout() == VolumeRecord.Layout.STRIPED;
		this.unit = striped ? record.stripeBytes() : EXTENT;
		List<Segment> left = new ArrayList<>(record.segments());
		while (!left.isEmpty()) {
			this.starts.add(this.device.size() * this.unit);
			// A linear volume is dealt like stripe sets of one segment each.
			int set = left.getFirst().stripeSet();
			List<Segment> dealt = striped ? left.stream().filter((segment) -> segment.stripeSet() == set).toList()
					: List.of(left.getFirst());
			left.removeAll(dealt);
			Map<UUID, List<Place>> columns = new LinkedHashMap<>();
			for (Segment segment : dealt) {
				columns.computeIfAbsent(segment.device(), (each) -> new ArrayList<>()).addAll(places(online, segment));
			}
			int rows = columns.values().iterator().next().size();
			for (int row = 0; row < rows; row++) {
				for (List<Place> column : columns.values()) {
					deal(column.get(row));
				}
			}
		}
	}

	private void deal(Place place) {
		this.device.add(place.device());
		this.offset.add(place.offset());
	}

	private List<Place> places(Map<UUID, Device> online, Segment segment) {
		Device on = online.get(segment.device());
		List<Place> places = new ArrayList<>();
		for (int i = 0; i < segment.count(); i++) {
			for (long inside = 0; inside < EXTENT; inside += this.unit) {
				places.add(new Place(on, on.geometry().dataOffset() + (segment.start() + (long) i) * EXTENT + inside));
			}
		}
		return places;
	}

	List<Long> starts() {
		return this.starts;
	}

	/**
	 * The answer for a range must be where the model has each byte. It is enough to look
	 * at the first of each stripe: within one both go up by one.
	 */
	void check(long start, long length, List<DeviceRange> ranges) {
		long position = start;
		for (DeviceRange range : ranges) {
			assertThat(range.length()).isPositive();
			long end = position + range.length();
			assertThat(end).as("%s ends in the range", range).isLessThanOrEqualTo(start + length);
			for (long at = position; at < end; at = (at / this.unit + 1) * this.unit) {
				int stripe = (int) (at / this.unit);
				if (range.device() != this.device.get(stripe)
						|| range.offset() + at - position != this.offset.get(stripe) + at % this.unit) {
					fail("byte %d of the volume is at %d of %s and not in %s", at,
							this.offset.get(stripe) + at % this.unit, this.device.get(stripe).name(), range);
				}
			}
			position = end;
		}
		assertThat(position).as("end of the ranges").isEqualTo(start + length);
	}

	private record Place(Device device, long offset) {

	}

}
