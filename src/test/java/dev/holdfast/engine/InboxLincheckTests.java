package dev.holdfast.engine;

import java.util.concurrent.atomic.AtomicBoolean;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The hand-off between threads, in all interleavings that matter: no message is lost or
 * out of order, and a loop that has gone to sleep is woken. Model checking takes memory
 * for sequentially consistent; the fences are what {@link InboxTests} stresses.
 */
class InboxLincheckTests {

	@Test
	void shouldBeAQueueThatWakesItsConsumer() {
		new ModelCheckingOptions().iterations(12)
			.invocationsPerIteration(400)
			.threads(2)
			.actorsPerThread(3)
			.actorsBefore(1)
			.actorsAfter(1)
			.check(OneProducer.class);
	}

	@Test
	void shouldNotSleepOverAMessageOfManyProducers() {
		new ModelCheckingOptions().iterations(12)
			.invocationsPerIteration(400)
			.threads(3)
			.actorsPerThread(2)
			.actorsBefore(1)
			.actorsAfter(0)
			.check(ManyProducers.class);
	}

	/** A consumer that sleeps until its bell rings. */
	private static final class Sleeper {

		final AtomicBoolean rung = new AtomicBoolean();

		final Inbox<Integer> inbox = new Inbox<>(16, () -> this.rung.set(true));

		private boolean asleep;

		/** One turn of a loop, as {@link EngineLoop} does it. */
		@Nullable Integer turn() {
			if (this.asleep) {
				if (!this.rung.getAndSet(false)) {
					return null;
				}
				this.asleep = false;
				this.inbox.wakeUp();
			}
			Integer message = this.inbox.poll();
			if (message == null) {
				this.asleep = this.inbox.fallAsleep();
			}
			return message;
		}

		boolean sleepsOverAMessage() {
			return this.asleep && !this.rung.get() && this.inbox.poll() != null;
		}

	}

	/**
	 * With one producer each turn after an offer must find what was offered, so that this
	 * is a linearizable queue.
	 */
	public static class OneProducer {

		private final Sleeper sleeper = new Sleeper();

		@Operation(nonParallelGroup = "producer")
		public boolean offer(@Param(gen = IntGen.class, conf = "1:5") int message) {
			return this.sleeper.inbox.offer(message);
		}

		@Operation(nonParallelGroup = "consumer")
		public @Nullable Integer turn() {
			return this.sleeper.turn();
		}

	}

	/**
	 * With several producers one may rely on the bell that another is about to ring, so
	 * what counts is how it ends.
	 */
	public static class ManyProducers {

		private final Sleeper sleeper = new Sleeper();

		@Operation
		public void offer(@Param(gen = IntGen.class, conf = "1:5") int message) {
			this.sleeper.inbox.offer(message);
		}

		@Operation(nonParallelGroup = "consumer")
		public void turn() {
			this.sleeper.turn();
		}

		@Validate
		public void assertAwake() {
			if (this.sleeper.sleepsOverAMessage()) {
				throw new IllegalStateException("the consumer sleeps, its bell has not been rung, a message waits");
			}
		}

	}

}
