package dev.holdfast.volume;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.RecordingEngine;
import dev.holdfast.device.Rig;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class VolumesTests {

	private static final long EXTENT = Geometry.EXTENT_SIZE;

	private static final int SIZE = 64 << 20;

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	@TempDir
	private Path directory;

	@ParameterizedTest
	@EnumSource
	@RequiresIoUring
	void makesFindsListsAndDeletes(Rig.Kind kind) throws IOException {
		try (Rig rig = Rig.open(kind)) {
			Volumes volumes = MemoryIndex.volumes(rig.attach(Rig.sparse(this.directory, SIZE)));
			Creation creation = volumes.create(DB, new VolumeSpec(10_000_000 / 4096 * 4096, 4096));
			assertThat(creation.created()).isTrue();
			Volume volume = creation.volume();
			assertThat(volume.state()).isEqualTo(VolumeState.READY);
			assertThat(volume.devices()).containsExactly(rig.drive());
			assertThat(volumes.find(DB)).contains(volume);
			assertThat(volumes.usage(rig.drive()).used()).isEqualTo(3 * EXTENT);
			volumes.create(new VolumeKey("acme", "archive"), VolumeSpec.ofSize(4096));
			volumes.create(new VolumeKey("globex", "db"), VolumeSpec.ofSize(4096));
			assertThat(volumes.list("acme")).extracting((each) -> each.key().name()).containsExactly("archive", "db");
			volumes.delete(DB);
			assertThat(volumes.find(DB)).isEmpty();
			assertThat(volumes.usage(rig.drive()).dirty()).isEqualTo(3 * EXTENT);
			refused(Problem.NOT_FOUND, () -> volumes.delete(DB));
			refused(Problem.NOT_FOUND, () -> volumes.open(DB));
		}
	}

	@Test
	void answersTheSameRequestAgain() throws IOException {
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			Volumes volumes = MemoryIndex.volumes(rig.attach(Rig.sparse(this.directory, SIZE)));
			Volume volume = volumes.create(DB, VolumeSpec.ofSize(8192)).volume();
			assertThat(volumes.create(DB, VolumeSpec.ofSize(8192))).isEqualTo(new Creation(volume, false));
			refused(Problem.ALREADY_EXISTS, () -> volumes.create(DB, VolumeSpec.ofSize(4096)));
		}
	}

	@ParameterizedTest
	@EnumSource
	@RequiresIoUring
	void keepsVolumesAcrossARestart(Rig.Kind kind) throws IOException {
		Path file = Rig.sparse(this.directory, SIZE);
		List<Volume> before;
		SpaceUsage usage;
		Map<String, List<Long>> extents = new HashMap<>();
		try (Rig rig = Rig.open(kind)) {
			Volumes volumes = MemoryIndex.volumes(rig.attach(file));
			for (int i = 0; i < 8; i++) {
				volumes.create(new VolumeKey("acme", "v" + i), VolumeSpec.ofSize(4096 + i * 1_048_576));
			}
			volumes.delete(new VolumeKey("acme", "v3"));
			before = volumes.list("acme");
			before.forEach((volume) -> extents.put(volume.key().name(), extents(volumes, volume)));
			usage = volumes.usage(rig.drive());
		}
		try (Rig rig = Rig.open(kind)) {
			Volumes volumes = MemoryIndex.volumes(rig.attach(file));
			assertThat(volumes.list("acme")).isEqualTo(before).hasSize(7);
			assertThat(volumes.usage(rig.drive())).isEqualTo(usage);
			assertThat(before).allSatisfy(
					(volume) -> assertThat(extents(volumes, volume)).isEqualTo(extents.get(volume.key().name())));
		}
	}

	@Test
	void saysHowMuchIsFree() throws IOException {
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			Volumes volumes = MemoryIndex.volumes(rig.attach(Rig.sparse(this.directory, SIZE)));
			long total = volumes.usage(rig.drive()).total();
			volumes.create(DB, VolumeSpec.ofSize(5 * EXTENT));
			ProblemException refused = refused(Problem.NO_SPACE,
					() -> volumes.create(new VolumeKey("acme", "big"), VolumeSpec.ofSize(total - 5 * EXTENT + 4096)));
			assertThat(refused.detail()).contains(Long.toString(total - 5 * EXTENT));
			assertThat(volumes.find(new VolumeKey("acme", "big"))).isEmpty();
			// The last byte can be used, and what was refused has taken nothing.
			volumes.create(new VolumeKey("acme", "rest"), VolumeSpec.ofSize(total - 5 * EXTENT));
			assertThat(volumes.usage(rig.drive())).isEqualTo(new SpaceUsage(total, total, 0, 0));
		}
	}

	@Test
	void refusesWhenTheLabelIsFull() throws Exception {
		Path file = Rig.sparse(this.directory, SIZE);
		Rig.formatWithSlots(file, 4096, 15);
		int made = 0;
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			Volumes volumes = MemoryIndex.volumes(rig.attach(file));
			String longName = "n".repeat(60);
			ProblemException refused = null;
			while (refused == null) {
				try {
					volumes.create(new VolumeKey("t".repeat(200), longName + made), VolumeSpec.ofSize(4096));
					made++;
				}
				catch (ProblemException ex) {
					refused = ex;
				}
			}
			assertThat(refused.problem()).isEqualTo(Problem.NO_SPACE);
			assertThat(refused.detail()).contains("label").contains("full");
			assertThat(made).isBetween(5, 14);
			// Deleting always works, and makes room.
			volumes.delete(new VolumeKey("t".repeat(200), longName + 0));
			volumes.create(new VolumeKey("t".repeat(200), longName + "x"), VolumeSpec.ofSize(4096));
		}
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			assertThat(MemoryIndex.volumes(rig.attach(file)).list("t".repeat(200))).hasSize(made);
		}
	}

	@Test
	void refusesWhatTheDeviceCannotDo() throws IOException {
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			Volumes volumes = MemoryIndex.volumes(rig.attach(Rig.sparse(this.directory, SIZE)));
			refused(Problem.NOT_SUPPORTED, () -> volumes.create(DB, new VolumeSpec(4096, 512)));
			refused(Problem.MALFORMED_REQUEST, () -> new VolumeSpec(4097, 4096));
			refused(Problem.MALFORMED_REQUEST, () -> new VolumeSpec(0, 4096));
			refused(Problem.MALFORMED_REQUEST, () -> new VolumeSpec(-4096, 4096));
			refused(Problem.MALFORMED_REQUEST, () -> new VolumeSpec(8192, 1024));
			assertThat(volumes.find(DB)).isEmpty();
		}
	}

	@Test
	@RequiresRoot
	@RequiresTool("losetup")
	@RequiresIoUring
	void makesSmallBlocksWhereTheDeviceHasThem() throws IOException {
		try (LoopDevice loop = LoopDevice.create(Path.of("/dev/shm"), SIZE, "--sector-size=512");
				Rig rig = Rig.open(Rig.Kind.URING)) {
			Volumes volumes = MemoryIndex.volumes(rig.attach(loop.device()));
			assertThat(volumes.create(DB, new VolumeSpec(512, 512)).volume().blockSize()).isEqualTo(512);
		}
	}

	@ParameterizedTest
	@EnumSource
	@RequiresIoUring
	void readsAsZeroesWhateverWasThere(Rig.Kind kind) throws IOException {
		Path file = Rig.soiled(this.directory, SIZE);
		try (Rig rig = Rig.open(kind)) {
			Volumes volumes = MemoryIndex.volumes(rig.attach(file));
			assertThat(volumes.usage(rig.drive()).free()).isZero();
			volumes.create(DB, VolumeSpec.ofSize(3 * EXTENT));
			assertZero(file, extents(volumes, volumes.open(DB).volume()));
			// And again what a tenant has left.
			fill(file, extents(volumes, volumes.open(DB).volume()));
			volumes.delete(DB);
			VolumeKey next = new VolumeKey("globex", "all");
			volumes.create(next, VolumeSpec.ofSize(volumes.usage(rig.drive()).total()));
			assertZero(file, extents(volumes, volumes.open(next).volume()));
		}
	}

	@Test
	void usesCleanExtentsFirst() throws IOException {
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			Volumes volumes = MemoryIndex.volumes(rig.attach(Rig.sparse(this.directory, SIZE)));
			volumes.create(DB, VolumeSpec.ofSize(2 * EXTENT));
			volumes.delete(DB);
			assertThat(volumes.usage(rig.drive()).dirty()).isEqualTo(2 * EXTENT);
			volumes.create(DB, VolumeSpec.ofSize(volumes.usage(rig.drive()).free()));
			assertThat(volumes.usage(rig.drive()).dirty()).isEqualTo(2 * EXTENT);
			volumes.create(new VolumeKey("acme", "rest"), VolumeSpec.ofSize(2 * EXTENT));
			assertThat(volumes.usage(rig.drive()).dirty()).isZero();
		}
	}

	@Test
	void waitsForPinsAndRefusesNewOnes() throws Exception {
		try (Rig rig = Rig.open(Rig.Kind.PSYNC);
				ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			Volumes volumes = MemoryIndex.volumes(rig.attach(Rig.sparse(this.directory, SIZE)));
			volumes.create(DB, VolumeSpec.ofSize(4096));
			VolumeHandle handle = volumes.open(DB);
			Pin first = handle.pin();
			Pin second = handle.pin();
			Future<?> deletion = threads.submit(() -> volumes.delete(DB));
			await().until(() -> volumes.find(DB).orElseThrow().state() == VolumeState.DELETING);
			refused(Problem.NOT_FOUND, handle::pin);
			refused(Problem.NOT_FOUND, () -> volumes.open(DB));
			refused(Problem.ALREADY_EXISTS, () -> volumes.create(DB, VolumeSpec.ofSize(4096)));
			assertThat(first.resolve(0, 4096)).hasSize(1);
			first.close();
			assertThat(deletion.isDone()).isFalse();
			second.close();
			deletion.get(10, TimeUnit.SECONDS);
			assertThat(volumes.find(DB)).isEmpty();
		}
	}

	@Test
	void givesUpDeletingWhatStaysInUse() throws IOException {
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			Volumes volumes = new MemoryIndex().open(Duration.ofMillis(50),
					rig.attach(Rig.sparse(this.directory, SIZE)));
			volumes.create(DB, VolumeSpec.ofSize(4096));
			Pin pin = volumes.open(DB).pin();
			refused(Problem.IN_USE, () -> volumes.delete(DB));
			assertThat(volumes.find(DB).orElseThrow().state()).isEqualTo(VolumeState.READY);
			volumes.open(DB).pin().close();
			pin.close();
			volumes.delete(DB);
		}
	}

	@Test
	void takesBackWhatCouldNotBeCommitted() throws IOException {
		Path file = Rig.sparse(this.directory, SIZE);
		List<RecordingEngine> recording = new ArrayList<>();
		try (Rig rig = Rig.open(Rig.Kind.PSYNC, (engine) -> {
			recording.add(new RecordingEngine(engine));
			return recording.getFirst();
		})) {
			Volumes volumes = MemoryIndex.volumes(rig.attach(file));
			volumes.create(DB, VolumeSpec.ofSize(EXTENT));
			VolumeKey other = new VolumeKey("acme", "other");
			recording.getFirst().refuseAfter(0);
			refused(Problem.DEVICE_NOT_ONLINE, () -> volumes.create(other, VolumeSpec.ofSize(EXTENT)));
			assertThat(volumes.find(other)).isEmpty();
			assertThat(volumes.usage(rig.drive()).used()).isEqualTo(EXTENT);
			refused(Problem.DEVICE_NOT_ONLINE, () -> volumes.delete(DB));
			assertThat(volumes.find(DB).orElseThrow().state()).isEqualTo(VolumeState.DELETING);
			recording.getFirst().refuseAfter(Integer.MAX_VALUE);
			volumes.create(other, VolumeSpec.ofSize(EXTENT));
			assertThat(volumes.usage(rig.drive()).used()).as("what is deleting keeps its extents")
				.isEqualTo(2 * EXTENT);
			volumes.delete(DB);
			assertThat(volumes.usage(rig.drive()).used()).isEqualTo(EXTENT);
		}
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			assertThat(MemoryIndex.volumes(rig.attach(file)).list("acme")).extracting((each) -> each.key().name())
				.containsExactly("other");
		}
	}

	@Test
	void completesADeletionThatWasCutShort() throws IOException {
		Path file = Rig.sparse(this.directory, SIZE);
		List<RecordingEngine> recording = new ArrayList<>();
		try (Rig rig = Rig.open(Rig.Kind.PSYNC, (engine) -> {
			recording.add(new RecordingEngine(engine));
			return recording.getFirst();
		})) {
			Volumes volumes = MemoryIndex.volumes(rig.attach(file));
			volumes.create(DB, VolumeSpec.ofSize(EXTENT));
			recording.getFirst().refuseAfter(0);
			refused(Problem.DEVICE_NOT_ONLINE, () -> volumes.delete(DB));
			recording.getFirst().refuseAfter(Integer.MAX_VALUE);
			// This commit says that the other is being deleted.
			volumes.create(new VolumeKey("acme", "other"), VolumeSpec.ofSize(EXTENT));
		}
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			Volumes volumes = MemoryIndex.volumes(rig.attach(file));
			assertThat(volumes.find(DB)).isEmpty();
			assertThat(volumes.usage(rig.drive()).dirty()).isEqualTo(EXTENT);
		}
	}

	@Test
	void neverGivesAnExtentToTwo() throws Exception {
		long seed = System.nanoTime();
		Path file = Rig.sparse(this.directory, SIZE);
		List<Volume> before;
		try (Rig rig = Rig.open(Rig.Kind.PSYNC);
				ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			Volumes volumes = MemoryIndex.volumes(rig.attach(file));
			List<Future<?>> tasks = new ArrayList<>();
			for (int i = 0; i < 6; i++) {
				int number = i;
				tasks.add(threads.submit(() -> {
					churn(volumes, "t" + number, new Random(seed + number));
					return null;
				}));
			}
			for (Future<?> task : tasks) {
				task.get(120, TimeUnit.SECONDS);
			}
			before = all(volumes);
			disjoint(volumes, before, seed);
			SpaceUsage usage = volumes.usage(rig.drive());
			assertThat(usage.used() + usage.free() + usage.dirty()).isEqualTo(usage.total());
		}
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			Volumes volumes = MemoryIndex.volumes(rig.attach(file));
			assertThat(all(volumes)).as("seed %d", seed).isEqualTo(before);
			disjoint(volumes, before, seed);
		}
	}

	@Test
	void makesAVolumeOnceForManyWhoAsk() throws Exception {
		try (Rig rig = Rig.open(Rig.Kind.PSYNC);
				ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			Volumes volumes = MemoryIndex.volumes(rig.attach(Rig.soiled(this.directory, SIZE)));
			List<Future<Creation>> requests = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				requests.add(threads.submit(() -> volumes.create(DB, VolumeSpec.ofSize(2 * EXTENT))));
			}
			int created = 0;
			for (Future<Creation> request : requests) {
				Creation creation = request.get(30, TimeUnit.SECONDS);
				assertThat(creation.volume().state()).isEqualTo(VolumeState.READY);
				created += creation.created() ? 1 : 0;
			}
			assertThat(created).isOne();
			assertThat(volumes.usage(rig.drive()).used()).isEqualTo(2 * EXTENT);
		}
	}

	private static void churn(Volumes volumes, String tenant, Random random) {
		List<VolumeKey> mine = new ArrayList<>();
		for (int step = 0; step < 40; step++) {
			if (mine.isEmpty() || random.nextInt(10) < 6) {
				VolumeKey key = new VolumeKey(tenant, "v" + step);
				try {
					volumes.create(key, VolumeSpec.ofSize(4096L * (1 + random.nextInt(3000))));
					mine.add(key);
				}
				catch (ProblemException ex) {
					assertThat(ex.problem()).isEqualTo(Problem.NO_SPACE);
				}
			}
			else {
				volumes.delete(mine.remove(random.nextInt(mine.size())));
			}
		}
	}

	private static List<Volume> all(Volumes volumes) {
		List<Volume> all = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			all.addAll(volumes.list("t" + i));
		}
		return all;
	}

	private static void disjoint(Volumes volumes, List<Volume> all, long seed) {
		BitSet seen = new BitSet();
		for (Volume volume : all) {
			for (long extent : extents(volumes, volume)) {
				int number = (int) (extent / EXTENT);
				assertThat(seen.get(number)).as("seed %d: %s", seed, volume).isFalse();
				seen.set(number);
			}
		}
	}

	/** Where on the device the extents of a volume are. */
	private static List<Long> extents(Volumes volumes, Volume volume) {
		List<Long> extents = new ArrayList<>();
		try (Pin pin = volumes.open(volume.key()).pin()) {
			for (long offset = 0; offset < volume.sizeBytes(); offset += EXTENT) {
				extents.add(pin.resolve(offset, 4096).getFirst().offset());
			}
		}
		return extents;
	}

	private static void assertZero(Path file, List<Long> extents) throws IOException {
		byte[] content = Files.readAllBytes(file);
		for (long extent : extents) {
			assertThat(Arrays.mismatch(content, (int) extent, (int) (extent + EXTENT), new byte[(int) EXTENT], 0,
					(int) EXTENT))
				.isEqualTo(-1);
		}
	}

	private static void fill(Path file, List<Long> extents) throws IOException {
		byte[] secret = new byte[(int) EXTENT];
		Arrays.fill(secret, (byte) 0x5A);
		try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
			for (long extent : extents) {
				access.seek(extent);
				access.write(secret);
			}
		}
	}

	private static ProblemException refused(Problem problem, ThrowingCallable call) {
		List<ProblemException> refused = new ArrayList<>();
		assertThatExceptionOfType(ProblemException.class).isThrownBy(call).satisfies((ex) -> {
			assertThat(ex.problem()).isEqualTo(problem);
			refused.add(ex);
		});
		return refused.getFirst();
	}

}
