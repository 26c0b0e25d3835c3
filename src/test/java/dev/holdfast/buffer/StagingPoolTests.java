package dev.holdfast.buffer;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Rig;
import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.Tier;
import dev.holdfast.testing.RequiresIoUring;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

class StagingPoolTests {

	private static final int MEBIBYTE = 1 << 20;

	private static final long NEVER = Long.MAX_VALUE;

	private final Rig rig = Rig.open(Rig.Kind.PSYNC);

	private StagingPool pool;

	@BeforeEach
	void open() throws Exception {
		this.pool = Staging.open(this.rig.engine(), 8 * MEBIBYTE, Duration.ofSeconds(20));
	}

	@AfterEach
	void close() throws Exception {
		assertThat(this.pool.usedRatio()).isZero();
		this.pool.close();
		this.rig.close();
	}

	@Test
	@RequiresIoUring
	void isRegisteredMemory() throws Exception {
		try (Rig rings = Rig.open(Rig.Kind.URING);
				StagingPool registered = Staging.open(rings.engine(), 4 * MEBIBYTE, Duration.ofSeconds(1));
				Lease lease = registered.lease("a", 4096, NEVER)) {
			assertThat(registered.buffer().io().tier()).isEqualTo(Tier.BVEC);
			assertThat(registered.refusal()).isNull();
		}
	}

	@Test
	@RequiresIoUring
	void countsInMemlockUntilItIsClosed() throws Exception {
		try (Rig rings = Rig.open(Rig.Kind.URING)) {
			Memlock memlock = new Memlock(rings.engine(), Long.MAX_VALUE);
			long before = memlock.used();
			StagingPool counted = Staging.open(rings.engine(), memlock, 4 * MEBIBYTE, Duration.ofSeconds(1));
			assertThat(memlock.used()).isEqualTo(before + 4 * MEBIBYTE);
			counted.close();
			assertThat(memlock.used()).isEqualTo(before);
		}
	}

	@Test
	@RequiresIoUring
	void isThereThoughItMayNotBeLocked() throws Exception {
		try (Rig rings = Rig.open(Rig.Kind.URING);
				StagingPool pool = Staging.open(rings.engine(), new Memlock(rings.engine(), MEBIBYTE), 4 * MEBIBYTE,
						Duration.ofSeconds(1))) {
			pool.lease("a", 4096, NEVER).close();
		}
	}

