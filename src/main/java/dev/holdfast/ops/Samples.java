package dev.holdfast.ops;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.holdfast.engine.LatencyHistogram;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;

/**
 * Figures in the form in which a scrape takes them.
 */
final class Samples {

	private Samples() {
	}

	static GaugeSnapshot.Builder gauge(String name, String help) {
		return GaugeSnapshot.builder().name(name).help(help);
	}

	static GaugeSnapshot gauge(String name, String help, double value) {
		return gauge(name, help).dataPoint(gauge(Labels.EMPTY, value)).build();
	}

	static GaugeDataPointSnapshot gauge(Labels labels, double value) {
		return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
	}

	/**
	 * A counter.
	 * @param name without {@code _total}
	 */
	static CounterSnapshot.Builder counter(String name, String help) {
		return CounterSnapshot.builder().name(name).help(help);
	}

	static CounterDataPointSnapshot count(Labels labels, double value) {
		return CounterDataPointSnapshot.builder().labels(labels).value(value).build();
	}

	/**
	 * Both histograms in one: who reads native ones gets them.
	 */
	static HistogramDataPointSnapshot histogram(Labels labels, LatencyHistogram.Snapshot times) {
		double[] bounds = LatencyHistogram.classicBounds();
		double[] withInfinity = Arrays.copyOf(bounds, bounds.length + 1);
		withInfinity[bounds.length] = Double.POSITIVE_INFINITY;
		return HistogramDataPointSnapshot.builder()
			.classicHistogramBuckets(ClassicHistogramBuckets.of(withInfinity, times.classic()))
			.nativeSchema(LatencyHistogram.SCHEMA)
			.nativeBucketsForPositiveValues(nativeBuckets(times))
			.sum(times.sumSeconds())
			.labels(labels)
			.build();
	}

	private static NativeHistogramBuckets nativeBuckets(LatencyHistogram.Snapshot times) {
		long[] counts = times.nativeCounts();
		List<Integer> used = IntStream.range(0, counts.length).filter((i) -> counts[i] > 0).boxed().toList();
		return NativeHistogramBuckets.of(
				used.stream().map((i) -> i + times.nativeOffset()).collect(Collectors.toList()),
				used.stream().map((i) -> counts[i]).collect(Collectors.toList()));
	}

}
