package dev.holdfast.device;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.Refusals;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import dev.holdfast.volume.Volume;
import dev.holdfast.volume.VolumeSpec;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What may happen to what is on a drive, and what never does. */
class DeviceContentTests {

	private static final long SIZE = 64L << 20;

	@TempDir
	private Path directory;

	@AutoClose
	private Machine machine;

	private Path file;

	@BeforeEach
	void start() throws IOException {
		this.file = Rig.sparse(this.directory, "a.img", SIZE);
		this.machine = new Machine(this.directory);
	}

	@ParameterizedTest
	@ValueSource(ints = { 512, 4096 })
	@RequiresRoot
	@RequiresTool({ "losetup", "mkfs.ext4" })
	void formatsWhatAnotherProgramMadeIfItMay(int blockSize) throws IOException {
		try (LoopDevice loop = LoopDevice.attach(this.file, "--sector-size=" + blockSize)) {
			ForeignContent.EXT4.write(loop);
			long before = ForeignContent.checksum(loop.device());
			ProblemException refused = Refusals.of(Problem.FOREIGN_SIGNATURE, () -> attach("a", loop.device(), false));
			assertThat(refused.properties()).containsEntry("found", "ext4");
			assertThat(ForeignContent.checksum(loop.device())).isEqualTo(before);
			assertThat(attach("a", loop.device(), true)).isTrue();
			Device device = this.machine.online("a");
			assertThat(device.labels().label().content().runs()).extracting(ExtentRun::state)
				.containsExactly(ExtentState.DIRTY);
			// The middle of the file system is where a volume is now.
			Volume volume = this.machine.volumes()
				.create(Machine.DB, VolumeSpec.ofSize(device.geometry().capacity()))
				.volume();
			Geometry geometry = device.geometry();
			this.machine.stop();
			assertThat(ForeignContent.take(loop.device(), geometry.dataOffset(), (int) volume.sizeBytes()))
				.isEqualTo(new byte[(int) volume.sizeBytes()]);
			assertThat(ForeignContent.take(loop.device(), 1024, 1024)).as("the superblock").doesNotContain(0x53, 0xEF);
			this.machine.restart().online("a");
			this.machine.stop();
		}
	}

