package dev.holdfast.block;

import java.time.Duration;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant has left of its rate. It may begin something as long as anything is left,
 * and what that takes is taken off in full: so whatever is large passes, and is paid for
 * by who comes next. At rest there is as much as for a second. Any thread.
 */
final class TenantRate {

	/** Buckets do not go beyond a token a nanosecond, and drives beyond a GB/s. */
	private static final long UNIT = 1024;

	private static final Duration SECOND = Duration.ofSeconds(1);

	final Rate rate;

	private final @Nullable Bucket operations;

	private final @Nullable Bucket units;

	TenantRate(Rate rate) {
		this.rate = rate;
		Long iops = rate.iops();
		Long bytes = rate.bytesPerSecond();
		this.operations = (iops != null) ? bucket(iops) : null;
		this.units = (bytes != null) ? bucket(Math.ceilDiv(bytes, UNIT)) : null;
	}

	private static Bucket bucket(long perSecond) {
		return Bucket.builder()
			.addLimit((limit) -> limit.capacity(perSecond).refillGreedy(perSecond, SECOND))
			.withNanosecondPrecision()
			.build();
	}

	/**
	 * Begins an operation, if there is anything left.
	 * @return 0, or how long until there is, in nanoseconds
	 */
	long begin() {
		long wait = takeOne(this.operations);
		if (wait > 0) {
			return wait;
		}
		wait = takeOne(this.units);
		if (wait > 0 && this.operations != null) {
			this.operations.addTokens(1);
		}
		return wait;
	}

	private static long takeOne(@Nullable Bucket bucket) {
		if (bucket == null) {
			return 0;
		}
		ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
		return probe.isConsumed() ? 0 : Math.max(1, probe.getNanosToWaitForRefill());
	}

	/**
	 * Takes off the rest of what has begun.
	 * @param count operations, with the one that was taken off already
	 * @param bytes that they move
	 */
	void moves(long count, long bytes) {
		takeOff(this.operations, count - 1);
		takeOff(this.units, Math.ceilDiv(bytes, UNIT) - 1);
	}

	private static void takeOff(@Nullable Bucket bucket, long tokens) {
		if (bucket != null && tokens > 0) {
			bucket.consumeIgnoringRateLimits(tokens);
		}
	}

	/** How much of a second's worth is taken. */
	Rate used() {
		return new Rate(used(this.operations, this.rate.iops(), 1), used(this.units, this.rate.bytesPerSecond(), UNIT));
	}

	private static @Nullable Long used(@Nullable Bucket bucket, @Nullable Long limit, long unit) {
		return (bucket != null && limit != null) ? Math.max(0, limit - bucket.getAvailableTokens() * unit) : null;
	}

}
