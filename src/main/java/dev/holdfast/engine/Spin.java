package dev.holdfast.engine;

import java.util.concurrent.TimeUnit;

/**
 * How long a loop looks for work before it sleeps. Waking a sleeping thread costs about
 * as much as a fast drive takes, so where waits are short it is cheaper not to sleep; as
 * the kernel's {@code haltpoll} does, the time grows while waits turn out to be short
 * enough for it and shrinks to nothing when they do not. An idle loop sleeps. For one
 * thread.
 */
final class Spin {

	/**
	 * With more than this in the kernel one wake-up serves many, and the CPU is better
	 * left to the others.
	 */
	private static final int DEEP = 32;

	/** Longest time, in nanoseconds. */
	static final long MOST = TimeUnit.MICROSECONDS.toNanos(50);

	private static final long FIRST = TimeUnit.MICROSECONDS.toNanos(5);

	private static final boolean ALONE = Runtime.getRuntime().availableProcessors() == 1;

	private long nanos;

	/**
	 * For how long to look.
	 * @param inKernel pieces that the kernel has
	 * @return nanoseconds, 0 to sleep at once
	 */
	long nanos(int inKernel) {
		return (inKernel > DEEP) ? 0 : this.nanos;
	}

	/**
	 * The loop has slept.
	 * @param waited from the last work to the next, in nanoseconds
	 */
	void waited(long waited) {
		if (ALONE) {
			return;
		}
		if (waited > MOST) {
			this.nanos = (this.nanos <= FIRST) ? 0 : this.nanos / 2;
		}
		else {
			this.nanos = Math.min(MOST, Math.max(FIRST, this.nanos * 2));
		}
	}

}
