package dev.holdfast.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.contract.Problem;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.Refusals;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Volumes of one block, and of a block more or less than anything that they are made of.
 */
@RequiresRoot
@RequiresTool("losetup")
class OddSizesTests {

	private static final long EXTENT = Shelf.EXTENT;

	private static final Path MEMORY = Path.of("/dev/shm");

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	private static final VolumeKey OTHER = new VolumeKey("acme", "other");

	@ParameterizedTest
	@CsvSource({ "512,LINEAR,0", "4096,LINEAR,0", "512,STRIPED,4096", "512,STRIPED,4194304", "4096,STRIPED,65536" })
	void keepsEveryBlock(int block, VolumeRecord.Layout layout, int stripe) throws IOException {
		try (LoopDevice one = loop(block, 9); LoopDevice two = loop(block, 9)) {
			Shelf shelf = new Shelf(MEMORY).with("a", one.device()).with("b", two.device());
			try (shelf) {
				shelf.start();
				shelf.create(OTHER, new VolumeSpec(block, block));
				byte[] other = Bytes.random(7, block);
				shelf.write(OTHER, 0, other);
				for (long edge : edges(stripe)) {
					for (long size = edge - block; size <= edge + block; size += block) {
						if (size > 0) {
							keepsEveryBlock(shelf, spec(size, block, layout, stripe));
						}
					}
				}
				Bytes.assertSame(shelf.read(OTHER, 0, block), other);
				shelf.restart();
				shelf.assertSound(OTHER);
			}
		}
	}

	private static List<Long> edges(int stripe) {
		List<Long> edges = new ArrayList<>(List.of(0L, EXTENT, 2 * EXTENT));
		if (stripe > 0) {
			edges.addAll(List.of((long) stripe, 2L * stripe));
		}
		return edges.stream().distinct().sorted().toList();
	}

	/**
	 * Writes both ends, grows by a block, and looks again after a restart.
	 */
	private static void keepsEveryBlock(Shelf shelf, VolumeSpec spec) throws IOException {
		long size = spec.sizeBytes();
		int block = spec.blockSizeOrDefault();
		Volume volume = shelf.create(DB, spec);
		assertThat(volume.sizeBytes()).isEqualTo(size);
		assertThat(volume.blockSize()).isEqualTo(block);
		byte[] first = Bytes.random(size, block);
		byte[] last = Bytes.random(size + 1, block);
		shelf.write(DB, size - block, last);
		if (size > block) {
			shelf.write(DB, 0, first);
		}
		Refusals.of(Problem.RANGE_NOT_SATISFIABLE, () -> shelf.write(DB, size - block + 1, last));
		assertThat(shelf.volumes().grow(DB, size + block, ScrubProgress.NONE).sizeBytes()).isEqualTo(size + block);
		shelf.restart();
		shelf.assertSound(DB, OTHER);
		Bytes.assertSame(shelf.read(DB, 0, block), (size > block) ? first : last);
		Bytes.assertSame(shelf.read(DB, size - block, block), last);
		Bytes.assertZero(shelf.read(DB, size, block));
		if (size > 2L * block) {
			Bytes.assertZero(shelf.read(DB, block, (int) size - 2 * block));
		}
		long extents = Math.ceilDiv(size + block, EXTENT);
		assertThat(shelf.used("a") + shelf.used("b") - 1L).as("extents for %s", spec)
			.isBetween(extents, extents + (spec.stripeBytesOrDefault() > 0 ? 1 : 0));
		shelf.volumes().delete(DB);
	}

	@Test
	void refusesSmallBlocksWhereADeviceHasLargeOnes() throws IOException {
		try (LoopDevice small = loop(512, 4); LoopDevice large = loop(4096, 8)) {
			Shelf shelf = new Shelf(MEMORY).with("small", small.device()).with("large", large.device());
			try (shelf) {
				shelf.start();
				assertThat(shelf.device("small").blockSize()).isEqualTo(512);
				assertThat(shelf.device("large").blockSize()).isEqualTo(4096);
				// There is more room on the large one, but not for this.
				shelf.create(DB, new VolumeSpec(512, 512));
				assertThat(shelf.used("large")).isZero();
				Refusals.of(Problem.NOT_SUPPORTED,
						() -> shelf.create(OTHER, new VolumeSpec(512, 512, null, null, List.of("large"))));
				Refusals.of(Problem.NOT_SUPPORTED, () -> shelf.create(OTHER,
						new VolumeSpec(EXTENT * 2, 512, VolumeRecord.Layout.STRIPED, null, List.of("small", "large"))));
				Refusals.of(Problem.NO_SPACE, () -> shelf.create(OTHER, new VolumeSpec(5 * EXTENT, 512)));
				Refusals.of(Problem.NO_SPACE, () -> shelf.volumes().grow(DB, 5 * EXTENT, ScrubProgress.NONE));
				assertThat(shelf.find(DB).sizeBytes()).isEqualTo(512);
				shelf.create(OTHER, VolumeSpec.striped(2 * EXTENT, 4096));
				assertThat(shelf.used("large")).isOne();
				shelf.restart("large", "small");
				shelf.assertSound(DB, OTHER);
			}
		}
	}

	private static VolumeSpec spec(long size, int block, VolumeRecord.Layout layout, int stripe) {
		return new VolumeSpec(size, block, layout, (stripe > 0) ? stripe : null, List.of());
	}

	private static LoopDevice loop(int block, int extents) {
		return LoopDevice.create(MEMORY, (2L << 20) + extents * EXTENT, "--sector-size=" + block);
	}

}
