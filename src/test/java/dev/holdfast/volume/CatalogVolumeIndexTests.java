package dev.holdfast.volume;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.device.VolumeRecord.Layout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CatalogVolumeIndexTests {

	private static final long SIZE = 1L << 40;

	private static final VolumeSpec STRIPED = new VolumeSpec(SIZE, 512, Layout.STRIPED, 65536, List.of("a", "b"));

	@TempDir
	Path directory;

	private Catalog catalog;

	private VolumeIndex index;

	@BeforeEach
	void open() {
		this.catalog = openCatalog();
		this.index = new CatalogVolumeIndex(this.catalog);
	}

	Catalog openCatalog() {
		return Catalog.open(this.directory.resolve("catalog.db"));
	}

	@AfterEach
	void close() {
		this.catalog.close();
	}

	@Test
	void shouldRememberVolumesAfterARestart() {
		List<VolumeIndex.Entry> all = new ArrayList<>();
		for (VolumeState state : VolumeState.values()) {
			all.add(entry(state.label(), state, STRIPED));
		}
		this.index.put(all);
		close();
		open();
		assertThat(this.index.load()).containsExactlyInAnyOrderElementsOf(all);
	}

	@Test
	void shouldRememberWhatWasLeftOut() {
		List<VolumeIndex.Entry> all = Stream
			.of(null, VolumeSpec.ofSize(SIZE), new VolumeSpec(SIZE, 4096),
					new VolumeSpec(SIZE, null, Layout.STRIPED, null, List.of()),
					new VolumeSpec(SIZE, null, null, null, List.of("a")))
			.map((spec) -> entry("v" + UUID.randomUUID(), VolumeState.READY, spec))
			.collect(Collectors.toCollection(ArrayList::new));
		Volume withoutDevices = Volume.planned(new VolumeKey("acme", "db"), UUID.randomUUID(), STRIPED);
		all.add(new VolumeIndex.Entry(withoutDevices, STRIPED, false));
		this.index.put(all);
		assertThat(this.index.load()).containsExactlyInAnyOrderElementsOf(all);
	}

	@Test
	void shouldRememberAVolumeOverManyDevices() {
		String end = "-".repeat(50) + "device";
		VolumeSpec spec = new VolumeSpec(SIZE, null, null, null,
				IntStream.range(0, 1000).mapToObj((i) -> "nvme" + i + end).toList());
		Volume volume = new Volume(new VolumeKey("t".repeat(63), "v".repeat(63)), UUID.randomUUID(), SIZE, 4096,
				VolumeState.READY, null, Layout.LINEAR, 0,
				Stream.generate(UUID::randomUUID).limit(spec.devices().size()).toList(), Long.MAX_VALUE);
		VolumeIndex.Entry entry = new VolumeIndex.Entry(volume, spec, false);
		this.index.put(List.of(entry));
		assertThat(this.index.load()).containsExactly(entry);
	}

	@Test
	void shouldSaySomethingElseOfAVolume() {
		VolumeIndex.Entry before = entry("old", VolumeState.CREATING, STRIPED);
		VolumeIndex.Entry other = entry("other", VolumeState.READY, null);
		this.index.put(List.of(before, other));
		Volume volume = before.volume();
		Volume after = new Volume(new VolumeKey("other", "new"), volume.uuid(), 2 * SIZE, volume.blockSize(),
				VolumeState.READY, null, volume.layout(), volume.stripeBytes(), List.of(UUID.randomUUID()), 9);
		VolumeIndex.Entry changed = new VolumeIndex.Entry(after, STRIPED.ofOtherSize(2 * SIZE), false);
		this.index.put(List.of(changed));
		assertThat(this.index.load()).containsExactlyInAnyOrder(changed, other);
	}

	@Test
	void shouldTakeTheLastOfWhatIsSaidOfAVolumeAtOnce() {
		VolumeIndex.Entry before = entry("db", VolumeState.CREATING, STRIPED);
		VolumeIndex.Entry after = new VolumeIndex.Entry(before.volume().in(VolumeState.READY, null), STRIPED, false);
		this.index.put(List.of(before, after));
		assertThat(this.index.load()).containsExactly(after);
	}

	@Test
	void shouldRememberThatAVolumeWasDeletedBesideItsSuccessor() {
		VolumeIndex.Entry before = entry("db", VolumeState.READY, STRIPED);
		VolumeIndex.Entry deleted = new VolumeIndex.Entry(before.volume().in(VolumeState.DELETING, null), STRIPED,
				true);
		VolumeIndex.Entry successor = entry("db", VolumeState.READY, STRIPED);
		this.index.put(List.of(before));
		this.index.put(List.of(deleted, successor));
		assertThat(this.index.load()).containsExactlyInAnyOrder(deleted, successor);
		this.index.remove(deleted.volume().uuid());
		assertThat(this.index.load()).containsExactly(successor);
	}

	@Test
	void shouldForgetAVolume() {
		VolumeIndex.Entry entry = entry("db", VolumeState.READY, STRIPED);
		this.index.put(List.of(entry));
		this.index.remove(entry.volume().uuid());
		this.index.remove(UUID.randomUUID());
		assertThat(this.index.load()).isEmpty();
	}

	@Test
	void shouldTakeManyChangesAtTheSameTime() throws Exception {
		List<VolumeIndex.Entry> all = IntStream.range(0, 200)
			.mapToObj((i) -> entry("v" + i, VolumeState.READY, STRIPED))
			.toList();
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Callable<Void>> changes = all.stream().<Callable<Void>>map((entry) -> () -> {
				this.index.put(List.of(entry));
				return null;
			}).toList();
			assertThat(threads.invokeAll(changes)).extracting(Future::state).containsOnly(Future.State.SUCCESS);
		}
		assertThat(this.index.load()).containsExactlyInAnyOrderElementsOf(all);
	}

	@Test
	void shouldGoOnAfterAChangeThatFailed() {
		VolumeIndex.Entry entry = entry("db", VolumeState.READY, STRIPED);
		VolumeIndex.Entry nameless = entry(null, VolumeState.READY, STRIPED);
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> this.index.put(List.of(entry, nameless, entry)));
		assertThat(this.index.load()).isEmpty();
		this.index.put(Collections.nCopies(2, entry));
		assertThat(this.index.load()).containsExactly(entry);
	}

	private static VolumeIndex.Entry entry(String name, VolumeState state, VolumeSpec declared) {
		Volume volume = new Volume(new VolumeKey("acme", name), UUID.randomUUID(), SIZE, 512, state, null,
				Layout.STRIPED, 65536, List.of(UUID.randomUUID(), UUID.randomUUID()), 3);
		return new VolumeIndex.Entry(volume, declared, false);
	}

}
