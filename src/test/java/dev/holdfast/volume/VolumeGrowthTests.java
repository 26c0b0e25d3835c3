package dev.holdfast.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Rig;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.testing.Refusals;
import dev.holdfast.testing.RequiresIoUring;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** Volumes that become larger. */
class VolumeGrowthTests {

	private static final long EXTENT = Shelf.EXTENT;

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	private static final VolumeKey OTHER = new VolumeKey("acme", "other");

	@TempDir
	private Path directory;

	@ParameterizedTest
	@EnumSource
	@RequiresIoUring
	void growsWithinItsLastExtent(Rig.Kind kind) throws IOException {
		try (Shelf shelf = new Shelf(this.directory, kind).with("a", 4).with("b", 4).start()) {
			Volume before = shelf.create(DB, VolumeSpec.ofSize(EXTENT + 4096));
			byte[] bytes = Bytes.random(1, (int) EXTENT + 4096);
			shelf.write(DB, 0, bytes);
			Volume after = grow(shelf, DB, 2 * EXTENT);
			assertThat(after.epoch()).isGreaterThan(before.epoch());
			assertThat(after.sizeBytes()).isEqualTo(2 * EXTENT);
			assertThat(after.uuid()).isEqualTo(before.uuid());
			assertThat(after.state()).isEqualTo(VolumeState.READY);
			assertThat(shelf.used("a") + shelf.used("b")).isEqualTo(2);
			Bytes.assertSame(shelf.read(DB, 0, bytes.length), bytes);
			Bytes.assertZero(shelf.read(DB, bytes.length, (int) EXTENT - 4096));
			shelf.restart();
			shelf.assertSound(DB);
			assertThat(shelf.find(DB)).isEqualTo(after);
			Bytes.assertSame(shelf.read(DB, 0, bytes.length), bytes);
		}
	}

	@Test
	void growsOnTheDeviceThatItHas() throws IOException {
		try (Shelf shelf = new Shelf(this.directory).with("a", 9).with("b", 8).with("c", 9).start("b")) {
			shelf.create(DB, VolumeSpec.ofSize(EXTENT));
			shelf.attach("a");
			shelf.attach("c");
			Volume after = grow(shelf, DB, 5 * EXTENT);
			assertThat(after.devices()).containsExactly(shelf.uuid("b"));
			assertThat(shelf.used("b")).isEqualTo(5);
			shelf.restart();
			shelf.assertSound(DB);
			assertThat(shelf.find(DB)).isEqualTo(after);
		}
	}

	@ParameterizedTest
	@EnumSource
	@RequiresIoUring
	void growsOntoAnotherDevice(Rig.Kind kind) throws IOException {
		try (Shelf shelf = new Shelf(this.directory, kind).with("a", 2).with("b", 4).with("c", 3).start("a")) {
			shelf.create(OTHER, VolumeSpec.ofSize(EXTENT));
			Volume volume = shelf.create(DB, VolumeSpec.ofSize(EXTENT));
			shelf.attach("b");
			shelf.attach("c");
			byte[] bytes = Bytes.random(2, (int) EXTENT);
			shelf.write(DB, 0, bytes);
			Map<String, BitSet> before = shelf.extents(DB);
			Volume after = grow(shelf, DB, 4 * EXTENT);
			assertThat(after.devices()).containsExactly(shelf.uuid("a"), shelf.uuid("b"));
			assertThat(shelf.extents(DB)).containsEntry("a", before.get("a"));
			shelf.write(DB, EXTENT - 100, Bytes.random(3, 200));
			System.arraycopy(Bytes.random(3, 200), 0, bytes, bytes.length - 100, 100);
			shelf.restart("c", "b", "a");
			shelf.assertSound(DB, OTHER);
			assertThat(shelf.find(DB)).isEqualTo(after).isNotEqualTo(volume);
			Bytes.assertSame(shelf.read(DB, 0, bytes.length), bytes);
			Bytes.assertSame(shelf.read(DB, EXTENT - 100, 200), Bytes.random(3, 200));
			Bytes.assertZero(shelf.read(DB, EXTENT + 100, 3 * (int) EXTENT - 100));
		}
	}

