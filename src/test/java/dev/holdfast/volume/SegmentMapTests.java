package dev.holdfast.volume;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;

import dev.holdfast.device.Device;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.Segment;
import dev.holdfast.device.VolumeRecord;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The resolver against a model that counts through all stripes of a volume.
 */
class SegmentMapTests {

	private static final long EXTENT = Geometry.EXTENT_SIZE;

	private static final int DEVICES = 4;

	/** More than 31 bits of bytes, and nearly as much as a file can have here. */
	private static final int LAST_EXTENT = 3_900_000;

	private static SparseDevices devices;

	@BeforeContainer
	static void attach() throws IOException {
		devices = SparseDevices.ofExtents(40, 4_000_000, 700, 4_000_000);
	}

	@AfterContainer
	static void detach() throws IOException {
		devices.close();
	}

	@Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
	void resolvesAsANaiveModelDoes(@ForAll("records") VolumeRecord record,
			@ForAll @Size(min = 1, max = 60) List<@From("picks") Pick> picks) {
		SegmentMap map = SegmentMap.of(record, devices.online());
		StripeModel model = new StripeModel(record, devices.online());
		List<Long> edges = edges(record, model);
		for (Pick pick : picks) {
			long start = Math.clamp(edges.get(pick.from() % edges.size()) + pick.before(), 0, record.sizeBytes() - 1);
			long end = Math.clamp(edges.get(pick.to() % edges.size()) + pick.after(), start + 1, record.sizeBytes());
			List<DeviceRange> ranges = map.resolve(start, end - start);
			model.check(start, end - start, ranges);
			assertThat(map.first(start, end - start)).isEqualTo(ranges.getFirst());
			assertThat((long) ranges.size()).isLessThanOrEqualTo(pieces(record, start, end));
			long near = Math.min(pick.to() + 1L, record.sizeBytes() - start);
			model.check(start, near, map.resolve(start, near));
		}
		model.check(0, record.sizeBytes(), map.resolve(0, record.sizeBytes()));
		assertThat(map.devices()).extracting(Device::uuid).containsExactlyElementsOf(record.devices());
	}

	@Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
	void crossesEveryEdgeByOne(@ForAll("records") VolumeRecord record) {
		SegmentMap map = SegmentMap.of(record, devices.online());
		StripeModel model = new StripeModel(record, devices.online());
		for (long edge : edges(record, model)) {
			for (long start = Math.max(0, edge - 1); start <= edge; start++) {
				for (long end = start + 1; end <= Math.min(edge + 1, record.sizeBytes()); end++) {
					model.check(start, end - start, map.resolve(start, end - start));
				}
			}
		}
	}

	@Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
	void putsNoTwoBytesInOnePlace(@ForAll("records") VolumeRecord record) {
		SegmentMap map = SegmentMap.of(record, devices.online());
		TreeSet<Long> seen = new TreeSet<>();
		long step = Math.max(512, record.stripeBytes());
		for (long offset = 0; offset < record.sizeBytes(); offset += Math.max(step,
				record.sizeBytes() / 3000 / step * step)) {
			DeviceRange range = map.first(offset, 1);
			int device = devices.list().indexOf(range.device());
			assertThat(seen.add(device + range.offset() * DEVICES)).as("%d", offset).isTrue();
			Geometry geometry = range.device().geometry();
			assertThat(range.offset()).isBetween(geometry.dataOffset(), geometry.secondSlot() - 1);
		}
	}

