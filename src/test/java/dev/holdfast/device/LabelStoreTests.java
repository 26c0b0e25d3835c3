package dev.holdfast.device;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.engine.IoKind;
import dev.holdfast.testing.RequiresIoUring;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class LabelStoreTests {

	private static final long SIZE = 64L << 20;

	private static final int SECTOR = 512;

	@TempDir
	private Path directory;

	@ParameterizedTest
	@EnumSource
	@RequiresIoUring
	void flushesWritesTheOlderSlotAndFlushes(Rig.Kind kind) throws Exception {
		List<RecordingEngine> recording = new ArrayList<>();
		try (Rig rig = Rig.open(kind, (engine) -> {
			recording.add(new RecordingEngine(engine));
			return recording.getFirst();
		})) {
			Device device = rig.attach(Rig.sparse(this.directory, SIZE));
			long second = device.geometry().secondSlot();
			recording.getFirst().changes();
			for (long slot : List.of(0L, second, 0L)) {
				device.labels().write(content(device, (int) slot & 7));
				assertThat(recording.getFirst().changes()).containsExactly(new RecordingEngine.Call(IoKind.FLUSH, 0, 0),
						new RecordingEngine.Call(IoKind.WRITE, slot, 4096),
						new RecordingEngine.Call(IoKind.FLUSH, 0, 0));
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	@RequiresIoUring
	void findsTheNewestAgain(Rig.Kind kind) throws Exception {
		Path file = Rig.sparse(this.directory, SIZE);
		Label last;
		try (Rig rig = Rig.open(kind)) {
			Device device = rig.attach(file);
			for (int i = 1; i < 6; i++) {
				device.labels().write(content(device, i));
			}
			last = device.labels().label();
		}
		try (Rig rig = Rig.open(kind)) {
			Label found = rig.attach(file).labels().label();
			assertThat(found.content()).isEqualTo(last.content());
			assertThat(found.device()).isEqualTo(last.device());
			assertThat(found.sequence()).as("each attach is told from the one before").isEqualTo(last.sequence() + 1);
		}
	}

	@Test
	void survivesAWriteTornAtAnySector() throws Exception {
		Path file = Rig.sparse(this.directory, SIZE);
		Label before;
		Geometry geometry;
		byte[] old;
		byte[] torn;
		Label after;
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			Device device = rig.attach(file);
			geometry = device.geometry();
			device.labels().write(content(device, 8));
			device.labels().write(content(device, 9));
			before = device.labels().label();
			old = slot(file, 0);
			device.labels().write(content(device, 11));
			after = device.labels().label();
			torn = slot(file, 0);
		}
		assertThat(torn).isNotEqualTo(old);
		// From the end too: a drive may write the sectors in any order.
		for (int sectors = 0; sectors <= old.length / SECTOR; sectors++) {
			assertThat(reopened(file, geometry, before, mixed(torn, old, sectors)))
				.as("the first %d sectors are new", sectors)
				.isIn(before.content(), after.content());
			assertThat(reopened(file, geometry, before, mixed(old, torn, sectors)))
				.as("the first %d sectors are old", sectors)
				.isIn(before.content(), after.content());
		}
		assertThat(reopened(file, geometry, before, mixed(torn, old, 0))).isEqualTo(before.content());
		assertThat(reopened(file, geometry, before, mixed(torn, old, 3))).isEqualTo(before.content());
		assertThat(reopened(file, geometry, before, torn)).isEqualTo(after.content());
	}

	@Test
	void isDamagedWithoutAWholeCopyAndNeverFormatted() throws Exception {
		Path file = Rig.sparse(this.directory, SIZE);
		Geometry geometry;
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			geometry = rig.attach(file).geometry();
		}
		overwrite(file, 100, new byte[] { 1 });
		overwrite(file, geometry.secondSlot() + 100, new byte[] { 1 });
		byte[] damaged = Files.readAllBytes(file);
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> rig.attach(file))
				.satisfies((refused) -> assertThat(refused.properties()).containsEntry("labelState", "damaged"))
				.withMessageContaining("damaged");
		}
		assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
		// Also if nothing is left of one of the two.
		overwrite(file, 0, new byte[1 << 20]);
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> rig.attach(file))
				.withMessageContaining("damaged");
		}
	}

	@Test
	void recoversFromTheLossOfEitherCopy() throws Exception {
		Path file = Rig.sparse(this.directory, SIZE);
		for (int lost = 0; lost < 2; lost++) {
			LabelContent content;
			Geometry geometry;
			try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
				Device device = rig.attach(file);
				geometry = device.geometry();
				content = content(device, 3);
				// Both slots hold it.
				device.labels().write(content);
				device.labels().write(content);
			}
			overwrite(file, geometry.slotOffset(lost), new byte[4096]);
			try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
				assertThat(rig.attach(file).labels().label().content()).isEqualTo(content);
			}
			assertThat(slot(file, geometry.slotOffset(lost))).as("rewritten at once").startsWith(LabelFormat.magic());
		}
	}

	@Test
	void keepsTheGoodCopyWhenAWriteFails() throws Exception {
		Path file = Rig.sparse(this.directory, SIZE);
		List<RecordingEngine> recording = new ArrayList<>();
		try (Rig rig = Rig.open(Rig.Kind.PSYNC, (engine) -> {
			recording.add(new RecordingEngine(engine));
			return recording.getFirst();
		})) {
			Device device = rig.attach(file);
			long before = device.labels().label().sequence();
			// The first flush goes through and the write does not, then the other flush.
			for (int operations = 1; operations < 3; operations++) {
				recording.getFirst().changes();
				recording.getFirst().refuseAfter(operations);
				assertThatIllegalStateException().isThrownBy(() -> device.labels().write(content(device, 5)));
				assertThat(device.labels().label().sequence()).isEqualTo(before);
			}
			recording.getFirst().refuseAfter(Integer.MAX_VALUE);
			recording.getFirst().changes();
			device.labels().write(content(device, 6));
			assertThat(recording.getFirst().changes()).as("the slot that failed, not the good one")
				.contains(new RecordingEngine.Call(IoKind.WRITE, 0, 4096));
		}
	}

	@Test
	void refusesADeviceWithTwoLabels() throws Exception {
		Path file = Rig.sparse(this.directory, SIZE);
		Path other = Files.createDirectory(this.directory.resolve("other"));
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			rig.attach(file);
			try (Device second = rig.attach("second", Rig.sparse(other, SIZE))) {
				assertThat(second.uuid()).isNotNull();
			}
		}
		overwrite(file, 0, slot(other.resolve("drive.img"), 0));
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> rig.attach(file))
				.withMessageContaining("labels of two devices");
		}
	}

	@Test
	void refusesAShrunkDeviceAndServesAGrownOne() throws Exception {
		Path file = Rig.sparse(this.directory, SIZE);
		UUID uuid;
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			uuid = rig.attach(file).uuid();
		}
		truncate(file, SIZE + (8 << 20));
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			assertThat(rig.attach(file).uuid()).isEqualTo(uuid);
		}
		truncate(file, SIZE - 4096);
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> rig.attach(file))
				.withMessageContaining("shrunk");
		}
	}

	@Test
	void leavesADeviceWithANewerLabelAlone() throws Exception {
		Path file = Rig.sparse(this.directory, SIZE);
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			rig.attach(file);
		}
		byte[] newer = slot(file, 0);
		newer[LabelFormat.REQUIRED_FEATURES] = 1;
		int checksum = LabelFormat.checksum(newer, (int) LabelDecoder.length(newer));
		ByteBuffer.wrap(newer).order(ByteOrder.LITTLE_ENDIAN).putInt(LabelFormat.CHECKSUM, checksum);
		overwrite(file, 0, newer);
		byte[] before = Files.readAllBytes(file);
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> rig.attach(file))
				.satisfies((refused) -> assertThat(refused.problem()).isEqualTo(Problem.NOT_SUPPORTED))
				.withMessageContaining("needs Holdfast 0.1.0 or later");
		}
		assertThat(Files.readAllBytes(file)).isEqualTo(before);
	}

	/**
	 * What is read when the second slot is the newest whole one and the first is as
	 * given.
	 */
	private LabelContent reopened(Path file, Geometry geometry, Label second, byte[] first) throws Exception {
		overwrite(file, 0, first);
		overwrite(file, geometry.secondSlot(), LabelEncoder.encode(second, 1));
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			return rig.attach(file).labels().label().content();
		}
	}

	private static byte[] mixed(byte[] start, byte[] rest, int sectors) {
		byte[] mixed = rest.clone();
		System.arraycopy(start, 0, mixed, 0, sectors * SECTOR);
		return mixed;
	}

	private static byte[] slot(Path file, long offset) throws IOException {
		byte[] bytes = new byte[4096];
		try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "r")) {
			access.seek(offset);
			access.readFully(bytes);
		}
		return bytes;
	}

	private static void overwrite(Path file, long offset, byte[] bytes) throws IOException {
		try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
			access.seek(offset);
			access.write(bytes);
		}
	}

	private static void truncate(Path file, long size) throws IOException {
		try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
			access.setLength(size);
		}
	}

	/** Volumes of one extent each, whose label takes several sectors. */
	private static LabelContent content(Device device, int count) {
		List<ExtentRun> runs = new ArrayList<>();
		List<VolumeRecord> volumes = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			runs.add(new ExtentRun(i, 1, ExtentState.USED, i));
			volumes.add(new VolumeRecord(UUID.randomUUID(), "tenant", "volume-with-a-long-name-" + i, 1, 4096, 4096,
					VolumeRecord.State.LIVE, VolumeRecord.Layout.LINEAR, 0, List.of(new Segment(device.uuid(), i, 1))));
		}
		runs.add(new ExtentRun(count, device.geometry().extentCount() - count, ExtentState.DIRTY));
		return new LabelContent(runs, volumes);
	}

}
