package dev.holdfast.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class UsageCounterTests {

	private final UsageCounter counter = new UsageCounter();

	@Test
	void shouldCountUses() {
		assertThat(this.counter.acquire()).isZero();
		assertThat(this.counter.acquire()).isEqualTo(1);
		assertThat(this.counter.count()).isEqualTo(2);
		this.counter.release();
		this.counter.release();
		assertThat(this.counter.count()).isZero();
	}

	@Test
	void shouldBeIdleAtOnceIfNothingUsesIt() {
		this.counter.acquire();
		this.counter.release();
		assertThat(this.counter.close()).isCompleted();
		assertThat(this.counter.close()).as("closed again").isCompleted();
	}

	@Test
	void shouldBeIdleWhenTheLastUseEnds() {
		this.counter.acquire();
		this.counter.acquire();
		CompletableFuture<Void> idle = this.counter.close();
		assertThat(this.counter.count()).isEqualTo(2);
		this.counter.release();
		assertThat(this.counter.close()).as("closed again").isSameAs(idle).isNotDone();
		this.counter.release();
		assertThat(idle).isCompleted();
	}

	@Test
	void shouldRefuseUsesOnceClosedAndNotCountThem() {
		this.counter.acquire();
		CompletableFuture<Void> idle = this.counter.close();
		assertThat(this.counter.acquire()).isNegative();
		assertThat(this.counter.count()).isEqualTo(1);
		assertThat(idle).isNotDone();
		this.counter.release();
		assertThat(this.counter.acquire()).isNegative();
		assertThat(this.counter.count()).isZero();
	}

	/** Memory is freed when it is idle: no use may go on then, nor begin later. */
	@RepeatedTest(200)
	void shouldNotBeIdleDuringAUse() throws Exception {
		CountDownLatch used = new CountDownLatch(3);
		AtomicInteger using = new AtomicInteger();
		AtomicBoolean idle = new AtomicBoolean();
		AtomicInteger wrong = new AtomicInteger();
		CompletableFuture<?>[] users = IntStream.range(0, 3).mapToObj((i) -> CompletableFuture.runAsync(() -> {
			while (this.counter.acquire() >= 0) {
				using.incrementAndGet();
				if (idle.get()) {
					wrong.incrementAndGet();
				}
				using.decrementAndGet();
				this.counter.release();
				used.countDown();
			}
		}, (task) -> Thread.ofPlatform().daemon().start(task))).toArray(CompletableFuture<?>[]::new);
		used.await();
		this.counter.close().thenRun(() -> {
			idle.set(true);
			wrong.addAndGet(using.get());
		}).get(10, TimeUnit.SECONDS);
		CompletableFuture.allOf(users).get(10, TimeUnit.SECONDS);
		assertThat(wrong.get()).isZero();
	}

}
