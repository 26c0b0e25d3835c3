package dev.holdfast.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * Counts the uses of something and, once it is closed, tells when the last one has ended,
 * as the kernel's {@code q_usage_counter} does for a block queue. From any thread.
 */
public final class UsageCounter {

	private static final int CLOSED = 1 << 31;

	/** Not an object of its own, which each submission would have to go through. */
	private static final AtomicIntegerFieldUpdater<UsageCounter> USES = AtomicIntegerFieldUpdater
		.newUpdater(UsageCounter.class, "uses");

	/** Uses, and the sign bit once closed. */
	private volatile int uses;

	private final CompletableFuture<Void> idle = new CompletableFuture<>();

	/**
	 * Uses that have not ended.
	 * @return a snapshot
	 */
	public int count() {
		return this.uses & ~CLOSED;
	}

	boolean open() {
		return this.uses >= 0;
	}

	/**
	 * Counts a use.
	 * @return how many there were before; negative if it is closed, and then this one
	 * does not count
	 */
	public int acquire() {
		int before = USES.getAndIncrement(this);
		if (before < 0) {
			release();
		}
		return before;
	}

	/**
	 * Ends a use that counts. May complete the future of {@link #close()} on this thread.
	 */
	public void release() {
		if (USES.decrementAndGet(this) == CLOSED) {
			this.idle.complete(null);
		}
	}

	/**
	 * Refuses further uses.
	 * @return completes when none is left
	 */
	public CompletableFuture<Void> close() {
		int before = USES.getAndUpdate(this, (now) -> now | CLOSED);
		if (before == 0 || before == CLOSED) {
			this.idle.complete(null);
		}
		return this.idle;
	}

}