	@Test
	void overwritesNoFile() throws IOException {
		byte[] content = "dear diary".getBytes(StandardCharsets.US_ASCII);
		ForeignContent.put(this.file, 1 << 20, content);
		ForeignContent.put(this.file, 0, content);
		long before = ForeignContent.checksum(this.file);
		ProblemException refused = Refusals.of(Problem.FOREIGN_SIGNATURE, () -> attach("a", this.file, true));
		assertThat(refused.detail()).contains("by your own hand");
		assertThat(ForeignContent.checksum(this.file)).isEqualTo(before);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@RequiresRoot
	@RequiresTool("losetup")
	void overwritesNoLabelOfItsOwn(boolean known) throws IOException {
		try (LoopDevice loop = LoopDevice.attach(this.file)) {
			this.machine.attach("a", loop.device());
			this.machine.createVolume();
			Volume volume = this.machine.volumes().find(Machine.DB).orElseThrow();
			UUID uuid = this.machine.online("a").uuid();
			this.machine.restartBare();
			if (!known) {
				this.machine.known().remove("a");
			}
			attach("a", loop.device(), true);
			assertThat(this.machine.online("a").uuid()).isEqualTo(uuid);
			assertThat(this.machine.volumes().find(Machine.DB)).contains(volume);
			this.machine.stop();
		}
	}

	@Test
	@RequiresRoot
	@RequiresTool("losetup")
	void overwritesNoLabelOfAnotherInstallation() throws IOException {
		try (LoopDevice loop = LoopDevice.attach(this.file)) {
			this.machine.attach("a", loop.device());
			this.machine.createVolume();
			UUID uuid = this.machine.online("a").uuid();
			this.machine.stop();
			long before = ForeignContent.checksum(loop.device());
			Path elsewhere = Files.createDirectory(this.directory.resolve("elsewhere"));
			try (Machine other = new Machine(elsewhere)) {
				DeviceSelector selector = DeviceSelector.at(loop.device());
				ProblemException refused = Refusals.of(Problem.FOREIGN_SIGNATURE,
						() -> other.devices().attach("b", new DeviceRequest(selector, true, false, Map.of())));
				assertThat(refused.properties()).containsEntry("labelState", "valid");
				assertThat(ForeignContent.checksum(loop.device())).isEqualTo(before);
				other.devices().attach("b", new DeviceRequest(selector, true, true, Map.of()));
				assertThat(other.online("b").uuid()).isEqualTo(uuid);
				assertThat(other.volumes().find(Machine.DB)).isPresent();
			}
			// It is no longer ours.
			assertThat(this.machine.restart().absent("a")).contains("another installation");
			this.machine.stop();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@RequiresRoot
	@RequiresTool("losetup")
	void overwritesNoDamagedLabel(boolean overwrite) throws IOException {
		Geometry geometry = labelled();
		ForeignContent.put(this.file, 100, (byte) 1);
		ForeignContent.put(this.file, geometry.secondSlot() + 100, (byte) 1);
		long before = ForeignContent.checksum(this.file);
		try (LoopDevice loop = LoopDevice.attach(this.file)) {
			ProblemException refused = Refusals.of(Problem.FOREIGN_SIGNATURE,
					() -> attach("a", loop.device(), overwrite));
			assertThat(refused.properties()).containsEntry("labelState", "damaged");
			this.machine.stop();
		}
		assertThat(ForeignContent.checksum(this.file)).isEqualTo(before);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1 })
	@RequiresRoot
	@RequiresTool("losetup")
	void leavesALabelThatIsNewerAloneAndSaysWhatItNeeds(int slot) throws IOException {
		Geometry geometry = labelled();
		byte[] label = ForeignContent.take(this.file, geometry.slotOffset(slot), 4096);
		ByteBuffer newer = ByteBuffer.wrap(label).order(ByteOrder.LITTLE_ENDIAN);
		newer.putLong(LabelFormat.REQUIRED_FEATURES, 6);
		newer.put(LabelFormat.NEEDED_RELEASE, "7.3.1\0".getBytes(StandardCharsets.US_ASCII));
		newer.putInt(LabelFormat.CHECKSUM, LabelFormat.checksum(label, (int) newer.getLong(LabelFormat.LENGTH)));
		ForeignContent.put(this.file, geometry.slotOffset(slot), label);
		long before = ForeignContent.checksum(this.file);
		try (LoopDevice loop = LoopDevice.attach(this.file)) {
			for (boolean overwrite : List.of(false, true)) {
				ProblemException refused = Refusals.of(Problem.NOT_SUPPORTED,
						() -> attach("a", loop.device(), overwrite));
				assertThat(refused.detail()).contains("needs Holdfast 7.3.1 or later", "0x6");
			}
			this.machine.stop();
		}
		assertThat(ForeignContent.checksum(this.file)).isEqualTo(before);
	}

	@ParameterizedTest
	@ValueSource(strings = { "whole", "first torn", "second torn" })
	@RequiresRoot
	@RequiresTool("losetup")
	void findsTheLabelOfADriveThatHasGrown(String state) throws IOException {
		Geometry geometry;
		Volume volume;
		try (LoopDevice loop = LoopDevice.attach(this.file)) {
			this.machine.attach("a", loop.device());
			this.machine.createVolume();
			volume = this.machine.volumes().find(Machine.DB).orElseThrow();
			geometry = this.machine.online("a").geometry();
			// Now both slots say so.
			this.machine.restart().stop();
		}
		resize(SIZE + (100L << 20) + 4096);
		if (!state.equals("whole")) {
			long slot = state.startsWith("first") ? 0 : geometry.secondSlot();
			ForeignContent.put(this.file, slot + LabelFormat.CHECKSUM, new byte[4]);
		}
		try (LoopDevice loop = LoopDevice.attach(this.file)) {
			for (int i = 0; i < 2; i++) {
				this.machine.restartBare();
				attach("a", loop.device());
				assertThat(this.machine.online("a").geometry()).isEqualTo(geometry);
				assertThat(this.machine.volumes().find(Machine.DB)).contains(volume);
			}
			this.machine.stop();
		}
	}

	@Test
	@RequiresRoot
	@RequiresTool("losetup")
	void refusesADriveThatHasShrunk() throws IOException {
		labelled();
		resize(SIZE - 4096);
		long before = ForeignContent.checksum(this.file);
		try (LoopDevice loop = LoopDevice.attach(this.file)) {
			for (boolean overwrite : List.of(false, true)) {
				ProblemException refused = Refusals.of(Problem.NOT_SUPPORTED,
						() -> attach("a", loop.device(), overwrite));
				assertThat(refused.detail()).contains("shrunk", Long.toString(SIZE), Long.toString(SIZE - 4096));
			}
			this.machine.stop();
		}
		assertThat(ForeignContent.checksum(this.file)).isEqualTo(before);
		resize(SIZE);
		this.machine.restartBare();
		assertThat(this.machine.attach("a", this.file)).isTrue();
	}

	/** Puts a label on the file and forgets the device. */
	private Geometry labelled() throws IOException {
		this.machine.attach("a", this.file);
		Geometry geometry = this.machine.online("a").geometry();
		this.machine.devices().detach("a");
		return geometry;
	}

	private boolean attach(String name, Path path, boolean overwrite) {
		return this.machine.devices()
			.attach(name, new DeviceRequest(DeviceSelector.at(path), overwrite, false, Map.of()));
	}

	private void attach(String name, Path path) {
		KnownDevice known = this.machine.devices().get(name).known();
		// Wherever the loop device is now.
		assertThat(this.machine.devices().attachKnown(known)).isNull();
		assertThat(this.machine.online(name).path()).isEqualTo(path);
	}

	private void resize(long size) throws IOException {
		try (RandomAccessFile access = new RandomAccessFile(this.file.toFile(), "rw")) {
			access.setLength(size);
		}
	}

}
