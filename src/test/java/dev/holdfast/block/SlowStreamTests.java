package dev.holdfast.block;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Rig;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Clients that take their time hold nothing that others need.
 */
class SlowStreamTests {

	private static final int MEBIBYTE = 1 << 20;

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	@TempDir
	private Path directory;

	@Test
	void takesNoMemoryForAClientThatSaysNothing() throws Exception {
		try (BlockRig rig = ready(Rig.Kind.PSYNC);
				ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			ByteSource body = BlockRig.source(new byte[MEBIBYTE], MEBIBYTE);
			CountDownLatch asked = new CountDownLatch(1);
			CountDownLatch goOn = new CountDownLatch(1);
			Future<Transfer> silent = threads
				.submit(() -> rig.blocks.write(DB, 0, MEBIBYTE, BlockRig.DEFAULT, (into) -> {
					asked.countDown();
					awaitQuietly(goOn);
					return body.read(into);
				}));
			assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
			assertThat(rig.pool.usedRatio()).isZero();
			goOn.countDown();
			assertThat(silent.get(30, TimeUnit.SECONDS).bytes()).isEqualTo(MEBIBYTE);
		}
	}

	@Test
	void keepsNobodyWaitingForASlowClient() throws Exception {
		try (BlockRig rig = ready(Rig.Kind.PSYNC);
				ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			CountDownLatch stalled = new CountDownLatch(1);
			CountDownLatch goOn = new CountDownLatch(1);
			AtomicLong given = new AtomicLong();
			Future<Transfer> slow = threads
				.submit(() -> rig.blocks.write(DB, 5, 3 * MEBIBYTE, BlockRig.DEFAULT, (into) -> {
					if (given.get() > MEBIBYTE) {
						stalled.countDown();
						awaitQuietly(goOn);
					}
					into.put((byte) 1);
					given.incrementAndGet();
					return 1;
				}));
			assertThat(stalled.await(30, TimeUnit.SECONDS)).isTrue();
			// The first piece is written: its blocks are everybody's, and can be given
			// up.
			rig.write(DB, 0, new byte[10]);
			rig.volumes.delete(DB);
			goOn.countDown();
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> slow.get(30, TimeUnit.SECONDS))
				.havingCause()
				.isInstanceOfSatisfying(ProblemException.class, (refused) -> {
					assertThat(refused.problem()).isEqualTo(Problem.NOT_FOUND);
					assertThat(refused.properties()).containsEntry("bytesWritten", MEBIBYTE - 5L);
				});
			assertThat(rig.pool.usedRatio()).isZero();
		}
	}

	private BlockRig ready(Rig.Kind kind) throws IOException {
		BlockRig rig = new BlockRig(kind, Rig.sparse(this.directory, 64L << 20));
		rig.volumes.create(DB, VolumeSpec.ofSize(8 * MEBIBYTE));
		return rig;
	}

	private static void awaitQuietly(CountDownLatch latch) throws IOException {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException(ex);
		}
	}

}