	@ParameterizedTest
	@EnumSource
	@RequiresIoUring
	void appendsAStripeSet(Rig.Kind kind) throws IOException {
		try (Shelf shelf = new Shelf(this.directory, kind).with("a", 6).with("b", 6).start()) {
			int first = 2 * (int) EXTENT;
			Volume volume = shelf.create(DB, VolumeSpec.striped(first, 8192));
			byte[] bytes = Bytes.random(4, first + 4 * (int) EXTENT);
			shelf.write(DB, 0, Bytes.part(bytes, 0, first));
			// Another set comes with the other device, and is striped over three.
			shelf.with("c", 6);
			shelf.attach("c");
			Volume after = grow(shelf, DB, bytes.length);
			assertThat(after.devices()).containsExactly(shelf.uuid("a"), shelf.uuid("b"), shelf.uuid("c"));
			assertThat(List.of(shelf.used("a"), shelf.used("b"), shelf.used("c"))).containsExactly(3, 3, 2);
			Bytes.assertSame(shelf.read(DB, 0, first), Bytes.part(bytes, 0, first));
			Bytes.assertZero(shelf.read(DB, first, bytes.length - first));
			shelf.write(DB, first - 5000, Bytes.part(bytes, first - 5000, bytes.length - first + 5000));
			// The six extents of the set hold two more than were asked for.
			Volume within = grow(shelf, DB, bytes.length + 2 * EXTENT);
			assertThat(within.devices()).isEqualTo(after.devices());
			assertThat(List.of(shelf.used("a"), shelf.used("b"), shelf.used("c"))).containsExactly(3, 3, 2);
			shelf.restart("b", "c", "a");
			shelf.assertSound(DB);
			assertThat(shelf.find(DB)).isEqualTo(within).isNotEqualTo(volume);
			Bytes.assertSame(shelf.read(DB, 0, bytes.length), bytes);
			Bytes.assertZero(shelf.read(DB, bytes.length, 2 * (int) EXTENT));
		}
	}

	@Test
	void refusesWhatIsNoGrowth() throws IOException {
		try (Shelf shelf = new Shelf(this.directory).with("a", 4).with("b", 4).start()) {
			Volume volume = shelf.create(DB, VolumeSpec.striped(2 * EXTENT, 4096));
			Refusals.of(Problem.NOT_SUPPORTED, () -> grow(shelf, DB, EXTENT));
			Refusals.of(Problem.NOT_SUPPORTED, () -> grow(shelf, DB, 2 * EXTENT - 4096));
			for (long size : new long[] { 0, -4096, 2 * EXTENT + 512, 2 * EXTENT + 1, Long.MAX_VALUE, 1L << 53 }) {
				Refusals.of(Problem.MALFORMED_REQUEST, () -> grow(shelf, DB, size));
			}
			Refusals.of(Problem.NOT_FOUND, () -> grow(shelf, OTHER, EXTENT));
			assertThat(grow(shelf, DB, 2 * EXTENT)).as("its own size").isEqualTo(volume);
			assertThat(shelf.find(DB)).isEqualTo(volume);
		}
	}

	@Test
	void changesNothingWhenThereIsNoRoom() throws IOException {
		try (Shelf shelf = new Shelf(this.directory).with("a", 4).with("b", 4).with("c", 1).start("a", "b")) {
			Volume volume = shelf.create(DB, VolumeSpec.striped(2 * EXTENT, 4096));
			shelf.attach("c");
			ProblemException refused = Refusals.of(Problem.NO_SPACE, () -> grow(shelf, DB, 9 * EXTENT));
			assertThat(refused.properties()).containsEntry("freeBytes", 6 * EXTENT);
			assertThat(shelf.find(DB)).isEqualTo(volume);
			assertThat(List.of(shelf.used("a"), shelf.used("b"), shelf.used("c"))).containsExactly(1, 1, 0);
			Volume linear = shelf.create(OTHER, spec(EXTENT, VolumeRecord.Layout.LINEAR, "c"));
			Refusals.of(Problem.NO_SPACE, () -> grow(shelf, OTHER, 8 * EXTENT));
			assertThat(shelf.find(OTHER)).isEqualTo(linear);
			assertThat(grow(shelf, DB, 8 * EXTENT).sizeBytes()).isEqualTo(8 * EXTENT);
			shelf.restart();
			shelf.assertSound(DB, OTHER);
		}
	}

