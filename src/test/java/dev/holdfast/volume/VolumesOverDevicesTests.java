package dev.holdfast.volume;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CancellationException;

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

/**
 * Where volumes go that one device has no room for, or that are striped.
 */
class VolumesOverDevicesTests {

	private static final long EXTENT = Shelf.EXTENT;

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	private static final VolumeKey OTHER = new VolumeKey("acme", "other");

	@TempDir
	private Path directory;

	@Test
	void staysOnOneDeviceThatHasRoom() throws IOException {
		try (Shelf shelf = new Shelf(this.directory).with("a", 3).with("b", 5).with("c", 4).start()) {
			assertThat(shelf.create(DB, VolumeSpec.ofSize(4 * EXTENT)).devices()).containsExactly(shelf.uuid("b"));
			assertThat(shelf.create(OTHER, VolumeSpec.ofSize(4 * EXTENT)).devices()).containsExactly(shelf.uuid("c"));
			assertThat(shelf.used("a")).isZero();
		}
	}

	@Test
	void spansDevicesWhenNoneHasRoomAlone() throws IOException {
		try (Shelf shelf = new Shelf(this.directory).with("a", 3).with("b", 5).with("c", 2).start()) {
			Volume volume = shelf.create(DB, VolumeSpec.ofSize(7 * EXTENT - 4096));
			assertThat(volume.devices()).as("as few as it takes, the largest first")
				.containsExactly(shelf.uuid("b"), shelf.uuid("a"));
			assertThat(shelf.used("b")).isEqualTo(5);
			assertThat(shelf.used("a")).isEqualTo(2);
			byte[] bytes = Bytes.random(1, 3_000_000);
			shelf.write(DB, 5 * EXTENT - 1000, bytes);
			Bytes.assertSame(shelf.read(DB, 5 * EXTENT - 1000, bytes.length), bytes);
			Bytes.assertSame(bytes(shelf, "b", 5 * EXTENT - 1000, 1000), Bytes.part(bytes, 0, 1000));
			Bytes.assertSame(bytes(shelf, "a", 0, bytes.length - 1000), Bytes.part(bytes, 1000, bytes.length - 1000));
			shelf.restart();
			shelf.assertSound(DB);
			assertThat(shelf.find(DB)).isEqualTo(volume);
			Bytes.assertSame(shelf.read(DB, 5 * EXTENT - 1000, bytes.length), bytes);
		}
	}

	@ParameterizedTest
	@CsvSource({ "PSYNC,2,4096", "PSYNC,3,65536", "URING,2,4096", "URING,3,4194304", "URING,3,131072" })
	@RequiresIoUring
	void stripesOverAllDevices(Rig.Kind kind, int count, int stripe) throws IOException {
		List<String> names = List.of("a", "b", "c").subList(0, count);
		try (Shelf shelf = new Shelf(this.directory, kind)) {
			for (String name : names) {
				shelf.with(name, 4);
			}
			shelf.start();
			long size = 2L * count * EXTENT - 5 * 4096;
			Volume volume = shelf.create(DB, VolumeSpec.striped(size, stripe));
			assertThat(volume.devices()).containsExactlyElementsOf(names.stream().map(shelf::uuid).toList());
			assertThat(volume.stripeBytes()).isEqualTo(stripe);
			byte[] bytes = Bytes.random(2, (int) size);
			shelf.write(DB, 0, bytes);
			Bytes.assertSame(shelf.read(DB, 0, bytes.length), bytes);
			Bytes.assertSame(shelf.read(DB, 4000, stripe + 200), Bytes.part(bytes, 4000, stripe + 200));
			for (int column = 0; column < count; column++) {
				byte[] expected = new byte[2 * (int) EXTENT];
				for (int row = 0; (row * count + column) * (long) stripe < size; row++) {
					int from = (row * count + column) * stripe;
					System.arraycopy(bytes, from, expected, row * stripe, Math.min(stripe, bytes.length - from));
				}
				Bytes.assertSame(bytes(shelf, names.get(column), 0, expected.length), expected);
			}
			shelf.restart();
			shelf.assertSound(DB);
			Bytes.assertSame(shelf.read(DB, 0, bytes.length), bytes);
		}
	}