	@Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
	void refusesARangeOutside(@ForAll("records") VolumeRecord record) {
		SegmentMap map = SegmentMap.of(record, devices.online());
		long size = record.sizeBytes();
		long most = Long.MAX_VALUE;
		for (long[] range : new long[][] { { 0, 0 }, { size, 0 }, { size - 1, 0 }, { size, 1 }, { size - 1, 2 },
				{ 0, size + 1 }, { 1, size }, { -1, 1 }, { -1, 2 }, { -size, size }, { 0, -1 }, { size, -1 },
				{ 0, most }, { 1, most }, { size, most }, { most, 1 }, { most, most }, { most - size, size + 1 },
				{ most - 1, 2 }, { size - 1, most - size + 2 }, { Long.MIN_VALUE, 1 }, { Long.MIN_VALUE, most },
				{ -1, most }, { 0, Long.MIN_VALUE }, { size - 1, Long.MIN_VALUE }, { most, Long.MIN_VALUE },
				{ Long.MIN_VALUE, Long.MIN_VALUE } }) {
			assertThatExceptionOfType(IndexOutOfBoundsException.class)
				.as("%d bytes at %d of %d", range[1], range[0], size)
				.isThrownBy(() -> map.resolve(range[0], range[1]));
		}
		assertThat(map.resolve(0, 1)).singleElement().extracting(DeviceRange::length).isEqualTo(1L);
		assertThat(map.resolve(size - 1, 1)).singleElement().extracting(DeviceRange::length).isEqualTo(1L);
	}

	@Example
	void refusesWhatIsNoVolume() {
		Device first = devices.list().getFirst();
		Device other = devices.list().getLast();
		UUID missing = UUID.randomUUID();
		assertThatIllegalArgumentException()
			.isThrownBy(() -> SegmentMap.of(record(0, EXTENT, List.of(new Segment(missing, 0, 1))), devices.online()));
		assertThatIllegalArgumentException().isThrownBy(() -> SegmentMap
			.of(record(12_288, EXTENT, List.of(new Segment(first.uuid(), 0, 1))), devices.online()));
		assertThatIllegalArgumentException().isThrownBy(() -> SegmentMap.of(
				record(4096, 2 * EXTENT, List.of(new Segment(first.uuid(), 0, 1), new Segment(other.uuid(), 0, 2))),
				devices.online()));
	}

	/**
	 * At most: a linear volume is not cut between extents, and a striped one only between
	 * stripes.
	 */
	private static long pieces(VolumeRecord record, long start, long end) {
		long stripe = record.stripeBytes();
		return (stripe > 0) ? (end - 1) / stripe - start / stripe + 1 : record.segments().size();
	}

	/**
	 * Where anything begins or ends. Of the stripes some only: there may be thousands.
	 */
	private static List<Long> edges(VolumeRecord record, StripeModel model) {
		TreeSet<Long> edges = new TreeSet<>(model.starts());
		for (long at = 0; at < record.sizeBytes(); at += EXTENT) {
			edges.add(at);
		}
		for (long stripe = 0; stripe < 9 && record.stripeBytes() > 0; stripe++) {
			long middle = record.sizeBytes() / 2 / record.stripeBytes() * record.stripeBytes();
			edges.add(stripe * record.stripeBytes());
			edges.add(middle + stripe * record.stripeBytes());
		}
		edges.add(record.sizeBytes());
		return edges.stream().filter((edge) -> edge <= record.sizeBytes()).toList();
	}

	@Provide
	Arbitrary<Pick> picks() {
		Arbitrary<Integer> any = Arbitraries.integers().between(0, 100_000);
		Arbitrary<Integer> beside = Arbitraries.of(0, -1, 1, 511, -512, 4095);
		return Combinators.combine(any, beside, any, beside).as(Pick::new);
	}

	@Provide
	Arbitrary<VolumeRecord> records() {
		return Arbitraries.oneOf(linear(), striped());
	}

	/** Segments as an allocator on a crowded device would cut them. */
	private Arbitrary<VolumeRecord> linear() {
		Arbitrary<Segment> segment = Combinators
			.combine(Arbitraries.integers().between(0, DEVICES - 1), starts(), Arbitraries.integers().between(1, 4))
			.as((device, start, count) -> segment(device, start, count, 0));
		// One of more bytes than an int holds, on a device with room for it.
		Arbitrary<Segment> large = Combinators.combine(starts(), Arbitraries.integers().between(512, 1100))
			.as((start, count) -> segment(1, start, count, 0));
		Arbitrary<Segment> any = Arbitraries.frequencyOf(Tuple.of(30, segment), Tuple.of(1, large));
		return Combinators.combine(any.list().ofMinSize(1).ofMaxSize(12).map(SegmentMapTests::apart), cut())
			.as((segments, cut) -> record(0, sized(segments, cut), segments));
	}

