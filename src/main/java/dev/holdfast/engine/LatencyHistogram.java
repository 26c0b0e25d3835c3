package dev.holdfast.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Latencies in buckets, twice: 20 classic ones that double from 5 µs, and those of a
 * Prometheus native histogram of schema 3 (eight to a doubling). One thread records, any
 * may read.
 */
public final class LatencyHistogram {

	/** Classic buckets, without the one for everything above. */
	public static final int CLASSIC_BUCKETS = 20;

	/** Schema of the native histogram. */
	public static final int SCHEMA = 3;

	private static final long FIRST_CLASSIC_NANOS = 5_000;

	private static final int PER_DOUBLING = 1 << SCHEMA;

	/** Index of the first native bucket: 2^(-30) s, about a nanosecond. */
	private static final int LOWEST = -30 * PER_DOUBLING;

	/** Up to 2^10 s. */
	private static final int NATIVE_BUCKETS = 40 * PER_DOUBLING + 1;

	private static final double[] STEPS = steps();

	private final AtomicLongArray classic = new AtomicLongArray(CLASSIC_BUCKETS + 1);

	private final AtomicLongArray fine = new AtomicLongArray(NATIVE_BUCKETS);

	private final AtomicLongArray sum = new AtomicLongArray(1);

	/**
	 * Upper bounds of the classic buckets.
	 * @return seconds, without infinity
	 */
	public static double[] classicBounds() {
		double[] bounds = new double[CLASSIC_BUCKETS];
		for (int i = 0; i < CLASSIC_BUCKETS; i++) {
			bounds[i] = (double) (FIRST_CLASSIC_NANOS << i) / TimeUnit.SECONDS.toNanos(1);
		}
		return bounds;
	}

	/**
	 * Counts one. One thread at a time.
	 */
	public void record(long nanos) {
		add(this.classic, classicIndex(nanos), 1);
		add(this.fine, nativeIndex(nanos), 1);
		add(this.sum, 0, nanos);
	}

	static int classicIndex(long nanos) {
		if (nanos <= FIRST_CLASSIC_NANOS) {
			return 0;
		}
		int doublings = Long.SIZE - Long.numberOfLeadingZeros((nanos - 1) / FIRST_CLASSIC_NANOS);
		return Math.min(doublings, CLASSIC_BUCKETS);
	}

	/** Bucket i holds what is above 2^((i-1)/8) and up to 2^(i/8) seconds. */
	static int nativeIndex(long nanos) {
		if (nanos <= 0) {
			return 0;
		}
		double seconds = nanos * 1e-9;
		int exponent = Math.getExponent(seconds);
		double mantissa = Math.scalb(seconds, -exponent);
		int step = 0;
		while (mantissa > STEPS[step]) {
			step++;
		}
		return Math.min(exponent * PER_DOUBLING + step - LOWEST, NATIVE_BUCKETS - 1);
	}

	private static double[] steps() {
		double[] steps = new double[PER_DOUBLING + 1];
		for (int i = 0; i <= PER_DOUBLING; i++) {
			steps[i] = Math.pow(2, (double) i / PER_DOUBLING);
		}
		return steps;
	}

	private static void add(AtomicLongArray array, int index, long value) {
		array.setOpaque(index, array.getPlain(index) + value);
	}

	/**
	 * What has been recorded up to now.
	 * @return a copy
	 */
	public Snapshot snapshot() {
		long[] classicCounts = copy(this.classic);
		long count = 0;
		for (long bucket : classicCounts) {
			count += bucket;
		}
		return new Snapshot(classicCounts, count, this.sum.getOpaque(0) * 1e-9, LOWEST, copy(this.fine));
	}

	private static long[] copy(AtomicLongArray array) {
		long[] values = new long[array.length()];
		for (int i = 0; i < values.length; i++) {
			values[i] = array.getOpaque(i);
		}
		return values;
	}

	/**
	 * What has been recorded.
	 *
	 * @param classic counts of the classic buckets, not cumulative, the last one for
	 * everything above
	 * @param count of all
	 * @param sumSeconds of all
	 * @param nativeOffset index of the first native bucket (schema {@link #SCHEMA}):
	 * bucket i ends at 2^(i/8) seconds
	 * @param nativeCounts counts of the native buckets
	 */
	@SuppressWarnings("ArrayRecordComponent")
	public record Snapshot(long[] classic, long count, double sumSeconds, int nativeOffset, long[] nativeCounts) {

	}

}