	@ParameterizedTest
	@EnumSource
	@RequiresIoUring
	void writesWhereTheResolverSays(Rig.Kind kind) throws IOException {
		try (Shelf shelf = new Shelf(this.directory, kind).with("a", 6).with("b", 6).with("c", 6).start()) {
			// Holes between the extents that it gets.
			shelf.create(OTHER, spec(EXTENT, VolumeRecord.Layout.LINEAR, "b"));
			shelf.create(DB, VolumeSpec.striped(6 * EXTENT, 8192));
			Random random = new Random(3);
			for (int i = 0; i < 40; i++) {
				int length = 1 + random.nextInt(100_000);
				long offset = random.nextLong(6 * EXTENT - length);
				byte[] bytes = Bytes.random(i, length);
				shelf.write(DB, offset, bytes);
				int at = 0;
				try (Pin pin = shelf.volumes().open(DB).pin()) {
					for (DeviceRange range : pin.resolve(offset, length)) {
						Bytes.assertSame(raw(shelf, range.device().name(), range.offset(), (int) range.length()),
								Bytes.part(bytes, at, range.length()));
						at += (int) range.length();
					}
				}
				assertThat(at).isEqualTo(length);
			}
		}
	}

	@Test
	void stripesOverAsManyDevicesAsHaveRoom() throws IOException {
		try (Shelf shelf = new Shelf(this.directory).with("a", 2).with("b", 6).with("c", 5).start()) {
			// Three would have to give three each.
			Volume volume = shelf.create(DB, VolumeSpec.striped(8 * EXTENT, 65_536));
			assertThat(volume.devices()).containsExactly(shelf.uuid("b"), shelf.uuid("c"));
			assertThat(shelf.used("b")).isEqualTo(4);
			assertThat(shelf.used("c")).isEqualTo(4);
			// Each of three has one, which is one more than was asked for.
			shelf.create(OTHER, VolumeSpec.striped(2 * EXTENT + 4096, 65_536));
			assertThat(List.of(shelf.used("a"), shelf.used("b"), shelf.used("c"))).containsExactly(1, 5, 5);
		}
	}

	@Test
	void usesTheDevicesThatAreNamedInThatOrder() throws IOException {
		try (Shelf shelf = new Shelf(this.directory).with("a", 6).with("b", 2).with("c", 3).start()) {
			Volume striped = shelf.create(DB, spec(2 * EXTENT, VolumeRecord.Layout.STRIPED, "c", "b"));
			assertThat(striped.devices()).containsExactly(shelf.uuid("c"), shelf.uuid("b"));
			Volume linear = shelf.create(OTHER, spec(EXTENT, VolumeRecord.Layout.LINEAR, "b", "c"));
			assertThat(linear.devices()).containsExactly(shelf.uuid("b"));
			assertThat(shelf.used("a")).isZero();
			// All that are named, or none.
			VolumeKey big = new VolumeKey("acme", "big");
			ProblemException refused = Refusals.of(Problem.NO_SPACE,
					() -> shelf.create(big, spec(2 * EXTENT, VolumeRecord.Layout.STRIPED, "a", "b", "c")));
			assertThat(refused.properties()).containsEntry("freeBytes", 0L);
			Refusals.of(Problem.NO_SPACE,
					() -> shelf.create(big, spec(3 * EXTENT, VolumeRecord.Layout.LINEAR, "b", "c")));
			assertThat(shelf.create(big, spec(2 * EXTENT, VolumeRecord.Layout.LINEAR, "c")).devices())
				.containsExactly(shelf.uuid("c"));
		}
	}

	@Test
	void refusesStripesOverOneDevice() throws IOException {
		try (Shelf shelf = new Shelf(this.directory).with("a", 6).with("b", 6).start("a")) {
			Refusals.of(Problem.NOT_SUPPORTED, () -> shelf.create(DB, VolumeSpec.striped(EXTENT, 4096)));
			Refusals.of(Problem.DEVICE_NOT_ONLINE,
					() -> shelf.create(DB, spec(EXTENT, VolumeRecord.Layout.STRIPED, "a", "b")));
			shelf.attach("b");
			Refusals.of(Problem.NOT_SUPPORTED, () -> shelf.create(DB, spec(EXTENT, VolumeRecord.Layout.STRIPED, "a")));
			assertThat(shelf.volumes().find(DB)).isEmpty();
			shelf.create(DB, VolumeSpec.striped(EXTENT, 4096));
			shelf.restart();
			shelf.assertSound(DB);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 2048, 12_288, 8 << 20 })
	void refusesStripesOfAnotherWidth(int stripe) {
		Refusals.of(Problem.MALFORMED_REQUEST, () -> VolumeSpec.striped(EXTENT, stripe));
	}

