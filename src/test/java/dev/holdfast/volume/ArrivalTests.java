package dev.holdfast.volume;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.holdfast.contract.Problem;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.IoKind;
import dev.holdfast.testing.Refusals;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Devices that come while something is done to a volume that they have a part of. */
class ArrivalTests {

	private static final long EXTENT = Shelf.EXTENT;

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	private static final VolumeKey OTHER = new VolumeKey("acme", "other");

	@TempDir
	private Path directory;

	@Test
	void waitsForIoThatBeganJustBeforeItIsDeleted() throws Exception {
		StoppingIndex index = new StoppingIndex();
		try (Shelf shelf = new Shelf(this.directory).with(index).with("a", 4).with("b", 4).start()) {
			shelf.create(DB, VolumeSpec.striped(2 * EXTENT, 4096));
			Volume other = shelf.create(OTHER, new VolumeSpec(EXTENT, null, null, null, List.of("b")));
			// So that there is something to forget before anything is settled.
			shelf.close();
			index.put(List.of(new VolumeIndex.Entry(new Volume(new VolumeKey("acme", "old"), UUID.randomUUID(), EXTENT,
					4096, VolumeState.READY, null, VolumeRecord.Layout.LINEAR, 0, other.devices(), 1), null, false)));
			shelf.start("a");
			CountDownLatch reached = new CountDownLatch(1);
			CountDownLatch go = new CountDownLatch(1);
			AtomicReference<Pin> pin = new AtomicReference<>();
			index.onRemove = () -> {
				reached.countDown();
				go.await();
			};
			index.onPut = () -> pin.set(shelf.volumes().open(DB).pin());
			CompletableFuture<Void> arrival = new CompletableFuture<>();
			start(arrival, () -> shelf.attach("b"));
			reached.await();
			CompletableFuture<Void> deletion = new CompletableFuture<>();
			Thread deleting = start(deletion, () -> shelf.volumes().delete(DB));
			// It has seen that a device is away, and waits for its turn.
			await().until(() -> deleting.getState() == Thread.State.BLOCKED);
			go.countDown();
			arrival.get(30, TimeUnit.SECONDS);
			index.onRemove = () -> {
			};
			await().until(() -> deletion.isDone() || shelf.find(DB).state() == VolumeState.DELETING);
			assertThat(deletion).isNotDone();
			assertThat(shelf.used("a")).isOne();
			pin.get().close();
			deletion.get(30, TimeUnit.SECONDS);
			assertThat(shelf.used("a")).isZero();
			shelf.restart();
			shelf.assertSound(OTHER);
		}
	}

	@Test
	void doesNotBringBackWhatIsBeingDeleted() throws Exception {
		try (Shelf shelf = new Shelf(this.directory).with("a", 2).with("b", 2).with("c", 4).start("a", "b")) {
			shelf.create(DB, VolumeSpec.ofSize(4 * EXTENT));
			shelf.attach("c");
			// The label of c says that the volume has grown, home's does not.
			shelf.engine().refuseAfter(3);
			Refusals.of(Problem.DEVICE_NOT_ONLINE, () -> shelf.volumes().grow(DB, 8 * EXTENT, ScrubProgress.NONE));
			shelf.restart("a", "b");
			VolumeHandle handle = shelf.volumes().open(DB);
			CompletableFuture<Void> deletion = new CompletableFuture<>();
			try (Pin pin = handle.pin()) {
				assertThat(pin.devices()).hasSize(2);
				start(deletion, () -> shelf.volumes().delete(DB));
				await().until(() -> shelf.find(DB).state() == VolumeState.DELETING);
				shelf.attach("c");
				assertThat(shelf.find(DB).state()).isEqualTo(VolumeState.DELETING);
				Refusals.of(Problem.NOT_FOUND, handle::pin);
				assertThat(shelf.used("c")).isZero();
			}
			deletion.get(10, TimeUnit.SECONDS);
			shelf.restart();
			shelf.assertSound();
		}
	}

	@Test
	void doesNotForgetADeletionThatIsNotOnTheLabelsYet() throws Exception {
		try (Shelf shelf = new Shelf(this.directory).with("a", 2).with("b", 2)) {
			shelf.start();
			shelf.create(DB, VolumeSpec.ofSize(4 * EXTENT));
			shelf.restart("a");
			shelf.engine().refuseAfter(0);
			Refusals.of(Problem.DEVICE_NOT_ONLINE, () -> shelf.volumes().delete(DB));
			shelf.engine().refuseAfter(Integer.MAX_VALUE);
			assertThat(shelf.volumes().find(DB)).isEmpty();
			shelf.attach("b");
			shelf.restart();
			assertThat(shelf.volumes().find(DB)).isEmpty();
			assertThat(shelf.used("a")).isZero();
			shelf.assertSound();
		}
	}

