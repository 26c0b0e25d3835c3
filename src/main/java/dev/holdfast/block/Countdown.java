package dev.holdfast.block;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * How many operations of a batch are on their way. One thread waits for all of them and
 * is woken once, not once for each.
 */
final class Countdown {

	/** One for the thread. */
	private final AtomicInteger left = new AtomicInteger(1);

	private volatile @Nullable Thread waiter;

	void more() {
		this.left.incrementAndGet();
	}

	/**
	 * From any thread.
	 */
	void done() {
		if (this.left.decrementAndGet() == 0) {
			LockSupport.unpark(this.waiter);
		}
	}

	/**
	 * Waits for all. Once.
	 */
	void await() {
		this.waiter = Thread.currentThread();
		done();
		boolean interrupted = false;
		while (this.left.get() > 0) {
			LockSupport.park(this);
			interrupted |= Thread.interrupted();
		}
		this.waiter = null;
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
