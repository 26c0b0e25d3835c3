package dev.holdfast.block;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerArray;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class BlockRangesTests {

	private static final UUID VOLUME = new UUID(0, 1);

	/** In the same queue. */
	private static final UUID OTHER = new UUID(0, 65);

	private static final long NEVER = Long.MAX_VALUE;

	private final BlockRanges ranges = new BlockRanges();

	@Test
	void letsWritersOfWholeBlocksPass() {
		try (BlockRanges.Grant one = whole(0, 9); BlockRanges.Grant two = whole(5, 20)) {
			assertThat(one).isNotNull();
			assertThat(two).isNotNull();
		}
	}

	@Test
	void keepsABlockThatIsWrittenInPart() {
		try (BlockRanges.Grant part = this.ranges.tryAcquire(VOLUME, 5, 8, true, false)) {
			assertThat(part).isNotNull();
			assertThat(whole(0, 5)).isNull();
			assertThat(whole(5, 5)).isNull();
			close(whole(0, 4));
			close(whole(6, 8));
			close(this.ranges.tryAcquire(OTHER, 5, 5, true, false));
			assertThat(this.ranges.tryAcquire(VOLUME, 8, 9, true, false)).as("a part of a block written whole")
				.isNull();
		}
		close(whole(0, 5));
		try (BlockRanges.Grant part = this.ranges.tryAcquire(VOLUME, 5, 8, false, true)) {
			assertThat(part).isNotNull();
			close(whole(5, 7));
			assertThat(whole(8, 8)).isNull();
		}
		try (BlockRanges.Grant full = whole(0, 9)) {
			assertThat(full).isNotNull();
			assertThat(this.ranges.tryAcquire(VOLUME, 4, 4, true, false)).isNull();
		}
	}

	@Test
	void keepsTheOrderOfArrival() throws Exception {
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			BlockRanges.Grant full = this.ranges.acquire(VOLUME, 0, 9, false, false, NEVER);
			Future<BlockRanges.Grant> part = threads
				.submit(() -> this.ranges.acquire(VOLUME, 4, 4, true, false, NEVER));
			await().until(() -> whole(4, 4) == null);
			assertThat(part.isDone()).isFalse();
			full.close();
			part.get(10, TimeUnit.SECONDS).close();
			close(whole(4, 4));
		}
	}

	@Test
	void givesUpInTimeAndIsForgotten() {
		try (BlockRanges.Grant part = this.ranges.acquire(VOLUME, 4, 4, true, false, NEVER)) {
			assertThatExceptionOfType(ProblemException.class)
				.isThrownBy(() -> this.ranges.acquire(VOLUME, 0, 9, false, true, System.nanoTime() + 20_000_000))
				.satisfies((late) -> assertThat(late.problem()).isEqualTo(Problem.DEADLINE_EXCEEDED));
			close(whole(9, 9));
			assertThat(part).isNotNull();
		}
	}

	@Test
	void excludesWritersOfPartsUnderContentionAndNeverLocksUp() throws Exception {
		long seed = System.nanoTime();
		int blocks = 12;
		// Positive: so many write it whole. Negative: somebody writes a part.
		AtomicIntegerArray writers = new AtomicIntegerArray(blocks);
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<?>> tasks = new ArrayList<>();
			for (int i = 0; i < 16; i++) {
				Random random = new Random(seed + i);
				tasks.add(threads.submit(() -> {
					for (int step = 0; step < 2000; step++) {
						int first = random.nextInt(blocks);
						int last = first + random.nextInt(blocks - first);
						boolean head = random.nextInt(3) == 0;
						boolean tail = random.nextInt(3) == 0;
						try (BlockRanges.Grant grant = this.ranges.acquire(VOLUME, first, last, head, tail, NEVER)) {
							assertThat(grant).isNotNull();
							for (int block = first; block <= last; block++) {
								boolean alone = (head && block == first) || (tail && block == last);
								int before = writers.getAndAdd(block, alone ? -1000 : 1);
								assertThat(before).as("seed %d", seed).isNotNegative();
								assertThat(alone && before != 0).as("seed %d", seed).isFalse();
							}
							for (int block = first; block <= last; block++) {
								boolean alone = (head && block == first) || (tail && block == last);
								writers.addAndGet(block, alone ? 1000 : -1);
							}
						}
					}
					return null;
				}));
			}
			for (Future<?> task : tasks) {
				try {
					task.get(60, TimeUnit.SECONDS);
				}
				catch (TimeoutException ex) {
					throw new AssertionError("locked up, seed " + seed, ex);
				}
			}
		}
	}

	private BlockRanges.Grant whole(long first, long last) {
		return this.ranges.tryAcquire(VOLUME, first, last, false, false);
	}

	private static void close(BlockRanges.Grant grant) {
		assertThat(grant).isNotNull();
		grant.close();
	}

}