	@Test
	void doesNotBringBackACreationThatFailed() throws Exception {
		try (Shelf shelf = new Shelf(this.directory).with("a", 2).with("b", 2)) {
			shelf.start();
			shelf.engine().refuseAfter(3);
			Refusals.of(Problem.DEVICE_NOT_ONLINE,
					() -> shelf.create(DB, VolumeSpec.striped(2 * (int) EXTENT, 1 << 20)));
			// On the label of b, though nobody can know that it is durable.
			shelf.engine().refuseAfter(2);
			Refusals.of(Problem.DEVICE_NOT_ONLINE,
					() -> shelf.create(DB, new VolumeSpec(EXTENT, null, null, null, List.of("b"))));
			shelf.restart("b", "a");
			assertThat(shelf.volumes().find(DB)).isEmpty();
			shelf.restart();
			assertThat(shelf.used("b")).isZero();
			shelf.assertSound();
		}
	}

	@Test
	void doesNotTouchWhatIsGrowing() throws Exception {
		try (Shelf shelf = new Shelf(this.directory).with("a", 5).with("b", 4).with("c", 4).start("a", "c")) {
			shelf.create(DB, VolumeSpec.ofSize(5 * EXTENT));
			// The label of c says that the volume has grown, home's does not.
			shelf.engine().refuseAfter(3);
			Refusals.of(Problem.DEVICE_NOT_ONLINE, () -> shelf.volumes().grow(DB, 8 * EXTENT, ScrubProgress.NONE));
			shelf.restart("a", "b");
			shelf.engine().hold(IoKind.FLUSH, "b");
			CompletableFuture<Void> growth = new CompletableFuture<>();
			start(growth, () -> shelf.volumes().grow(DB, 8 * EXTENT, ScrubProgress.NONE));
			await().until(() -> shelf.engine().held() == 1);
			CompletableFuture<Void> arrival = new CompletableFuture<>();
			start(arrival, () -> shelf.attach("c"));
			arrival.get(10, TimeUnit.SECONDS);
			assertThat(shelf.used("c")).isZero();
			shelf.engine().release();
			growth.get(10, TimeUnit.SECONDS);
			assertThat(shelf.used("b")).isEqualTo(3);
			shelf.restart();
			shelf.assertSound(DB);
		}
	}

	@Test
	void hasNothingToGiveBeforeItIsSettled() throws Exception {
		StoppingIndex index = new StoppingIndex();
		try (Shelf shelf = new Shelf(this.directory).with(index).with("a", 1).with("b", 4).start()) {
			Volume other = shelf.create(OTHER, new VolumeSpec(EXTENT, null, null, null, List.of("b")));
			shelf.close();
			index.put(List.of(new VolumeIndex.Entry(new Volume(new VolumeKey("acme", "old"), UUID.randomUUID(), EXTENT,
					4096, VolumeState.READY, null, VolumeRecord.Layout.LINEAR, 0, other.devices(), 1), null, false)));
			shelf.start("a");
			index.onRemove = () -> Refusals.of(Problem.NO_SPACE, () -> shelf.create(DB, VolumeSpec.ofSize(2 * EXTENT)));
			shelf.attach("b");
			shelf.create(DB, VolumeSpec.ofSize(2 * EXTENT));
			shelf.restart();
			shelf.assertSound(DB, OTHER);
		}
	}

	private static Thread start(CompletableFuture<Void> done, Action action) {
		return Thread.ofPlatform().start(() -> {
			try {
				action.run();
				done.complete(null);
			}
			catch (Throwable ex) {
				done.completeExceptionally(ex);
			}
		});
	}

	/**
	 * What may throw.
	 */
	private interface Action {

		void run() throws Exception;

	}

	/**
	 * An index that something happens in.
	 */
	private static final class StoppingIndex implements VolumeIndex {

		private final MemoryIndex index = new MemoryIndex();

		private volatile Action onPut = () -> {
		};

		private volatile Action onRemove = () -> {
		};

		@Override
		public List<Entry> load() {
			return this.index.load();
		}

		@Override
		public void put(List<Entry> entries) {
			this.index.put(entries);
			happen(this.onPut);
		}

		@Override
		public void remove(UUID volume) {
			this.index.remove(volume);
			happen(this.onRemove);
		}

		private static void happen(Action action) {
			try {
				action.run();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