	/** Stripe sets as growth adds them, each over devices of its own. */
	private Arbitrary<VolumeRecord> striped() {
		Arbitrary<List<Segment>> set = Combinators
			.combine(Arbitraries.shuffle(0, 1, 2, 3), Arbitraries.integers().between(2, DEVICES),
					Arbitraries.integers().between(1, 3), starts(), Arbitraries.integers().between(0, 3))
			.as(SegmentMapTests::stripeSet);
		Arbitrary<Integer> stripes = Arbitraries.integers().between(12, 22).map((bits) -> 1 << bits);
		return Combinators.combine(set.list().ofMinSize(1).ofMaxSize(4), stripes, cut()).as((sets, stripe, cut) -> {
			List<Segment> segments = new ArrayList<>();
			for (int i = 0; i < sets.size(); i++) {
				for (Segment segment : sets.get(i)) {
					segments.add(new Segment(segment.device(), segment.start(), segment.count(), i));
				}
			}
			List<Segment> apart = apart(segments);
			return record(stripe, sized(apart, cut), apart);
		});
	}

	/**
	 * As much on each device, in one piece or in two.
	 */
	private static List<Segment> stripeSet(List<Integer> order, int columns, int rows, int start, int pieces) {
		List<Segment> segments = new ArrayList<>();
		for (int column = 0; column < columns; column++) {
			int first = ((pieces >> (column % 2) & 1) == 1 && rows > 1) ? 1 : rows;
			segments.add(segment(order.get(column), start, first, 0));
			if (first < rows) {
				segments.add(segment(order.get(column), start + 1, rows - first, 0));
			}
		}
		return segments;
	}

	private static Segment segment(int device, int start, int count, int set) {
		return new Segment(devices.list().get(device).uuid(), start, count, set);
	}

	/**
	 * The same lengths in the same order, and places that none has with another.
	 */
	private static List<Segment> apart(List<Segment> segments) {
		ExtentSet[] taken = new ExtentSet[DEVICES];
		List<Segment> apart = new ArrayList<>();
		for (Segment segment : segments) {
			int device = devices.list().stream().map(Device::uuid).toList().indexOf(segment.device());
			taken[device] = (taken[device] != null) ? taken[device] : new ExtentSet();
			int room = devices.list().get(device).geometry().extentCount() - segment.count();
			int start = segment.start() % (room + 1);
			while (overlaps(taken[device], new ExtentRange(start, segment.count()))) {
				start = (start + 2) % (room + 1);
			}
			taken[device].add(new ExtentRange(start, segment.count()));
			apart.add(new Segment(segment.device(), start, segment.count(), segment.stripeSet()));
		}
		return apart;
	}

	private static boolean overlaps(ExtentSet taken, ExtentRange range) {
		return taken.ranges().stream().anyMatch((each) -> each.start() < range.end() && range.start() < each.end());
	}

	private static Arbitrary<Integer> starts() {
		return Arbitraries.oneOf(Arbitraries.integers().between(0, 40), Arbitraries.integers().between(0, LAST_EXTENT));
	}

	/** How much of the last extent is not the volume's, in blocks of 512 bytes. */
	private static Arbitrary<Integer> cut() {
		int blocks = (int) (EXTENT / 512);
		return Arbitraries.oneOf(Arbitraries.of(0, 1, blocks - 1), Arbitraries.integers().between(0, blocks - 1));
	}

	private static long sized(List<Segment> segments, int cut) {
		return segments.stream().mapToLong(Segment::count).sum() * EXTENT - cut * 512L;
	}

	private static VolumeRecord record(int stripe, long size, List<Segment> segments) {
		return new VolumeRecord(new UUID(1, 2), "acme", "db", 1, size, 512, VolumeRecord.State.LIVE,
				(stripe > 0) ? VolumeRecord.Layout.STRIPED : VolumeRecord.Layout.LINEAR, stripe, segments);
	}

	/**
	 * Two edges, and how far beside them a range begins and ends.
	 */
	record Pick(int from, int before, int to, int after) {

	}

}