	@Test
	void keepsToTheDevicesThatWereNamed() throws IOException {
		try (Shelf shelf = new Shelf(this.directory).with("a", 4).with("b", 4).with("c", 9).start()) {
			shelf.create(DB, spec(2 * EXTENT, VolumeRecord.Layout.STRIPED, "a", "b"));
			grow(shelf, DB, 4 * EXTENT);
			assertThat(shelf.used("c")).as("striped").isZero();
			shelf.create(OTHER, spec(2 * EXTENT, VolumeRecord.Layout.LINEAR, "a"));
			Refusals.of(Problem.NO_SPACE, () -> grow(shelf, OTHER, 3 * EXTENT));
			assertThat(shelf.used("c")).as("linear").isZero();
		}
	}

	@ParameterizedTest
	@EnumSource(VolumeRecord.Layout.class)
	void readsAsZeroesWhatIsAdded(VolumeRecord.Layout layout) throws IOException {
		try (Shelf shelf = new Shelf(this.directory).withSoiled("a", 4).withSoiled("b", 4).start()) {
			// And what a tenant has left.
			shelf.create(OTHER, VolumeSpec.ofSize(4 * EXTENT));
			shelf.write(OTHER, 0, Bytes.random(5, 4 * (int) EXTENT));
			shelf.volumes().delete(OTHER);
			byte[] bytes = Bytes.random(6, (int) EXTENT + 4096);
			shelf.create(DB, spec(bytes.length, layout));
			shelf.write(DB, 0, bytes);
			for (long size : new long[] { EXTENT + 8192, 2 * EXTENT, 3 * EXTENT + 4096, 8 * EXTENT }) {
				grow(shelf, DB, size);
				Bytes.assertSame(shelf.read(DB, 0, bytes.length), bytes);
				Bytes.assertZero(shelf.read(DB, bytes.length, (int) size - bytes.length));
			}
		}
	}

