package dev.holdfast.device;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

import dev.holdfast.engine.SyncIo;
import dev.holdfast.testing.FrozenFileSystem;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@RequiresRoot
@RequiresIoUring
@RequiresTool({ "losetup", "fsfreeze", "mkfs.ext4", "mount" })
class StuckDriveTests {

	@TempDir
	private Path directory;

	@Test
	void isLeftAloneAfterAWhile() throws Exception {
		try (FrozenFileSystem files = FrozenFileSystem.create(this.directory, 256L << 20);
				LoopDevice loop = LoopDevice.create(files.directory(), 64L << 20, "--direct-io=on");
				Rig rig = Rig.open(Rig.Kind.URING);
				RegisteredMemory memory = RegisteredMemory.open(rig.engine(), "test", 4096)) {
			Device device = rig.attach(loop.device());
			SyncIo io = new SyncIo(rig.engine());
			files.freeze();
			try {
				io.operation().write(device.io(), device.geometry().dataOffset(), memory.buffer(), 0, 4096, false);
				io.start();
				assertThatExceptionOfType(IOException.class).isThrownBy(() -> device.close(Duration.ofMillis(50)))
					.withMessageContaining(" operations on device drive did not end");
			}
			finally {
				files.thaw();
			}
			io.awaitRelease();
		}
	}

}