	@Test
	void saysHowMuchIsFreeForStripes() throws IOException {
		try (Shelf shelf = new Shelf(this.directory).with("a", 1).with("b", 4).with("c", 3).start()) {
			ProblemException refused = Refusals.of(Problem.NO_SPACE,
					() -> shelf.create(DB, VolumeSpec.striped(7 * EXTENT, 4096)));
			assertThat(refused.properties()).as("three each on two").containsEntry("freeBytes", 6 * EXTENT);
			refused = Refusals.of(Problem.NO_SPACE, () -> shelf.create(DB, VolumeSpec.ofSize(9 * EXTENT)));
			assertThat(refused.properties()).containsEntry("freeBytes", 8 * EXTENT);
			shelf.create(DB, VolumeSpec.striped(6 * EXTENT, 4096));
			shelf.create(OTHER, VolumeSpec.ofSize(2 * EXTENT));
			assertThat(List.of(shelf.used("a"), shelf.used("b"), shelf.used("c"))).containsExactly(1, 4, 3);
			shelf.restart();
			shelf.assertSound(DB, OTHER);
		}
	}

	@Test
	void leavesOutADeviceWhoseLabelIsFull() throws Exception {
		try (Shelf shelf = new Shelf(this.directory).withSmallLabel("full", 60).with("b", 20).with("c", 20).start()) {
			int filled = shelf.fillLabel("full").size();
			Volume linear = shelf.create(DB, VolumeSpec.ofSize(EXTENT));
			assertThat(linear.devices()).containsExactly(shelf.uuid("b"));
			Volume striped = shelf.create(OTHER, VolumeSpec.striped(3 * EXTENT, 4096));
			assertThat(striped.devices()).containsExactlyInAnyOrder(shelf.uuid("b"), shelf.uuid("c"));
			ProblemException refused = Refusals.of(Problem.NO_SPACE, () -> shelf.create(new VolumeKey("acme", "x"),
					spec(EXTENT, VolumeRecord.Layout.STRIPED, "b", "full")));
			assertThat(refused.detail()).contains("label of device full is full");
			refused = Refusals.of(Problem.NO_SPACE,
					() -> shelf.create(new VolumeKey("acme", "x"), VolumeSpec.ofSize(50 * EXTENT)));
			assertThat(refused.detail()).as("room enough, but not on the label").contains("label");
			assertThat(shelf.used("full")).as("nothing is kept of what was refused").isEqualTo(filled);
			assertThat(shelf.used("b") + shelf.used("c")).isEqualTo(1 + 4);
		}
	}

	@Test
	void readsAsZeroesWhateverWasThere() throws IOException {
		try (Shelf shelf = new Shelf(this.directory).withSoiled("a", 3).withSoiled("b", 3).start()) {
			shelf.create(DB, VolumeSpec.striped(4 * EXTENT, 4096));
			Bytes.assertZero(shelf.read(DB, 0, 4 * (int) EXTENT));
			shelf.write(DB, 0, Bytes.random(4, 4 * (int) EXTENT));
			shelf.volumes().delete(DB);
			// Everything that there is, of which some was the other's.
			shelf.create(OTHER, VolumeSpec.ofSize(6 * EXTENT));
			Bytes.assertZero(shelf.read(OTHER, 0, 6 * (int) EXTENT));
		}
	}

	@ParameterizedTest
	@EnumSource
	@RequiresIoUring
	void deletesFromAllDevices(Rig.Kind kind) throws IOException {
		try (Shelf shelf = new Shelf(this.directory, kind).with("a", 4).with("b", 4).with("c", 4).start()) {
			shelf.create(DB, VolumeSpec.striped(6 * EXTENT, 4096));
			shelf.create(OTHER, VolumeSpec.ofSize(5 * EXTENT));
			shelf.volumes().delete(DB);
			assertThat(shelf.volumes().find(DB)).isEmpty();
			assertThat(shelf.used("a") + shelf.used("b") + shelf.used("c")).isEqualTo(5);
			assertThat(shelf.dirty("a") + shelf.dirty("b") + shelf.dirty("c")).isEqualTo(6);
			shelf.volumes().delete(OTHER);
			shelf.create(DB, VolumeSpec.ofSize(12 * EXTENT));
			shelf.restart();
			shelf.assertSound(DB);
			shelf.volumes().delete(DB);
			shelf.restart();
			shelf.assertSound();
			assertThat(shelf.dirty("a") + shelf.dirty("b") + shelf.dirty("c")).isEqualTo(12);
		}
	}

