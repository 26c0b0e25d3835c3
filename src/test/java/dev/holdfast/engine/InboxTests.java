package dev.holdfast.engine;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class InboxTests {

	private final AtomicInteger rung = new AtomicInteger();

	private final Inbox<Integer> inbox = new Inbox<>(4, this.rung::incrementAndGet);

	@Test
	void shouldGiveMessagesInTheirOrder() {
		for (int i = 0; i < 4; i++) {
			assertThat(this.inbox.offer(i)).isTrue();
		}
		for (int i = 0; i < 4; i++) {
			assertThat(this.inbox.poll()).isEqualTo(i);
		}
		assertThat(this.inbox.poll()).isNull();
	}

	@Test
	void shouldRefuseWhatHasNoRoomAndNotRing() {
		for (int i = 0; i < 4; i++) {
			this.inbox.offer(i);
		}
		assertThat(this.inbox.offer(4)).isFalse();
		assertThat(this.rung.get()).isZero();
		this.inbox.poll();
		assertThat(this.inbox.offer(4)).isTrue();
	}

	@Test
	void shouldRingOnceAndOnlyWhileTheLoopSleeps() {
		this.inbox.offer(1);
		assertThat(this.rung.get()).isZero();
		this.inbox.poll();
		assertThat(this.inbox.fallAsleep()).isTrue();
		this.inbox.offer(2);
		this.inbox.offer(3);
		assertThat(this.rung.get()).isEqualTo(1);
		this.inbox.wakeUp();
		this.inbox.offer(4);
		assertThat(this.rung.get()).isEqualTo(1);
	}

	@Test
	void shouldRingOnceForMessagesThatGoTogether() {
		assertThat(this.inbox.fallAsleep()).isTrue();
		this.inbox.offerQuietly(1);
		this.inbox.offerQuietly(2);
		assertThat(this.rung.get()).isZero();
		this.inbox.wake();
		this.inbox.wake();
		assertThat(this.rung.get()).isEqualTo(1);
		assertThat(this.inbox.poll()).isEqualTo(1);
	}

	@Test
	void shouldNotFallAsleepOverAMessage() {
		this.inbox.offer(1);
		assertThat(this.inbox.fallAsleep()).isFalse();
		this.inbox.offer(2);
		assertThat(this.rung.get()).as("it is awake").isZero();
	}

	@Test
	void shouldNotRingForALoopThatWokeByItself() {
		assertThat(this.inbox.fallAsleep()).isTrue();
		this.inbox.wakeUp();
		this.inbox.offer(1);
		assertThat(this.rung.get()).isZero();
	}

	/** A lost wake-up would leave the consumer asleep for ever. */
	@Test
	void shouldHandOverEveryMessageOfManyThreads() throws InterruptedException {
		int producers = 4;
		int each = 20_000;
		Semaphore bell = new Semaphore(0);
		Inbox<Integer> busy = new Inbox<>(64, bell::release);
		int[] last = new int[producers];
		CountDownLatch done = new CountDownLatch(1);
		Thread consumer = Thread.ofPlatform().daemon().start(() -> {
			int taken = 0;
			while (taken < producers * each) {
				Integer message = busy.poll();
				if (message != null) {
					int producer = message % producers;
					assertThat(message / producers).isEqualTo(last[producer]++);
					taken++;
				}
				else if (busy.fallAsleep()) {
					bell.acquireUninterruptibly();
					busy.wakeUp();
				}
			}
			done.countDown();
		});
		IntStream.range(0, producers).forEach((producer) -> Thread.ofPlatform().daemon().start(() -> {
			for (int i = 0; i < each; i++) {
				while (!busy.offer(i * producers + producer)) {
					Thread.onSpinWait();
				}
			}
		}));
		assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
		consumer.join();
	}

}
