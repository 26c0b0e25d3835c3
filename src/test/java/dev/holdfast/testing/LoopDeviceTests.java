package dev.holdfast.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@RequiresRoot
@RequiresTool("losetup")
class LoopDeviceTests {

	private static final long SIZE = 4 << 20;

	@Test
	void isABlockDeviceOfTheSizeAskedFor() throws IOException {
		try (LoopDevice loop = LoopDevice.create(Path.of("/dev/shm"), SIZE, "--direct-io=on", "--sector-size=4096")) {
			assertThat(setting(loop, "size")).isEqualTo(Long.toString(SIZE / 512));
			assertThat(setting(loop, "queue/logical_block_size")).isEqualTo("4096");
			assertThat(setting(loop, "loop/dio")).isEqualTo("1");
		}
	}

	@Test
	void leavesNothingBehind() {
		LoopDevice loop = LoopDevice.create(Path.of("/dev/shm"), SIZE);
		Path backing = attribute(loop, "loop/backing_file");
		assertThat(backing).exists();
		loop.close();
		assertThat(backing).doesNotExist();
		assertThat(loop.file()).doesNotExist();
	}

	@Test
	void keepsAFileThatWasThereBefore(@TempDir Path directory) throws IOException {
		Path file = Files.write(directory.resolve("drive.img"), new byte[1 << 20]);
		try (LoopDevice loop = LoopDevice.attach(file)) {
			assertThat(setting(loop, "loop/backing_file")).isEqualTo(file.toString());
		}
		assertThat(file).hasSize(1 << 20);
	}

	@Test
	void saysWhatLosetupSaid(@TempDir Path directory) {
		assertThatIllegalStateException().isThrownBy(() -> LoopDevice.attach(directory.resolve("absent.img")))
			.withMessageContaining("absent.img");
	}

	private static String setting(LoopDevice loop, String name) throws IOException {
		return Files.readString(attribute(loop, name)).strip();
	}

	private static Path attribute(LoopDevice loop, String name) {
		return Path.of("/sys/block", loop.device().getFileName().toString(), name);
	}

}
