package dev.holdfast.engine;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class LatencyHistogramTests {

	private static final double NANO = 1e-9;

	private final LatencyHistogram histogram = new LatencyHistogram();

	@Test
	void shouldDoubleTheClassicBoundsFromFiveMicroseconds() {
		double[] bounds = LatencyHistogram.classicBounds();
		assertThat(bounds).hasSize(20);
		assertThat(bounds[0]).isEqualTo(5e-6);
		assertThat(bounds[1]).isEqualTo(10e-6);
		assertThat(bounds[19]).isEqualTo(2.62144);
	}

	@Test
	void shouldPutABoundIntoItsBucketAndWhatIsAboveIntoTheNext() {
		for (int i = 0; i < LatencyHistogram.CLASSIC_BUCKETS; i++) {
			long bound = 5_000L << i;
			assertThat(LatencyHistogram.classicIndex(bound)).as("bound %d", i).isEqualTo(i);
			assertThat(LatencyHistogram.classicIndex(bound + 1)).as("above bound %d", i).isEqualTo(i + 1);
		}
	}

	@ParameterizedTest
	@CsvSource({ "0, 0", "1, 0", "4999, 0", "2621440001, 20", "9223372036854775807, 20" })
	void shouldHaveAClassicBucketForEverything(long nanos, int index) {
		assertThat(LatencyHistogram.classicIndex(nanos)).isEqualTo(index);
	}

	/** Bucket i of schema 3 ends at 2^(i/8), that bound included. */
	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 7, 100, 999, 1_000, 4_096, 5_000, 123_456, 1_000_000, 16_000_000, 999_999_999,
			1_000_000_000, 1_000_000_001, 2_000_000_000, 4_000_000_000L, 30_000_000_000L, 1_000_000_000_000L })
	void shouldFindTheNativeBucket(long nanos) {
		int bucket = LatencyHistogram.nativeIndex(nanos) + this.histogram.snapshot().nativeOffset();
		assertThat(nanos * NANO).isLessThanOrEqualTo(bound(bucket)).isGreaterThan(bound(bucket - 1));
	}

	@Test
	void shouldPutWholeSecondsIntoTheBucketsThatTheyBound() {
		int offset = this.histogram.snapshot().nativeOffset();
		assertThat(LatencyHistogram.nativeIndex(1_000_000_000) + offset).isZero();
		assertThat(LatencyHistogram.nativeIndex(1_000_000_001) + offset).isEqualTo(1);
		assertThat(LatencyHistogram.nativeIndex(2_000_000_000) + offset).isEqualTo(8);
		assertThat(LatencyHistogram.nativeIndex(500_000_000) + offset).isEqualTo(-8);
	}

	@Test
	void shouldHaveANativeBucketForEverything() {
		int last = this.histogram.snapshot().nativeCounts().length - 1;
		assertThat(LatencyHistogram.nativeIndex(0)).isZero();
		assertThat(LatencyHistogram.nativeIndex(1_024_000_000_000L)).isEqualTo(last);
		assertThat(LatencyHistogram.nativeIndex(Long.MAX_VALUE)).isEqualTo(last);
	}

	@Test
	void shouldNotLetALongerTimeFallIntoAnEarlierBucket() {
		int previous = 0;
		for (double nanos = 1; nanos < 1e13; nanos *= 1.01) {
			int index = LatencyHistogram.nativeIndex((long) nanos);
			assertThat(index).isGreaterThanOrEqualTo(previous);
			previous = index;
		}
	}

	@Test
	void shouldCountAndSum() {
		for (long nanos : new long[] { 5_000, 5_001, 1_000_000_000, 3_000_000_000L }) {
			this.histogram.record(nanos);
		}
		LatencyHistogram.Snapshot snapshot = this.histogram.snapshot();
		assertThat(snapshot.count()).isEqualTo(4);
		assertThat(snapshot.sumSeconds()).isCloseTo(4.000010001, within(1e-12));
		assertThat(snapshot.classic()[0]).isEqualTo(1);
		assertThat(snapshot.classic()[1]).isEqualTo(1);
		assertThat(snapshot.classic()[20]).isEqualTo(1);
		assertThat(Arrays.stream(snapshot.classic()).sum()).isEqualTo(4);
		assertThat(Arrays.stream(snapshot.nativeCounts()).sum()).isEqualTo(4);
	}

	private static double bound(int bucket) {
		return Math.pow(2, bucket / 8.0);
	}

}
