package dev.holdfast.block;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import dev.holdfast.block.BatchOperation.Kind;
import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.contract.Problem;
import dev.holdfast.device.Rig;
import dev.holdfast.mapping.MappingSpec;
import dev.holdfast.testing.FrozenFileSystem;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.Refusals;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import dev.holdfast.volume.VolumeHandle;
import dev.holdfast.volume.VolumeKey;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of {@link Batches} on a block device, and on a file system that is stuck.
 */
@RequiresRoot
@RequiresTool({ "mkfs.ext4", "losetup", "fsfreeze" })
@RequiresIoUring
class BatchOnDeviceTests {

	private static final int BLOCK = 4096;

	private static final int MIB = BatchRig.MIB;

	private static final VolumeKey KEY = new VolumeKey("acme", "v1");

	@TempDir
	private Path directory;

	private static BatchOperation operation(Kind kind, long offset, long length, long bufferOffset) {
		return new BatchOperation(kind, offset, length, "b1", bufferOffset, false);
	}

	private static byte[] filled(int size, int value) {
		byte[] bytes = new byte[size];
		Arrays.fill(bytes, (byte) value);
		return bytes;
	}

	@Test
	@DisplayName("Rule 12: any part of a buffer can be used, at every offset that the device's blocks allow")
	void shouldUseAnyPartOfABuffer() throws IOException {
		try (LoopDevice device = LoopDevice.create(this.directory, 32L * MIB);
				BatchRig rig = new BatchRig(this.directory, device.device())) {
			assertThat(rig.devices.getFirst().io().blockSize()).isEqualTo(512);
			rig.volume("v1", 8L * MIB, "d0");
			BufferHandle buffer = rig.buffer("b1", MIB);
			for (int at : new int[] { 512, 3 * 512, BLOCK + 7 * 512, MIB - 2 * BLOCK - 512 }) {
				byte[] bytes = filled(2 * BLOCK, at / 512);
				rig.fill(buffer, at, bytes);
				assertThat(rig.batches.atOnce(KEY, List.of(operation(Kind.WRITE, 0, bytes.length, at)),
						BatchRig.options(30)))
					.allMatch(BatchResult::succeeded);
				assertThat(rig.read(KEY, 0, bytes.length)).isEqualTo(bytes);
				rig.fill(buffer, at, new byte[bytes.length]);
				assertThat(rig.batches.atOnce(KEY, List.of(operation(Kind.READ, 0, bytes.length, at)),
						BatchRig.options(30)))
					.allMatch(BatchResult::succeeded);
				assertThat(rig.content(buffer, at, bytes.length)).isEqualTo(bytes);
			}
			assertThat(rig.batches.atOnce(KEY, List.of(operation(Kind.READ, 0, BLOCK, 100)), BatchRig.options(30)))
				.allSatisfy((result) -> assertThat(result.problem()).hasMessageContaining("512"));
		}
	}

	@Test
	@DisplayName("Rule 9: a buffer's memory goes only after the I/O in flight, and nothing new begins")
	void shouldKeepTheMemoryOfABatchInFlight() throws Exception {
		try (FrozenFileSystem image = FrozenFileSystem.create(this.directory, 128L * MIB)) {
			Path file = Rig.soiled(image.directory(), 48 * MIB);
			try (BatchRig rig = new BatchRig(this.directory, file);
					ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
				VolumeHandle volume = rig.volume("v1", 8L * MIB, "d0");
				BufferHandle buffer = rig.buffer("b1", MIB);
				rig.map(buffer, volume, MappingSpec.DEFAULT);
				rig.fill(buffer, 0, filled(2 * BLOCK, 5));
				try {
					image.freeze();
					CompletableFuture<List<BatchResult>> batch = CompletableFuture
						.supplyAsync(() -> rig.batches.inTurn(
								KEY, List.of(operation(Kind.WRITE, 0, BLOCK, 0),
										operation(Kind.WRITE, BLOCK, BLOCK, BLOCK), operation(Kind.READ, 0, BLOCK, 0)),
								BatchRig.options(30)), threads);
					await().until(() -> rig.devices.getFirst().io().inFlight() == 1);
					assertThat(rig.buffers.delete(buffer.key(), Duration.ofMillis(200))).as("gone at once").isFalse();
					assertThat(buffer.inUse()).as("regions of the device").isOne();
					assertThat(rig.buffers.find(buffer.key())).as("still going").isPresent();
					Refusals.of(Problem.NOT_FOUND, () -> rig.buffers.open(buffer.key()));
					image.thaw();
					List<BatchResult> results = batch.get(20, TimeUnit.SECONDS);
					assertThat(results).extracting(BatchResult::succeeded).containsExactly(true, false, false);
					assertThat(results.getFirst().tier()).isEqualTo("dma");
					assertThat(results.get(1).problem())
						.satisfies((problem) -> assertThat(problem.problem()).isEqualTo(Problem.NOT_FOUND));
					assertThat(results.getLast().attempted()).isFalse();
				}
				finally {
					image.thaw();
				}
				await().until(() -> rig.buffers.find(buffer.key()).isEmpty());
				assertThat(rig.read(KEY, 0, BLOCK)).isEqualTo(filled(BLOCK, 5));
			}
		}
	}

	@Test
	@DisplayName("Rules 14 and 15: after a deadline region and pin stay the device's until its last completion")
	void shouldHoldWhatTheDeviceMayStillUse() throws Exception {
		try (FrozenFileSystem image = FrozenFileSystem.create(this.directory, 128L * MIB)) {
			Path file = Rig.soiled(image.directory(), 48 * MIB);
			try (BatchRig rig = new BatchRig(this.directory, file);
					ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
				rig.volume("v1", 8L * MIB, "d0");
				BufferHandle buffer = rig.buffer("b1", MIB);
				rig.fill(buffer, 0, filled(BLOCK, 5));
				CompletableFuture<Void> deleted;
				try {
					image.freeze();
					List<BatchResult> results = rig.batches.atOnce(KEY,
							List.of(operation(Kind.WRITE, 0, BLOCK, 0), operation(Kind.READ, MIB, BLOCK, 4 * BLOCK)),
							new TransferOptions(false, 200_000_000));
					assertThat(results.getFirst().problem()).satisfies((problem) -> {
						assertThat(problem.problem()).isEqualTo(Problem.DEADLINE_EXCEEDED);
						assertThat(problem.properties()).containsEntry("outcome", "unknown");
					});
					assertThat(results.getLast().succeeded()).as("another operation").isTrue();
					assertThat(buffer.inUse()).as("the late operation's region").isOne();
					assertThat(rig.devices.getFirst().io().inFlight()).isOne();
					Refusals.of(Problem.REGION_IN_FLIGHT, () -> buffer.take(0, 1, true));
					deleted = CompletableFuture.runAsync(() -> rig.volumes.delete(KEY), threads);
					await().during(Duration.ofMillis(200)).until(() -> !deleted.isDone());
				}
				finally {
					image.thaw();
				}
				deleted.get(20, TimeUnit.SECONDS);
				await().until(() -> buffer.inUse() == 0);
			}
		}
	}

}
