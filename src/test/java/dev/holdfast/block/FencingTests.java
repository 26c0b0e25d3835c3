package dev.holdfast.block;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.RecordingEngine;
import dev.holdfast.device.Rig;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoKind;
import dev.holdfast.engine.IoOperation;
import dev.holdfast.testing.Refusals;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.volume.Leases;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeLease;
import dev.holdfast.volume.VolumeSpec;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Who has lost a volume changes nothing in it, whatever was on its way.
 */
@RequiresIoUring
class FencingTests {

	private static final int ROUNDS = 25;

	private static final int WRITERS = 4;

	private static final int MEBIBYTE = 1 << 20;

	private static final int SIZE = MEBIBYTE;

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	private static final Duration TTL = Duration.ofMinutes(10);

	@TempDir
	private Path directory;

	/**
	 * Each round has a new holder, which fills the volume as soon as it has its number.
	 * Those before it never stop trying, and their operations reach the device late.
	 */
	@ParameterizedTest
	@EnumSource
	void letsNoByteOfAnOldHolderLandAfterANewLease(Rig.Kind kind) throws Exception {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		AtomicBoolean prompt = new AtomicBoolean(true);
		try (ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
				BlockRig rig = new BlockRig(kind, Rig.sparse(this.directory, 64 << 20),
						(engine) -> late(engine, timer, prompt));
				ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			rig.volumes.create(DB, VolumeSpec.ofSize(SIZE));
			VolumeLease lease = rig.leases.take(DB, TTL, false);
			for (int round = 1; round <= ROUNDS; round++) {
				prompt.set(false);
				AtomicInteger answers = new AtomicInteger();
				List<Future<?>> old = new ArrayList<>();
				for (int i = 0; i < WRITERS; i++) {
					TransferOptions options = BlockRig.DEFAULT.withLease(lease.number());
					Random own = new Random(random.nextLong());
					old.add(threads.submit(() -> untilItIsLost(rig, options, own, answers)));
				}
				int enough = random.nextInt(20);
				await().pollInterval(Duration.ofMillis(1)).until(() -> answers.get() >= enough);
				lease = rig.leases.take(DB, TTL, true);
				prompt.set(true);
				byte[] mine = filled(SIZE, round);
				TransferOptions options = BlockRig.DEFAULT.withLease(lease.number());
				rig.blocks.write(DB, 0, SIZE, options, BlockRig.source(mine, SIZE));
				for (Future<?> each : old) {
					each.get(20, TimeUnit.SECONDS);
				}
				byte[] found = read(rig, options);
				assertThat(Arrays.mismatch(found, mine)).as("seed %d, round %d", seed, round).isEqualTo(-1);
			}
			rig.leases.release(DB, lease.number());
			rig.assertNothingHeld(DB);
		}
	}

	/**
	 * Writes all over the volume in every way there is.
	 */
	private static Void untilItIsLost(BlockRig rig, TransferOptions options, Random random, AtomicInteger answers)
			throws IOException {
		while (true) {
			// Parts of blocks keep others from them, whole blocks do not.
			int unit = (random.nextInt(4) == 0) ? 1 : 4096;
			int offset = random.nextInt(SIZE / unit) * unit;
			int length = Math.min(SIZE - offset, unit * (1 + random.nextInt((1 << 18) / unit)));
			try {
				if (random.nextInt(4) == 0) {
					rig.blocks.zero(DB, offset, length, options);
				}
				else {
					rig.blocks.write(DB, offset, length, options,
							BlockRig.source(filled(length, 0xEE), 1 + random.nextInt(length)));
				}
				answers.incrementAndGet();
			}
			catch (ProblemException ex) {
				assertThat(ex.problem()).as(ex.detail()).isEqualTo(Problem.LEASE_LOST);
				return null;
			}
		}
	}

