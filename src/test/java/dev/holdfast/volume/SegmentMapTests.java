package dev.holdfast.volume;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

import dev.holdfast.device.Device;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.Rig;
import dev.holdfast.device.Segment;
import dev.holdfast.device.VolumeRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SegmentMapTests {

	private static final long EXTENT = Geometry.EXTENT_SIZE;

	@TempDir
	private Path directory;

	@Test
	void resolvesAsANaiveModelDoes() throws Exception {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			Device device = rig.attach(Rig.sparse(this.directory, 15L << 40));
			for (int round = 0; round < 200; round++) {
				List<Segment> segments = new ArrayList<>();
				// Where each extent of the volume is.
				List<Long> extents = new ArrayList<>();
				int next = 0;
				for (int i = 0; i <= random.nextInt(20); i++) {
					next += 1 + random.nextInt(200_000);
					int count = 1 + random.nextInt(6);
					segments.add(new Segment(device.uuid(), next, count));
					for (int j = 0; j < count; j++) {
						extents.add(device.geometry().offsetOf(next + j));
					}
					next += count;
				}
				long size = (extents.size() - 1) * EXTENT + 512L * (1 + random.nextInt((int) EXTENT / 512));
				SegmentMap map = map(segments, device, size);
				for (int i = 0; i < 100; i++) {
					long offset = edge(random, size - 1);
					long length = Math.clamp(edge(random, size), 1, size - offset);
					String where = "seed %d, round %d: %d bytes at %d of %d".formatted(seed, round, length, offset,
							size);
					check(where, map.resolve(offset, length), extents, offset, length, segments.size());
				}
			}
		}
	}

	private static void check(String where, List<DeviceRange> ranges, List<Long> extents, long offset, long length,
			int segments) {
		long position = offset;
		for (DeviceRange range : ranges) {
			assertThat(range.length()).as(where).isPositive();
			// Every extent it touches is where the model has it.
			for (long at = position; at < position + range.length(); at = (at / EXTENT + 1) * EXTENT) {
				assertThat(range.offset() + at - position).as(where)
					.isEqualTo(extents.get((int) (at / EXTENT)) + at % EXTENT);
			}
			position += range.length();
		}
		assertThat(position).as(where).isEqualTo(offset + length);
		assertThat(ranges.size()).as(where).isLessThanOrEqualTo(segments);
	}

	@Test
	void refusesARangeOutside() throws Exception {
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			Device device = rig.attach(Rig.sparse(this.directory, 64L << 20));
			SegmentMap map = map(List.of(new Segment(device.uuid(), 0, 1)), device, 8192);
			assertThat(map.resolve(4096, 4096)).hasSize(1);
			for (long[] range : new long[][] { { -1, 1 }, { 0, 0 }, { 8192, 1 }, { 4096, 4097 }, { 1, Long.MAX_VALUE },
					{ Long.MAX_VALUE, 1 } }) {
				assertThatExceptionOfType(IndexOutOfBoundsException.class)
					.isThrownBy(() -> map.resolve(range[0], range[1]));
			}
		}
	}

	private static SegmentMap map(List<Segment> segments, Device device, long size) {
		VolumeRecord record = new VolumeRecord(UUID.randomUUID(), "acme", "db", 1, size, 512, VolumeRecord.State.LIVE,
				VolumeRecord.Layout.LINEAR, 0, segments);
		return SegmentMap.of(record, Map.of(device.uuid(), device));
	}

	/** Anything, with a liking for edges of extents. */
	private static long edge(Random random, long limit) {
		long any = random.nextLong(limit + 1);
		return random.nextBoolean() ? any : Math.clamp(any / EXTENT * EXTENT + random.nextInt(3) - 1, 0, limit);
	}

}