	@Test
	void lendsNothingButByLeases() {
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> this.pool.buffer().take(0, 4096, false))
			.satisfies((refused) -> assertThat(refused.problem()).isEqualTo(Problem.REGION_IN_FLIGHT));
	}

	@Test
	void lendsWhatIsAskedForAndCountsIt() {
		try (Lease small = this.pool.lease("a", 5000, NEVER); Lease large = this.pool.lease("b", MEBIBYTE, NEVER)) {
			assertThat(small.size()).isEqualTo(8192);
			assertThat(large.size()).isEqualTo(MEBIBYTE);
			assertThat(this.pool.usedRatio()).isEqualTo((8192 + MEBIBYTE) / (8.0 * MEBIBYTE));
			ByteBuffer bytes = small.bytes(0, 5000);
			bytes.putLong(4000, 42);
			IoBuffer whole = this.pool.buffer().io();
			assertThat(whole.memory().asSlice(small.offset() + 4000, 8).asByteBuffer().getLong()).isEqualTo(42);
		}
	}

	@Test
	void takesALeaseBackOnce() {
		Lease lease = this.pool.lease("a", MEBIBYTE, NEVER);
		lease.close();
		lease.close();
		assertThat(this.pool.usedRatio()).isZero();
	}

	@Test
	void givesATenantAQuarterAtMost() {
		try (Lease one = this.pool.lease("a", MEBIBYTE, NEVER); Lease two = this.pool.lease("a", MEBIBYTE, NEVER)) {
			assertThat(one.offset()).isNotEqualTo(two.offset());
			assertThat(this.pool.tryLease("a", 4096)).isNull();
			assertThatExceptionOfType(ProblemException.class)
				.isThrownBy(() -> this.pool.lease("a", 4096, System.nanoTime() + 1_000_000))
				.satisfies((refused) -> assertThat(refused.problem()).isEqualTo(Problem.OVERLOADED));
			this.pool.lease("b", MEBIBYTE, NEVER).close();
		}
	}

	@Test
	void doesNotLetOneTenantsQueueHoldUpAnother() throws Exception {
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			Lease one = this.pool.lease("a", MEBIBYTE, NEVER);
			Lease two = this.pool.lease("a", MEBIBYTE, NEVER);
			Future<Lease> waiting = threads.submit(() -> this.pool.lease("a", MEBIBYTE, NEVER));
			await().until(() -> this.pool.waiting() == 1);
			this.pool.lease("b", MEBIBYTE, NEVER).close();
			assertThat(waiting.isDone()).isFalse();
			one.close();
			waiting.get(10, TimeUnit.SECONDS).close();
			two.close();
		}
	}

	@Test
	void leavesAQuarterOfATenantsShareToShortTransfers() throws Exception {
		// The share is 2 MiB.
		assertThat(this.pool.portion("a")).isEqualTo(128 << 10);
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
				Lease large = this.pool.streamLease("a", MEBIBYTE, NEVER);
				Lease small = this.pool.streamLease("a", MEBIBYTE / 2, NEVER)) {
			assertThat(large.size() + small.size()).isEqualTo(MEBIBYTE * 3 / 2);
			assertThat(this.pool.portion("a")).isEqualTo(64 << 10);
			assertThat(this.pool.portion("b")).isEqualTo(128 << 10);
			assertThat(this.pool.tryStreamLease("a", 4096)).isNull();
			Future<Lease> waiting = threads.submit(() -> this.pool.streamLease("a", 64 << 10, NEVER));
			await().until(() -> this.pool.waiting() == 1);
			for (int i = 0; i < 8; i++) {
				this.pool.lease("a", 64 << 10, NEVER).close();
			}
			assertThat(waiting.isDone()).isFalse();
			Lease rest = this.pool.lease("a", MEBIBYTE / 2, NEVER);
			Future<Lease> brief = threads.submit(() -> this.pool.lease("a", 4096, NEVER));
			await().until(() -> this.pool.waiting() == 2);
			small.close();
			brief.get(10, TimeUnit.SECONDS).close();
			assertThat(waiting.isDone()).as("it would take what is left to short ones").isFalse();
			rest.close();
			waiting.get(10, TimeUnit.SECONDS).close();
		}
	}

	@Test
	void servesInTheOrderOfArrival() throws Exception {
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Lease> all = new ArrayList<>();
			for (int i = 0; i < 7; i++) {
				all.add(this.pool.lease("holder" + i, MEBIBYTE, NEVER));
			}
			all.add(this.pool.lease("half", MEBIBYTE / 2, NEVER));
			Future<Lease> large = threads.submit(() -> this.pool.lease("large", MEBIBYTE, NEVER));
			await().until(() -> this.pool.waiting() == 1);
			// There would be room for this one.
			Future<Lease> small = threads.submit(() -> this.pool.lease("small", 4096, NEVER));
			await().until(() -> this.pool.waiting() == 2);
			assertThat(this.pool.tryLease("late", 4096)).isNull();
			all.removeFirst().close();
			large.get(10, TimeUnit.SECONDS).close();
			small.get(10, TimeUnit.SECONDS).close();
			all.forEach(Lease::close);
		}
	}

	@Test
	void isWholeAgainAfterContention() throws Exception {
		long seed = System.nanoTime();
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<?>> tasks = new ArrayList<>();
			for (int i = 0; i < 60; i++) {
				int number = i;
				tasks.add(threads.submit(() -> {
					Random random = new Random(seed + number);
					for (int step = 0; step < 200; step++) {
						int size = Math.max(4, 1 + random.nextInt(MEBIBYTE >> random.nextInt(9)));
						try (Lease lease = this.pool.lease("tenant" + number % 7, size, NEVER)) {
							ByteBuffer bytes = lease.bytes(0, size);
							bytes.putInt(0, number);
							bytes.put(size - 1, (byte) number);
							LockSupport.parkNanos(1000);
							assertThat(bytes.get(size - 1)).as("seed %d: nobody else writes here", seed)
								.isEqualTo((byte) number);
						}
					}
					return null;
				}));
			}
			for (Future<?> task : tasks) {
				task.get(60, TimeUnit.SECONDS);
			}
		}
		List<Lease> all = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			all.add(this.pool.lease("tenant" + i, MEBIBYTE, NEVER));
		}
		assertThat(this.pool.usedRatio()).isEqualTo(1);
		all.forEach(Lease::close);
	}

	@Test
	void givesUpInTimeAndLeavesNoTrace() throws Exception {
		try (StagingPool impatient = Staging.open(this.rig.engine(), 4 * MEBIBYTE, Duration.ofMillis(50))) {
			Lease lease = impatient.lease("a", MEBIBYTE, NEVER);
			assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> impatient.lease("a", MEBIBYTE, NEVER))
				.withMessageContaining("within 50 ms");
			assertThat(impatient.waiting()).isZero();
			lease.close();
			impatient.lease("a", MEBIBYTE, NEVER).close();
		}
	}

	@Test
	void endsAnInterruptedWait() throws Exception {
		try (Lease one = this.pool.lease("a", MEBIBYTE, NEVER); Lease two = this.pool.lease("a", MEBIBYTE, NEVER)) {
			CountDownLatch refused = new CountDownLatch(1);
			Thread thread = Thread.ofVirtual().start(() -> {
				assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> this.pool.lease("a", 1, NEVER));
				assertThat(Thread.currentThread().isInterrupted()).isTrue();
				refused.countDown();
			});
			await().until(() -> this.pool.waiting() == 1);
			thread.interrupt();
			assertThat(refused.await(10, TimeUnit.SECONDS)).isTrue();
			assertThat(one.offset()).isNotEqualTo(two.offset());
		}
	}

	@Test
	void waitsForLeasesWhenItCloses() throws Exception {
		StagingPool closing = Staging.open(this.rig.engine(), 4 * MEBIBYTE, Duration.ofSeconds(1));
		Lease lease = closing.lease("a", 4096, NEVER);
		Thread closer = Thread.ofVirtual().start(() -> {
			try {
				closing.close();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
		await().untilAsserted(
				() -> assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> closing.tryLease("a", 4096))
					.withMessageContaining("stopping"));
		assertThat(closer.isAlive()).isTrue();
		lease.bytes(0, 4096).put(0, (byte) 1);
		lease.close();
		assertThat(closer.join(Duration.ofSeconds(10))).isTrue();
	}

	@Test
	void refusesASizeThatCannotBeCut() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> Staging.open(this.rig.engine(), 5_000_000, Duration.ofSeconds(1)))
			.withMessageContaining("multiple of 1 MiB");
	}

}
