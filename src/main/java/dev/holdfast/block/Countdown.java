package dev.holdfast.block;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoOperation;
import org.jspecify.annotations.Nullable;

/**
 * How many operations of a batch are on their way. One thread hands them over, for which
 * the engine is woken once, and waits for all of them, for which it is woken once, not
 * once for each.
 */
final class Countdown {

	/** One for the thread. */
	private final AtomicInteger left = new AtomicInteger(1);

	private final IoEngine engine;

	/** For the thread only. */
	private boolean gathering = true;

	private volatile @Nullable Thread waiter;

	Countdown(IoEngine engine) {
		this.engine = engine;
	}

	/**
	 * Hands over an operation. By the thread.
	 */
	boolean submit(IoOperation operation) {
		return this.gathering ? this.engine.submitMore(operation) : this.engine.submit(operation);
	}

	/**
	 * Has what was handed over taken up. What follows is taken up as it comes.
	 */
	void begin() {
		this.gathering = false;
		this.engine.begin();
	}

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
	 * Begins, and waits for all. Once.
	 */
	void await() {
		begin();
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
