package dev.holdfast.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.holdfast.testing.FrozenFileSystem;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.Posix;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.holdfast.engine.EngineFixture.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A device that does not answer, beside one that does.
 */
@RequiresRoot
@RequiresIoUring
@RequiresTool({ "losetup", "fsfreeze", "mkfs.ext4", "mount" })
class StuckDeviceTests {

	@TempDir
	Path directory;

	@ParameterizedTest
	@EnumSource(names = { "URING", "PSYNC" })
	void shouldEndTheWaitAndNotTheWrite(EngineKind kind) throws Exception {
		try (FrozenFileSystem files = FrozenFileSystem.create(this.directory, 64L * MIB);
				LoopDevice loop = LoopDevice.create(files.directory(), 16L * MIB, "--direct-io=on");
				EngineFixture fixture = new EngineFixture(kind, loop.device(), true, DeviceLimits.DEFAULT)) {
			IoBuffer buffer = fixture.buffer(MIB);
			fixture.write(0, buffer, 0, MIB);
			EngineFixture.fillRandom(buffer.memory(), 9);
			files.freeze();
			try {
				SyncIo stuck = fixture.io();
				stuck.operation()
					.write(fixture.device(), 0, buffer, 0, 8192, false)
					.deadline(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50));
				assertThatExceptionOfType(IoFailedException.class).isThrownBy(stuck::run)
					.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.ETIMEDOUT));
				assertThat(stuck.released()).isFalse();

				SyncIo behind = fixture.io();
				behind.operation().write(fixture.device(), 4096, buffer, 16 * 4096, 4096, false);
				behind.start();
				useAnotherDevice(fixture, buffer);
				assertThat(fixture.engine().detach(fixture.device())).isNotDone();
				assertThat(behind.released()).isFalse();

				files.thaw();

				behind.await();
				Awaitility.await().until(stuck::released);
			}
			finally {
				files.thaw();
			}
			IoDevice again = fixture.engine()
				.attach(new DeviceFile("again", fixture.descriptor(), true, 512), DeviceLimits.DEFAULT);
			SyncIo io = fixture.io();
			io.operation().read(again, 0, buffer, 64 * 4096, 8192);
			io.run();
			assertThat(buffer.memory().asSlice(64 * 4096, 4096).mismatch(buffer.memory().asSlice(0, 4096)))
				.isEqualTo(-1);
			assertThat(buffer.memory().asSlice(65 * 4096, 4096).mismatch(buffer.memory().asSlice(16 * 4096, 4096)))
				.isEqualTo(-1);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "URING", "PSYNC" })
	void shouldSayWhatIsLeftWhenItMustCloseWithoutIt(EngineKind kind) throws Exception {
		try (FrozenFileSystem files = FrozenFileSystem.create(this.directory, 64L * MIB);
				LoopDevice loop = LoopDevice.create(files.directory(), 16L * MIB, "--direct-io=on");
				EngineFixture fixture = new EngineFixture(kind, loop.device(), true, DeviceLimits.DEFAULT)) {
			IoBuffer buffer = fixture.buffer(MIB);
			files.freeze();
			SyncIo stuck = fixture.io();
			try {
				stuck.operation().write(fixture.device(), 0, buffer, 0, 8192, false);
				stuck.start();

				assertThat(fixture.engine().close(Duration.ofMillis(200))).isEqualTo(1);
				assertThat(stuck.released()).isFalse();
			}
			finally {
				files.thaw();
			}
			stuck.awaitRelease();
		}
	}

	private void useAnotherDevice(EngineFixture fixture, IoBuffer buffer) throws Exception {
		try (LoopDevice healthy = LoopDevice.create(Path.of("/dev/shm"), MIB)) {
			int descriptor = Posix.open(healthy.device(), Posix.O_RDWR | Posix.O_DIRECT);
			IoDevice device = fixture.engine()
				.attach(new DeviceFile("healthy", descriptor, true, 512), DeviceLimits.DEFAULT);
			SyncIo io = fixture.io();
			io.operation().write(device, 0, buffer, 128 * 4096, 4096, true);
			io.run();
			io.operation().flush(device);
			io.run();
			fixture.engine().detach(device).get(10, TimeUnit.SECONDS);
			Posix.close(descriptor);
		}
	}

}
