package dev.holdfast.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.holdfast.block.BatchOperation.Kind;
import dev.holdfast.buffer.Lease;
import dev.holdfast.contract.Problem;
import dev.holdfast.device.Rig;
import dev.holdfast.testing.Refusals;
import dev.holdfast.volume.VolumeKey;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A caller's time bounds every wait.
 */
class CallerTests {

	private static final int BLOCK = 4096;

	private static final int MIB = 1 << 20;

	private static final VolumeKey KEY = new VolumeKey("acme", "v1");

	@TempDir
	private Path directory;

	private BatchRig rig;

	@BeforeEach
	void open() throws IOException {
		this.rig = new BatchRig(this.directory, Rig.sparse(this.directory, "d0.img", 128L * MIB));
		this.rig.volume("v1", 32L * MIB, "d0");
	}

	@AfterEach
	void close() throws IOException {
		this.rig.close();
	}

	@Test
	void shouldSendNothingOnceTheCallerWaitsNoLonger() throws IOException {
		TransferOptions late = in(Duration.ZERO);
		assertNotDone(() -> write(0, filled(BLOCK, 1), late));
		assertNotDone(() -> this.rig.blocks.read(KEY, 0, BLOCK, late, (bytes) -> {
		}));
		assertNotDone(() -> this.rig.blocks.flush(KEY, late));
		List<BatchOperation> operations = List.of(new BatchOperation(Kind.ZERO, 0, BLOCK, null, 0, false),
				new BatchOperation(Kind.FLUSH, 0, 0, null, 0, false));
		this.rig.write(KEY, 0, filled(BLOCK, 2));
		for (BatchResult result : this.rig.batches.atOnce(KEY, operations, late)) {
			assertThat(result.problem()).isNotNull();
			assertThat(result.problem().problem()).isEqualTo(Problem.DEADLINE_EXCEEDED);
		}
		assertThat(this.rig.read(KEY, 0, BLOCK)).isEqualTo(filled(BLOCK, 2));
	}

	@Test
	void shouldNotWaitLongerForMemory() {
		Deque<Lease> all = new ArrayDeque<>();
		for (Lease lease = take(); lease != null; lease = take()) {
			all.add(lease);
		}
		assertNotDone(() -> write(0, filled(BLOCK, 1), in(Duration.ofMillis(50))));
		all.forEach(Lease::close);
	}

	private Lease take() {
		return this.rig.pool.tryLease("acme", BLOCK);
	}

	@Test
	void shouldNotWaitLongerForTheRate() throws IOException {
		this.rig.rate = new Rate(null, 64L << 10);
		ByteBuffer into = ByteBuffer.allocate(8 * MIB);
		long begin = System.nanoTime();
		Refusals.of(Problem.DEADLINE_EXCEEDED,
				() -> this.rig.blocks.read(KEY, 0, into.capacity(), in(Duration.ofMillis(300)), into::put));
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
		assertThat(into.position()).isBetween(1, into.capacity() - 1);
	}

	private void write(long offset, byte[] bytes, TransferOptions options) throws IOException {
		this.rig.blocks.write(KEY, offset, bytes.length, options, BlockRig.source(bytes, bytes.length));
	}

	private static void assertNotDone(ThrowingCallable call) {
		assertThat(Refusals.of(Problem.DEADLINE_EXCEEDED, call).properties()).containsEntry("outcome", "not-done");
	}

	private static TransferOptions in(Duration time) {
		long deadline = System.nanoTime() + time.toNanos();
		return new TransferOptions(false, TimeUnit.SECONDS.toNanos(20), 0, new Caller() {

			@Override
			public long deadline() {
				return deadline;
			}

			@Override
			public boolean isGone() {
				return false;
			}

		});
	}

	private static byte[] filled(int size, int value) {
		byte[] bytes = new byte[size];
		Arrays.fill(bytes, (byte) value);
		return bytes;
	}

}
