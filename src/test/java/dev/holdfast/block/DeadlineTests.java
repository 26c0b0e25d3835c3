package dev.holdfast.block;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.Rig;
import dev.holdfast.testing.FrozenFileSystem;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * On a file system that is stuck, and on one that is full.
 */
@RequiresRoot
@RequiresTool({ "mkfs.ext4", "losetup", "fsfreeze" })
@RequiresIoUring
class DeadlineTests {

	private static final int MEBIBYTE = 1 << 20;

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	@TempDir
	private Path directory;

	@ParameterizedTest
	@EnumSource
	void holdsWhatTheDeviceMayStillUse(Rig.Kind kind) throws Exception {
		try (FrozenFileSystem image = FrozenFileSystem.create(this.directory, 128L << 20)) {
			Path file = Rig.soiled(image.directory(), 48 << 20);
			try (BlockRig rig = new BlockRig(kind, file);
					ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
				rig.volumes.create(DB, VolumeSpec.ofSize(8 * MEBIBYTE));
				try {
					image.freeze();
					ProblemException late = refused(Problem.DEADLINE_EXCEEDED,
							() -> rig.blocks.write(DB, 0, 4096, in(200), BlockRig.source(filled(4096, 7), 4096)));
					assertThat(late.properties()).containsEntry("outcome", "unknown");
					assertThat(rig.pool.usedRatio()).as("the memory is still the device's").isPositive();
					assertThat(rig.device.io().inFlight()).isPositive();
					// Others are served, also the same block once it is written.
					assertThat(rig.read(DB, MEBIBYTE, 100)).isEqualTo(new byte[100]);
					Future<Transfer> later = threads.submit(() -> rig.write(DB, 100, filled(100, 8)));
					Future<?> deletion = threads.submit(() -> {
						later.get();
						assertThat(rig.read(DB, 0, 300)).startsWith(filled(100, 7)).endsWith(filled(100, 7));
						rig.volumes.delete(DB);
						return null;
					});
					assertThat(later.isDone()).isFalse();
					image.thaw();
					deletion.get(20, TimeUnit.SECONDS);
				}
				finally {
					image.thaw();
				}
				await().until(() -> rig.pool.usedRatio() == 0);
				assertThat(rig.device.io().inFlight()).isZero();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void keepsAVolumeWithALateWrite(Rig.Kind kind) throws Exception {
		try (FrozenFileSystem image = FrozenFileSystem.create(this.directory, 128L << 20)) {
			Path file = Rig.soiled(image.directory(), 48 << 20);
			try (BlockRig rig = new BlockRig(kind, file);
					ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
				rig.volumes.create(DB, VolumeSpec.ofSize(8 * MEBIBYTE));
				try {
					image.freeze();
					refused(Problem.DEADLINE_EXCEEDED, () -> rig.blocks.write(DB, 0, 3 * MEBIBYTE, in(200),
							BlockRig.source(filled(3 * MEBIBYTE, 7), MEBIBYTE)));
					Future<?> deletion = threads.submit(() -> rig.volumes.delete(DB));
					await().during(Duration.ofMillis(300)).until(() -> !deletion.isDone());
					image.thaw();
					deletion.get(20, TimeUnit.SECONDS);
				}
				finally {
					image.thaw();
				}
				await().until(() -> rig.pool.usedRatio() == 0);
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void saysHowMuchIsWrittenWhenTheDeviceFails(Rig.Kind kind) throws Exception {
		try (FrozenFileSystem image = FrozenFileSystem.create(this.directory, 48L << 20)) {
			// More than the file system has.
			Path file = Rig.sparse(image.directory(), 256L << 20);
			try (BlockRig rig = new BlockRig(kind, file)) {
				rig.volumes.create(DB, VolumeSpec.ofSize(100 * MEBIBYTE));
				byte[] bytes = filled(60 * MEBIBYTE, 9);
				ProblemException refused = refused(Problem.IO_ERROR, () -> rig.write(DB, 0, bytes));
				assertThat(refused.properties()).containsEntry("errno", "ENOSPC");
				long written = (long) refused.properties().get("bytesWritten");
				assertThat(written % 4096).isZero();
				assertThat(written).isBetween(20L * MEBIBYTE, 48L * MEBIBYTE);
				byte[] got = rig.read(DB, 0, (int) written);
				assertThat(Arrays.mismatch(got, 0, got.length, bytes, 0, got.length)).isEqualTo(-1);
				makeRoom(file, rig.device.geometry());
				rig.assertNothingHeld(DB);
			}
		}
	}

	/** So that the label can be written. */
	private static void makeRoom(Path file, Geometry geometry) throws IOException {
		byte[] first = new byte[(int) geometry.slotSize()];
		byte[] second = new byte[(int) geometry.slotSize()];
		try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
			access.readFully(first);
			access.seek(geometry.secondSlot());
			access.readFully(second);
			access.setLength(0);
			access.setLength(geometry.deviceSize());
			access.write(first);
			access.seek(geometry.secondSlot());
			access.write(second);
		}
	}

	private static TransferOptions in(long millis) {
		return new TransferOptions(false, TimeUnit.MILLISECONDS.toNanos(millis));
	}

	private static byte[] filled(int size, int value) {
		byte[] bytes = new byte[size];
		Arrays.fill(bytes, (byte) value);
		return bytes;
	}

	private static ProblemException refused(Problem problem, ThrowingCallable call) {
		ProblemException[] refused = new ProblemException[1];
		assertThatExceptionOfType(ProblemException.class).isThrownBy(call).satisfies((ex) -> {
			assertThat(ex.problem()).as(ex.detail()).isEqualTo(problem);
			refused[0] = ex;
		});
		return refused[0];
	}

}
