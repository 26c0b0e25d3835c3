package dev.holdfast.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DeviceAttacherTests {

	private static final int SIZE = 64 << 20;

	@TempDir
	private Path directory;

	@ParameterizedTest
	@EnumSource
	@RequiresIoUring
	void formatsAnEmptyFileAndKnowsItAgain(Rig.Kind kind) throws IOException {
		Path file = Rig.sparse(this.directory, SIZE);
		Label label;
		try (Rig rig = Rig.open(kind)) {
			Device device = rig.attach(file);
			assertThat(device.state()).isEqualTo(DeviceState.ONLINE);
			assertThat(device.size()).isEqualTo(SIZE);
			assertThat(device.blockSize()).isEqualTo(4096);
			assertThat(device.blockDevice()).isFalse();
			label = device.labels().label();
			device.close();
			assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
			Device again = rig.attach(file);
			assertThat(again.uuid()).isEqualTo(device.uuid());
			assertThat(again.generation()).isEqualTo(device.generation() + 1);
		}
		assertThat(label.name()).isEqualTo("drive");
		assertThat(label.content().runs()).as("a hole is known to be zero")
			.containsExactly(new ExtentRun(0, label.geometry().extentCount(), ExtentState.FREE));
	}

	@Test
	void makesANewFile() throws IOException {
		try (Rig rig = Rig.open(Rig.Kind.PSYNC);
				Device device = rig.attacher().create("fresh", this.directory.resolve("fresh.img"), SIZE)) {
			assertThat(device.labels().label().content().runs()).extracting(ExtentRun::state)
				.containsOnly(ExtentState.FREE);
			assertThatExceptionOfType(DeviceException.class)
				.isThrownBy(() -> rig.attacher().create("fresh", device.path(), SIZE))
				.withMessageContaining("exists already");
		}
	}

	@Test
	void takesNothingForZeroInAFileThatHasData() throws IOException {
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			Label label = rig.attach(Rig.soiled(this.directory, SIZE)).labels().label();
			assertThat(label.content().runs())
				.containsExactly(new ExtentRun(0, label.geometry().extentCount(), ExtentState.DIRTY));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1080, (1 << 20) - 1, SIZE - (1 << 20), SIZE - 1 })
	void refusesWhatHoldsAnythingElse(int where) throws IOException {
		byte[] content = new byte[SIZE];
		content[where] = 1;
		Path file = Files.write(this.directory.resolve("drive.img"), content);
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> rig.attach(file))
				.satisfies((refused) -> {
					assertThat(refused.problem()).isEqualTo(Problem.FOREIGN_SIGNATURE);
					assertThat(refused.properties()).containsEntry("found", "unknown content")
						.containsEntry("offset", (long) where);
				})
				.withMessageContaining("erase")
				.withMessageNotContaining(this.directory.toString());
		}
		assertThat(Files.readAllBytes(file)).isEqualTo(content);
	}

	@Test
	void refusesWhatIsInUse() throws IOException {
		Path file = Rig.sparse(this.directory, SIZE);
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			rig.attach(file);
			assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> rig.attach(file))
				.withMessageContaining("in use");
		}
	}

	@Test
	void refusesACopyOfAnAttachedDevice() throws IOException {
		Path file = Rig.sparse(this.directory, SIZE);
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			rig.attach(file);
		}
		Path copy = Files.copy(file, this.directory.resolve("copy.img"));
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			rig.attach(file);
			assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> rig.attach(copy))
				.withMessageContaining("is it a copy?");
		}
	}

	@Test
	void saysWhatIsWrongWithAPath() throws IOException {
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			refused(rig, this.directory.resolve("absent"), "nothing at its path");
			refused(rig, this.directory, "is a directory");
			refused(rig, Path.of("/dev/null"), "does not take direct I/O");
			refused(rig, Rig.sparse(this.directory, 1 << 20), "too few");
			assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> rig.attach("No Name", this.directory))
				.withMessageContaining("'No Name'");
		}
	}

	@Test
	void leavesNothingOpenWhenItRefuses() throws IOException {
		byte[] content = new byte[SIZE];
		content[0] = 1;
		Path file = Files.write(this.directory.resolve("drive.img"), content);
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			for (int i = 0; i < 3; i++) {
				// In use would be another exception.
				assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> rig.attach(file));
			}
			assertThat(openFiles()).noneMatch((open) -> open.contains(file.toString()));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 512, 4096 })
	@RequiresRoot
	@RequiresTool("losetup")
	@RequiresIoUring
	void attachesABlockDevice(int blockSize) throws IOException {
		try (LoopDevice loop = LoopDevice.create(Path.of("/dev/shm"), SIZE, "--sector-size=" + blockSize)) {
			try (Rig rig = Rig.open(Rig.Kind.URING)) {
				Device device = rig.attach(loop.device());
				assertThat(device.blockDevice()).isTrue();
				assertThat(device.blockSize()).isEqualTo(blockSize);
				assertThat(device.labels().label().content().runs()).extracting(ExtentRun::state)
					.containsOnly(ExtentState.DIRTY);
				assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> rig.attach(loop.device()))
					.withMessageContaining("mounted or in use");
			}
		}
	}

	private static List<String> openFiles() throws IOException {
		try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
			return descriptors.filter(Files::isSymbolicLink).map(DeviceAttacherTests::target).toList();
		}
	}

	private static String target(Path link) {
		try {
			return Files.readSymbolicLink(link).toString();
		}
		catch (IOException ex) {
			return "";
		}
	}

	private static void refused(Rig rig, Path path, String why) {
		assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> rig.attach(path)).withMessageContaining(why);
	}

}