	@Test
	void keepsPinsValid() throws IOException {
		try (Shelf shelf = new Shelf(this.directory).with("a", 4).with("b", 9).start("a")) {
			shelf.create(DB, VolumeSpec.ofSize(4 * EXTENT));
			shelf.attach("b");
			VolumeHandle handle = shelf.volumes().open(DB);
			try (Pin pin = handle.pin()) {
				List<DeviceRange> before = pin.resolve(0, 4 * EXTENT);
				grow(shelf, DB, 8 * EXTENT);
				assertThat(pin.resolve(0, 4 * EXTENT)).isEqualTo(before);
				assertThatExceptionOfType(IndexOutOfBoundsException.class).as("a pin is of the volume as it was")
					.isThrownBy(() -> pin.resolve(4 * EXTENT, 4096));
				try (Pin next = handle.pin()) {
					assertThat(next.resolve(0, 4 * EXTENT)).isEqualTo(before);
					assertThat(next.resolve(4 * EXTENT, 4096)).singleElement()
						.satisfies((range) -> assertThat(range.device()).isSameAs(shelf.device("b")));
				}
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	@RequiresIoUring
	void servesWhileItGrows(Rig.Kind kind) throws Exception {
		try (Shelf shelf = new Shelf(this.directory, kind).withSoiled("a", 6).withSoiled("b", 6).start();
				ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			shelf.create(DB, VolumeSpec.striped(EXTENT, 4096));
			CountDownLatch go = new CountDownLatch(1);
			Future<Volume> growth = threads.submit(() -> shelf.volumes().grow(DB, 10 * EXTENT, new ScrubProgress() {

				@Override
				public void begins(long totalBytes) {
					assertThat(totalBytes).isEqualTo(8 * EXTENT);
					try {
						go.await();
					}
					catch (InterruptedException ex) {
						Thread.currentThread().interrupt();
					}
				}

			}));
			await().until(() -> shelf.find(DB).state() == VolumeState.GROWING);
			assertThat(shelf.find(DB).sizeBytes()).isEqualTo(EXTENT);
			byte[] bytes = Bytes.random(7, 500_000);
			shelf.write(DB, 3000, bytes);
			Bytes.assertSame(shelf.read(DB, 3000, bytes.length), bytes);
			go.countDown();
			assertThat(growth.get(30, TimeUnit.SECONDS).sizeBytes()).isEqualTo(10 * EXTENT);
			assertThat(shelf.find(DB).state()).isEqualTo(VolumeState.READY);
			Bytes.assertSame(shelf.read(DB, 3000, bytes.length), bytes);
			Bytes.assertZero(shelf.read(DB, EXTENT, 9 * (int) EXTENT));
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void givesBackWhatACancelledGrowthHad(boolean byDeletion) throws Exception {
		try (Shelf shelf = new Shelf(this.directory).withSoiled("a", 5).withSoiled("b", 5).start();
				ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			Volume volume = shelf.create(DB, VolumeSpec.striped(2 * EXTENT, 4096));
			CountDownLatch go = new CountDownLatch(1);
			Future<Volume> growth = threads.submit(() -> shelf.volumes().grow(DB, 10 * EXTENT, new ScrubProgress() {

				@Override
				public void begins(long totalBytes) {
					try {
						go.await();
					}
					catch (InterruptedException ex) {
						Thread.currentThread().interrupt();
					}
				}

				@Override
				public boolean cancelled() {
					return !byDeletion;
				}

			}));
			await().until(() -> shelf.find(DB).state() == VolumeState.GROWING);
			Future<?> deletion = null;
			if (byDeletion) {
				VolumeHandle handle = shelf.volumes().open(DB);
				deletion = threads.submit(() -> shelf.volumes().delete(DB));
				await().until(handle::cancelled);
			}
			go.countDown();
			assertThat(growth).failsWithin(30, TimeUnit.SECONDS)
				.withThrowableOfType(Exception.class)
				.withCauseInstanceOf(CancellationException.class);
			if (deletion != null) {
				deletion.get(30, TimeUnit.SECONDS);
				assertThat(shelf.volumes().find(DB)).isEmpty();
				assertThat(shelf.dirty("a")).isEqualTo(5);
				return;
			}
			assertThat(shelf.find(DB)).isEqualTo(volume);
			assertThat(shelf.used("a")).isOne();
			assertThat(grow(shelf, DB, 10 * EXTENT).sizeBytes()).isEqualTo(10 * EXTENT);
			shelf.restart();
			shelf.assertSound(DB);
		}
	}

	@ParameterizedTest
	@CsvSource({ "50,home", "40,another" })
	void refusesWhatALabelOfTheVolumeHasNoRoomFor(int extents, String role) throws Exception {
		try (Shelf shelf = new Shelf(this.directory).withSmallLabel("full", extents).with("b", 45).start()) {
			Volume before = shelf.create(DB, VolumeSpec.striped(2 * EXTENT, 4096));
			assertThat(before.devices().getFirst().equals(shelf.uuid("full"))).isEqualTo(role.equals("home"));
			List<VolumeKey> filling = shelf.fillLabel("full");
			shelf.create(OTHER, spec(shelf.usage("b").free(), VolumeRecord.Layout.LINEAR, "b"));
			// Elsewhere there is room, but in pieces, and all labels have to name each.
			shelf.with("c", 20).with("d", 20);
			for (String name : List.of("c", "d")) {
				shelf.attach(name);
				for (int i = 0; i < 20; i++) {
					shelf.create(new VolumeKey(name, "v" + i), spec(EXTENT, VolumeRecord.Layout.LINEAR, name));
				}
				for (int i = 0; i < 20; i += 2) {
					shelf.volumes().delete(new VolumeKey(name, "v" + i));
				}
			}
			int used = shelf.used("full");
			ProblemException refused = Refusals.of(Problem.NO_SPACE, () -> grow(shelf, DB, 22 * EXTENT));
			assertThat(refused.detail()).contains("label of device full is full");
			assertThat(shelf.find(DB)).isEqualTo(before);
			assertThat(List.of(shelf.used("full"), shelf.used("c"), shelf.used("d"))).containsExactly(used, 10, 10);
			// What is there can be deleted, and makes room.
			filling.forEach(shelf.volumes()::delete);
			assertThat(grow(shelf, DB, 22 * EXTENT).devices()).hasSize(4);
			shelf.restart();
			assertThat(shelf.find(DB).sizeBytes()).isEqualTo(22 * EXTENT);
		}
	}

	private static Volume grow(Shelf shelf, VolumeKey key, long size) {
		return shelf.volumes().grow(key, size, ScrubProgress.NONE);
	}

	private static VolumeSpec spec(long size, VolumeRecord.Layout layout, String... devices) {
		return new VolumeSpec(size, null, layout, null, List.of(devices));
	}

}