	@Test
	void answersTheSameRequestAgain() throws IOException {
		try (Shelf shelf = new Shelf(this.directory).with("a", 4).with("b", 4).start()) {
			Volume made = shelf.create(DB, VolumeSpec.striped(EXTENT, 4096));
			assertThat(shelf.volumes().create(DB, VolumeSpec.striped(EXTENT, 4096)))
				.isEqualTo(new Creation(made, false));
			Refusals.of(Problem.ALREADY_EXISTS, () -> shelf.create(DB, VolumeSpec.striped(EXTENT, 8192)));
			Refusals.of(Problem.ALREADY_EXISTS, () -> shelf.create(DB, VolumeSpec.ofSize(EXTENT)));
			Refusals.of(Problem.ALREADY_EXISTS,
					() -> shelf.create(DB, spec(EXTENT, VolumeRecord.Layout.STRIPED, "a", "b")));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "abc", "acb", "bac", "bca", "cab", "cba" })
	void findsTheSameVolumesInWhateverOrderDevicesCome(String order) throws IOException {
		try (Shelf shelf = new Shelf(this.directory).with("a", 5).with("b", 6).with("c", 7).start()) {
			UUID striped = shelf.create(DB, VolumeSpec.striped(6 * EXTENT, 4096)).uuid();
			Volume spanning = shelf.create(OTHER, VolumeSpec.ofSize(11 * EXTENT));
			byte[] bytes = Bytes.random(5, 100_000);
			for (VolumeKey key : List.of(DB, OTHER)) {
				shelf.write(key, EXTENT - 5000, bytes);
				shelf.write(key, shelf.find(key).sizeBytes() - bytes.length, bytes);
			}
			shelf.restart(order.split(""));
			shelf.assertSound(DB, OTHER);
			assertThat(shelf.find(DB).uuid()).isEqualTo(striped);
			assertThat(shelf.find(OTHER)).isEqualTo(spanning);
			for (VolumeKey key : List.of(DB, OTHER)) {
				Bytes.assertSame(shelf.read(key, EXTENT - 5000, bytes.length), bytes);
				Bytes.assertSame(shelf.read(key, shelf.find(key).sizeBytes() - bytes.length, bytes.length), bytes);
			}
		}
	}

	@Test
	void givesBackWhatACancelledCreationHad() throws IOException {
		try (Shelf shelf = new Shelf(this.directory).withSoiled("a", 3).withSoiled("b", 3).start()) {
			VolumeSpec spec = VolumeSpec.striped(6 * EXTENT, 4096);
			ScrubProgress impatient = new ScrubProgress() {

				private boolean begun;

				@Override
				public boolean cancelled() {
					boolean enough = this.begun;
					this.begun = true;
					return enough;
				}

			};
			assertThatExceptionOfType(CancellationException.class)
				.isThrownBy(() -> shelf.volumes().create(DB, spec, impatient));
			assertThat(shelf.volumes().find(DB)).isEmpty();
			assertThat(shelf.used("a") + shelf.used("b")).isZero();
			shelf.create(DB, spec);
			shelf.restart();
			shelf.assertSound(DB);
		}
	}

	private static VolumeSpec spec(long size, VolumeRecord.Layout layout, String... devices) {
		return new VolumeSpec(size, null, layout, null, List.of(devices));
	}

	/** What is on a drive, from its first extent. */
	private static byte[] bytes(Shelf shelf, String name, long offset, int length) throws IOException {
		return raw(shelf, name, shelf.device(name).geometry().dataOffset() + offset, length);
	}

	private static byte[] raw(Shelf shelf, String name, long offset, int length) throws IOException {
		byte[] bytes = new byte[length];
		try (RandomAccessFile file = new RandomAccessFile(shelf.file(name).toFile(), "r")) {
			file.seek(offset);
			file.readFully(bytes);
		}
		return bytes;
	}

}