	private static byte[] read(BlockRig rig, TransferOptions options) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(SIZE);
		rig.blocks.read(DB, 0, SIZE, options, bytes::put);
		return bytes.array();
	}

	/**
	 * A device that takes up to 10 ms to begin with something, unless it is prompt.
	 */
	private static IoEngine late(IoEngine engine, ScheduledExecutorService timer, AtomicBoolean prompt) {
		return (IoEngine) Proxy.newProxyInstance(IoEngine.class.getClassLoader(), new Class<?>[] { IoEngine.class },
				(proxy, method, arguments) -> {
					if (!prompt.get() && arguments != null && arguments[0] instanceof IoOperation operation
							&& method.getName().equals("submit")) {
						Future<?> begins = timer.schedule(() -> {
							while (!engine.submit(operation)) {
								Thread.onSpinWait();
							}
						}, ThreadLocalRandom.current().nextInt(10_000), TimeUnit.MICROSECONDS);
						return !begins.isCancelled();
					}
					try {
						return method.invoke(engine, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
	}

	@Test
	void givesANumberOnceWhatIsInFlightHasLanded() throws Exception {
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
				Held held = new Held(this.directory)) {
			BlockRig rig = held.rig;
			VolumeLease first = rig.leases.take(DB, TTL, false);
			held.engine.hold(IoKind.WRITE);
			Future<?> inFlight = threads.submit(() -> write(rig, first, 1, 4096));
			await().until(() -> held.engine.held() == 1);
			Future<VolumeLease> second = threads.submit(() -> rig.leases.take(DB, TTL, true));
			Future<Throwable> late = threads.submit(() -> failure(() -> write(rig, first, 2, 4096)));
			await().during(Duration.ofMillis(200)).until(() -> !second.isDone() && !late.isDone());
			held.engine.release();
			inFlight.get(10, TimeUnit.SECONDS);
			VolumeLease taken = second.get(10, TimeUnit.SECONDS);
			assertThat(late.get(10, TimeUnit.SECONDS)).isInstanceOfSatisfying(ProblemException.class,
					(ex) -> assertThat(ex.problem()).isEqualTo(Problem.LEASE_LOST));
			assertThat(read(rig, BlockRig.DEFAULT.withLease(taken.number()))).startsWith(filled(4096, 1));
		}
	}

	/** Also of those that have shown none, since there was none. */
	@Test
	void waitsForTheReadsOfOthersToo() throws Exception {
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
				Held held = new Held(this.directory)) {
			BlockRig rig = held.rig;
			held.engine.hold(IoKind.READ);
			Future<byte[]> inFlight = threads.submit(() -> rig.read(DB, 0, 4096));
			await().until(() -> held.engine.held() == 1);
			Future<VolumeLease> lease = threads.submit(() -> rig.leases.take(DB, TTL, false));
			await().during(Duration.ofMillis(100)).until(() -> !lease.isDone());
			held.engine.release();
			inFlight.get(10, TimeUnit.SECONDS);
			lease.get(10, TimeUnit.SECONDS);
			Refusals.of(Problem.LEASE_LOST, () -> rig.read(DB, 0, 4096));
		}
	}

	/** A device that hangs may still write what it has: nobody may be told otherwise. */
	@Test
	void leavesTheVolumeToWhoHasItWhenTheDeviceHangs() throws Exception {
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
				Held held = new Held(this.directory)) {
			BlockRig rig = held.rig;
			Leases impatient = new Leases(rig.volumes, rig.fences, Duration.ofMillis(100));
			VolumeLease first = rig.leases.take(DB, TTL, false);
			held.engine.hold(IoKind.WRITE);
			Future<?> inFlight = threads.submit(() -> write(rig, first, 1, 4096));
			await().until(() -> held.engine.held() == 1);
			Refusals.of(Problem.IN_USE, () -> impatient.take(DB, TTL, true));
			assertThat(rig.leases.find(DB)).hasValue(first);
			read(rig, BlockRig.DEFAULT.withLease(first.number()));
			held.engine.release();
			inFlight.get(10, TimeUnit.SECONDS);
			write(rig, first, 2, 4096);
			assertThat(impatient.take(DB, TTL, true).number()).isGreaterThan(first.number());
			Refusals.of(Problem.LEASE_LOST, () -> write(rig, first, 3, 4096));
		}
	}

	/** A deadline ends the wait of who writes, and not the write. */
	@Test
	void waitsForWhatItsWriterWaitsForNoMore() throws Exception {
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
				Held held = new Held(this.directory)) {
			BlockRig rig = held.rig;
			Leases impatient = new Leases(rig.volumes, rig.fences, Duration.ofMillis(100));
			held.engine.hold(IoKind.WRITE);
			TransferOptions hasty = new TransferOptions(false, TimeUnit.MILLISECONDS.toNanos(50));
			Future<Throwable> writer = threads.submit(
					() -> failure(() -> rig.blocks.write(DB, 0, 4096, hasty, BlockRig.source(filled(4096, 1), 4096))));
			await().until(() -> held.engine.held() == 1);
			Refusals.of(Problem.IN_USE, () -> impatient.take(DB, TTL, false));
			held.engine.release();
			writer.get(10, TimeUnit.SECONDS);
			rig.leases.take(DB, TTL, false);
		}
	}

	@Test
	void endsAStreamThatLosesTheVolume() throws Exception {
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
				Held held = new Held(this.directory)) {
			BlockRig rig = held.rig;
			rig.volumes.create(new VolumeKey("acme", "large"), VolumeSpec.ofSize(8 * MEBIBYTE));
			VolumeKey large = new VolumeKey("acme", "large");
			VolumeLease first = rig.leases.take(large, TTL, false);
			TransferOptions options = BlockRig.DEFAULT.withLease(first.number());
			CountDownLatch begun = new CountDownLatch(1);
			CompletableFuture<Void> lost = new CompletableFuture<>();
			ByteSource body = BlockRig.source(filled(8 * MEBIBYTE, 5), MEBIBYTE);
			int[] passed = new int[1];
			Future<Throwable> writer = threads
				.submit(() -> failure(() -> rig.blocks.write(large, 0, 8 * MEBIBYTE, options, (into) -> {
					if (passed[0] >= 3 * MEBIBYTE) {
						begun.countDown();
						lost.join();
					}
					int got = body.read(into);
					passed[0] += got;
					return got;
				})));
			begun.await();
			VolumeLease second = rig.leases.take(large, TTL, true);
			lost.complete(null);
			assertThat(writer.get(10, TimeUnit.SECONDS)).isInstanceOfSatisfying(ProblemException.class, (ex) -> {
				assertThat(ex.problem()).as(ex.detail()).isEqualTo(Problem.LEASE_LOST);
				assertThat(ex.properties()).containsEntry("bytesWritten", 3L * MEBIBYTE);
			});
			ByteBuffer found = ByteBuffer.allocate(8 * MEBIBYTE);
			rig.blocks.read(large, 0, 8 * MEBIBYTE, options.withLease(second.number()), found::put);
			byte[] expected = Arrays.copyOf(filled(3 * MEBIBYTE, 5), 8 * MEBIBYTE);
			assertThat(Arrays.equals(found.array(), expected)).isTrue();
			int[] seen = new int[1];
			Refusals.of(Problem.LEASE_LOST,
					() -> rig.blocks.read(large, 0, 8 * MEBIBYTE, options.withLease(second.number()), (bytes) -> {
						seen[0] += bytes.remaining();
						if (seen[0] == MEBIBYTE) {
							rig.leases.take(large, TTL, true);
						}
					}));
			// What was read ahead by then may still be passed on.
			assertThat(seen[0]).isBetween(MEBIBYTE, 3 * MEBIBYTE);
		}
	}

	@Test
	void refusesBeforeAnythingIsRead() throws Exception {
		try (Held held = new Held(this.directory)) {
			BlockRig rig = held.rig;
			VolumeLease lease = rig.leases.take(DB, TTL, false);
			TransferOptions older = BlockRig.DEFAULT.withLease(lease.number() - 1);
			for (TransferOptions wrong : List.of(BlockRig.DEFAULT, older)) {
				for (int length : new int[] { 0, 100 }) {
					Refusals.of(Problem.LEASE_LOST, () -> rig.blocks.write(DB, 0, length, wrong, (into) -> {
						throw new IllegalStateException("it was asked for the body");
					}));
					Refusals.of(Problem.LEASE_LOST, () -> rig.blocks.read(DB, 0, length, wrong, (bytes) -> {
						throw new IllegalStateException("it was given bytes");
					}));
					Refusals.of(Problem.LEASE_LOST, () -> rig.blocks.zero(DB, 0, length, wrong));
					Refusals.of(Problem.LEASE_LOST, () -> rig.blocks.discard(DB, 0, length, wrong));
				}
				Refusals.of(Problem.LEASE_LOST, () -> rig.blocks.flush(DB, wrong));
			}
			assertThat(read(rig, BlockRig.DEFAULT.withLease(lease.number()))).isEqualTo(new byte[SIZE]);
		}
	}

	private static Void write(BlockRig rig, VolumeLease lease, int value, int length) throws IOException {
		rig.blocks.write(DB, 0, length, BlockRig.DEFAULT.withLease(lease.number()),
				BlockRig.source(filled(length, value), length));
		return null;
	}

	private static Throwable failure(ThrowingCallable call) {
		return org.assertj.core.api.Assertions.catchThrowable(call);
	}

	private static byte[] filled(int size, int value) {
		byte[] bytes = new byte[size];
		Arrays.fill(bytes, (byte) value);
		return bytes;
	}

	/**
	 * A volume on a device that can be told to hang.
	 */
	private static final class Held implements AutoCloseable {

		private final List<RecordingEngine> recording = new ArrayList<>();

		private final BlockRig rig;

		private final RecordingEngine engine;

		Held(Path directory) throws IOException {
			this.rig = new BlockRig(Rig.Kind.PSYNC, Rig.sparse(directory, 64 << 20), (real) -> {
				this.recording.add(new RecordingEngine(real));
				return this.recording.getFirst();
			});
			this.engine = this.recording.getFirst();
			this.rig.volumes.create(DB, VolumeSpec.ofSize(SIZE));
		}

		@Override
		public void close() throws IOException {
			this.engine.release();
			await().until(() -> this.rig.pool.usedRatio() == 0);
			this.rig.close();
		}

	}

}
