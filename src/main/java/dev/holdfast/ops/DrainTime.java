package dev.holdfast.ops;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The time that a stop has, shared by all that it waits for: a step that took long leaves
 * less for those after it.
 */
final class DrainTime {

	private final Duration limit;

	private @Nullable Long began;

	DrainTime(Duration limit) {
		this.limit = limit;
	}

	/**
	 * What is left of it, which is all of it when this is called first.
	 * @return never negative
	 */
	synchronized Duration left() {
		long now = System.nanoTime();
		if (this.began == null) {
			this.began = now;
		}
		Duration left = this.limit.minusNanos(now - this.began);
		return left.isNegative() ? Duration.ZERO : left;
	}

	Duration limit() {
		return this.limit;
	}

}
