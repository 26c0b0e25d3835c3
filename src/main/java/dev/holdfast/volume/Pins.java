package dev.holdfast.volume;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;

/**
 * How much I/O is in flight to a volume, and whether there may be more: in one word, so
 * that whoever says "no more" knows whom to wait for. Closed, it refuses; halted, it lets
 * wait. Any thread; who closes or halts holds the lock that goes with it.
 */
final class Pins {

	private static final long CLOSED = Long.MIN_VALUE;

	private static final long HALTED = 1L << 62;

	private static final long COUNT = HALTED - 1;

	private final AtomicLong word = new AtomicLong(CLOSED);

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	/**
	 * Counts one more, once nothing is halted.
	 * @param deadlineNanos of the wait, in terms of {@link System#nanoTime()};
	 * {@link Long#MAX_VALUE} for never
	 * @param beforeWait called before a wait
	 * @return {@code false} if it is closed
	 * @throws ProblemException {@link Problem#OVERLOADED} if the wait took too long
	 */
	boolean add(long deadlineNanos, Runnable beforeWait) {
		while (true) {
			long before = this.word.get();
			if (before < 0) {
				return false;
			}
			if ((before & HALTED) != 0) {
				beforeWait.run();
				awaitResumed(deadlineNanos);
			}
			else if (this.word.compareAndSet(before, before + 1)) {
				return true;
			}
		}
	}

	void remove() {
		long after = this.word.decrementAndGet();
		if (after != 0 && (after & COUNT) == 0) {
			wake();
		}
	}

	boolean isOpen() {
		return this.word.get() >= 0;
	}

	void open() {
		this.word.getAndUpdate((before) -> before & ~CLOSED);
	}

	void close() {
		this.word.getAndUpdate((before) -> before | CLOSED);
		wake();
	}

	/**
	 * Refuses more and waits for all there are.
	 * @return {@code false} if there were still some after that time; it stays closed
	 */
	boolean drain(Duration limit) {
		close();
		return awaitNone(limit);
	}

	/**
	 * Lets more wait until {@link #resume}, and waits for all there are.
	 * @return {@code false} if there were still some after that time; it has resumed then
	 */
	boolean halt(Duration limit) {
		this.word.getAndUpdate((before) -> before | HALTED);
		if (awaitNone(limit)) {
			return true;
		}
		resume();
		return false;
	}

	void resume() {
		this.word.getAndUpdate((before) -> before & ~HALTED);
		wake();
	}

	private void wake() {
		this.lock.lock();
		try {
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean awaitNone(Duration limit) {
		long left = limit.toNanos();
		this.lock.lock();
		try {
			while ((this.word.get() & COUNT) != 0) {
				if (left <= 0) {
					return false;
				}
				left = this.changed.awaitNanos(left);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		finally {
			this.lock.unlock();
		}
		return true;
	}

	/**
	 * Interrupts do not end the wait; they are kept for the caller.
	 */
	private void awaitResumed(long deadlineNanos) {
		boolean interrupted = false;
		this.lock.lock();
		try {
			while ((this.word.get() & (HALTED | CLOSED)) == HALTED) {
				long left = (deadlineNanos == Long.MAX_VALUE) ? Duration.ofDays(1).toNanos()
						: deadlineNanos - System.nanoTime();
				if (left <= 0) {
					throw new ProblemException(Problem.OVERLOADED,
							"Somebody is taking a lease of the volume, or moving it, which takes long: try again")
						.with("retryable", true);
				}
				try {
					this.changed.awaitNanos(left);
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		finally {
			this.lock.unlock();
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
