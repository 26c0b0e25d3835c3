package dev.holdfast.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Thousands of volumes on one device, asked for all at once.
 */
class ManyVolumesTests {

	private static final long EXTENT = Shelf.EXTENT;

	private static final int VOLUMES = 4000;

	@TempDir
	private Path directory;

	@Test
	void keepsThousandsOnOneDevice() throws Exception {
		List<VolumeKey> keys = IntStream.range(0, VOLUMES)
			.mapToObj((i) -> new VolumeKey("t" + i % 10, "v" + i))
			.toList();
		try (Shelf shelf = new Shelf(this.directory).with("a", 2 * VOLUMES).start()) {
			SpaceUsage before = shelf.usage("a");
			// Every other one has two extents, so that not all fill the device from end
			// to end in the same way.
			each(keys, (key) -> shelf.create(key, VolumeSpec.ofSize((odd(key) ? 2 : 1) * EXTENT - 4096)));
			assertThat(shelf.usage("a").used()).isEqualTo(VOLUMES * 3L / 2 * EXTENT);
			List<Volume> made = all(shelf);
			assertThat(made).extracting(Volume::key).containsExactlyInAnyOrderElementsOf(keys);
			byte[] bytes = Bytes.random(1, 8192);
			shelf.write(keys.getLast(), 0, bytes);
			shelf.restart();
			assertThat(all(shelf)).isEqualTo(made);
			assertDisjoint(shelf, keys);
			Bytes.assertSame(shelf.read(keys.getLast(), 0, bytes.length), bytes);
			// Holes all over.
			List<VolumeKey> odd = keys.stream().filter(ManyVolumesTests::odd).toList();
			each(odd, (key) -> shelf.volumes().delete(key));
			shelf.restart();
			List<VolumeKey> even = keys.stream().filter((key) -> !odd(key)).toList();
			assertThat(all(shelf)).extracting(Volume::key).containsExactlyInAnyOrderElementsOf(even);
			assertDisjoint(shelf, even);
			each(even, (key) -> shelf.volumes().delete(key));
			assertThat(all(shelf)).isEmpty();
			SpaceUsage after = shelf.usage("a");
			assertThat(after.used()).isZero();
			assertThat(after.free() + after.dirty()).isEqualTo(before.total());
			shelf.restart();
			shelf.assertSound();
			assertThat(shelf.usage("a")).isEqualTo(after);
		}
	}

	private static boolean odd(VolumeKey key) {
		return Integer.parseInt(key.name().substring(1)) % 2 == 1;
	}

	private static List<Volume> all(Shelf shelf) {
		return IntStream.range(0, 10).mapToObj((i) -> shelf.volumes().list("t" + i)).flatMap(List::stream).toList();
	}

	private static void assertDisjoint(Shelf shelf, List<VolumeKey> keys) throws IOException {
		BitSet taken = new BitSet();
		for (VolumeKey key : keys) {
			try (Pin pin = shelf.volumes().open(key).pin()) {
				for (DeviceRange range : pin.resolve(0, shelf.find(key).sizeBytes())) {
					int first = (int) ((range.offset() - range.device().geometry().dataOffset()) / EXTENT);
					int end = first + (int) Math.ceilDiv(range.length(), EXTENT);
					assertThat(taken.get(first, end).isEmpty()).as("%s", key).isTrue();
					taken.set(first, end);
				}
			}
		}
		assertThat(taken.cardinality() * EXTENT).isEqualTo(shelf.usage("a").used());
	}

	private static void each(List<VolumeKey> keys, Consumer<VolumeKey> action) throws Exception {
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<?>> tasks = new ArrayList<>();
			keys.forEach((key) -> tasks.add(threads.submit(() -> action.accept(key))));
			for (Future<?> task : tasks) {
				task.get(120, TimeUnit.SECONDS);
			}
		}
	}

}
