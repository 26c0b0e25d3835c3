package dev.holdfast.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import dev.holdfast.block.BatchOperation.Kind;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Rig;
import dev.holdfast.testing.Refusals;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.volume.VolumeKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of {@link Rates} as they hold for I/O.
 */
@RequiresIoUring
class RatesTests {

	private static final int BLOCK = 4096;

	private static final int MIB = BatchRig.MIB;

	private static final VolumeKey KEY = new VolumeKey("acme", "v1");

	@TempDir
	private Path directory;

	private BatchRig rig;

	@BeforeEach
	void open() throws IOException {
		this.rig = new BatchRig(this.directory, Rig.sparse(this.directory, "d0.img", 128L * MIB));
		this.rig.volume("v1", 32L * MIB, "d0");
		this.rig.buffer("b1", MIB);
	}

	@AfterEach
	void close() throws IOException {
		this.rig.close();
	}

	private void read(int length) throws IOException {
		this.rig.read(KEY, 0, length);
	}

	private static BatchOperation readAt(int number) {
		return new BatchOperation(Kind.READ, 0, BLOCK, "b1", (long) number * BLOCK, false);
	}

	@Test
	void shouldRefuseWhatWouldWaitLong() throws IOException {
		this.rig.rate = new Rate(2L, null);
		read(100);
		this.rig.write(KEY, 0, new byte[BLOCK]);
		ProblemException refused = Refusals.of(Problem.RATE_LIMITED, () -> read(100));
		assertThat(refused.properties()).containsEntry("retryAfterSeconds", 1L);
		Refusals.of(Problem.RATE_LIMITED, () -> this.rig.write(KEY, 0, new byte[BLOCK]));
		Refusals.of(Problem.RATE_LIMITED, () -> this.rig.blocks.flush(KEY, TransferOptions.DEFAULT));
		Refusals.of(Problem.RATE_LIMITED, () -> this.rig.blocks.zero(KEY, 0, BLOCK, TransferOptions.DEFAULT));
		Refusals.of(Problem.RATE_LIMITED, () -> this.rig.blocks.discard(KEY, 0, BLOCK, TransferOptions.DEFAULT));
		Refusals.of(Problem.RATE_LIMITED,
				() -> this.rig.batches.atOnce(KEY, List.of(readAt(0)), TransferOptions.DEFAULT));
		Refusals.of(Problem.RATE_LIMITED,
				() -> this.rig.batches.inTurn(KEY, List.of(readAt(0)), TransferOptions.DEFAULT));
	}

	@Test
	void shouldFollowAChangeAtOnce() throws Exception {
		this.rig.rate = new Rate(1L, null);
		read(100);
		Refusals.of(Problem.RATE_LIMITED, () -> read(100));
		this.rig.rate = new Rate(1000L, null);
		read(100);
		this.rig.rate = new Rate(null, 64L << 10);
		// A stream that would wait for a quarter of a minute for each of its pieces.
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			ByteBuffer into = ByteBuffer.allocate(8 * MIB);
			CompletableFuture<Void> stream = CompletableFuture.runAsync(() -> {
				try {
					this.rig.blocks.read(KEY, 0, into.capacity(), TransferOptions.DEFAULT, into::put);
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			}, threads);
			await().until(() -> into.position() > 0 && this.rig.pool.usedRatio() == 0);
			assertThat(stream).as("waits, and holds no memory").isNotDone();
			this.rig.rate = Rate.UNLIMITED;
			stream.get(10, TimeUnit.SECONDS);
			assertThat(into.hasRemaining()).isFalse();
		}
	}

	@Test
	void shouldKeepAStreamToItsRate() throws IOException {
		this.rig.rate = new Rate(null, 16L * MIB);
		long begin = System.nanoTime();
		read(24 * MIB);
		this.rig.write(KEY, 0, new byte[1]);
		// At rest there is a second's worth, and the rest comes at the rate.
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(450));
	}

	@Test
	void shouldCountEachOperationOfABatch() {
		this.rig.rate = new Rate(10L, null);
		List<BatchOperation> many = Collections.nCopies(60, new BatchOperation(Kind.DISCARD, 0, BLOCK, null, 0, false));
		assertThat(this.rig.batches.atOnce(KEY, many, TransferOptions.DEFAULT)).allMatch(BatchResult::succeeded);
		ProblemException refused = Refusals.of(Problem.RATE_LIMITED,
				() -> this.rig.batches.atOnce(KEY, many, TransferOptions.DEFAULT));
		assertThat((long) refused.properties().get("retryAfterSeconds")).isBetween(4L, 6L);
		assertThat(this.rig.blocks.rates().used("acme").iops()).isBetween(50L, 60L);
	}

	@Test
	void shouldCountTheBytesOfABatchAndNothingForWhatIsRefused() {
		this.rig.rate = new Rate(100L, 64L << 10);
		List<BatchOperation> wrong = Collections.nCopies(50, new BatchOperation(Kind.READ, 1, MIB, "b1", 0, false));
		assertThat(this.rig.batches.atOnce(KEY, wrong, TransferOptions.DEFAULT)).noneMatch(BatchResult::succeeded);
		assertThat(this.rig.blocks.rates().used("acme").iops()).isLessThan(10);
		List<BatchOperation> large = List.of(new BatchOperation(Kind.READ, 0, MIB, "b1", 0, false));
		assertThat(this.rig.batches.atOnce(KEY, large, TransferOptions.DEFAULT)).allMatch(BatchResult::succeeded);
		ProblemException refused = Refusals.of(Problem.RATE_LIMITED,
				() -> this.rig.batches.atOnce(KEY, large, TransferOptions.DEFAULT));
		assertThat((long) refused.properties().get("retryAfterSeconds")).isBetween(13L, 16L);
	}

	@Test
	void shouldLimitTenantsOneByOne() throws IOException {
		Rates rates = new Rates((tenant) -> tenant.equals("acme") ? new Rate(1L, null) : Rate.UNLIMITED, Duration.ZERO);
		rates.admit("acme", Caller.PATIENT);
		Refusals.of(Problem.RATE_LIMITED, () -> rates.admit("acme", Caller.PATIENT));
		for (int i = 0; i < 100; i++) {
			rates.admit("other", Caller.PATIENT);
		}
		assertThat(rates.used("other")).isEqualTo(Rate.UNLIMITED);
	}

}
