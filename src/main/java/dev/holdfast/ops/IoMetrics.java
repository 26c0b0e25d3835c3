package dev.holdfast.ops;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.holdfast.buffer.StagingPool;
import dev.holdfast.device.Device;
import dev.holdfast.device.Devices;
import dev.holdfast.engine.EngineStatistics;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.LatencyHistogram;
import dev.holdfast.uring.sys.Errno;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;

/**
 * What the engine's threads have counted, for a scrape. Nothing is recorded here: the
 * threads record into arrays of their own, which this reads.
 */
final class IoMetrics implements MultiCollector {

	private final IoEngine engine;

	private final Devices devices;

	private final StagingPool staging;

	private final long memlockBytes;

	private final String version;

	IoMetrics(IoEngine engine, Devices devices, StagingPool staging, long memlockBytes, String version) {
		this.engine = engine;
		this.devices = devices;
		this.staging = staging;
		this.memlockBytes = memlockBytes;
		this.version = version;
	}

	@Override
	public MetricSnapshots collect() {
		EngineStatistics statistics = this.engine.statistics();
		return MetricSnapshots.of(durations(statistics), bytes(statistics), errors(statistics), inFlight(),
				rings("holdfast_ring_enters", "Calls of io_uring_enter", statistics, EngineStatistics.RingLine::enters),
				rings("holdfast_ring_submitted", "Queue entries given to the kernel", statistics,
						EngineStatistics.RingLine::submitted),
				rings("holdfast_ring_cq_overflow", "Completions that the kernel had no room for", statistics,
						EngineStatistics.RingLine::overflows),
				gauge("holdfast_staging_used_ratio", "Staging memory lent out, 0 to 1", this.staging.usedRatio()),
				gauge("holdfast_memlock_limit_bytes", "Memory that the process may lock", limit(this.memlockBytes)),
				InfoSnapshot.builder()
					.name("holdfast_build")
					.help("The release")
					.dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
						.labels(Labels.of("version", this.version))
						.build())
					.build());
	}

	private static HistogramSnapshot durations(EngineStatistics statistics) {
		HistogramSnapshot.Builder metric = HistogramSnapshot.builder()
			.name("holdfast_io_duration_seconds")
			.help("From the submission of an operation to its answer");
		statistics.devices().forEach((line) -> metric.dataPoint(duration(line)));
		return metric.build();
	}

	private static HistogramDataPointSnapshot duration(EngineStatistics.DeviceLine line) {
		LatencyHistogram.Snapshot latency = line.latency();
		double[] bounds = LatencyHistogram.classicBounds();
		double[] withInfinity = Arrays.copyOf(bounds, bounds.length + 1);
		withInfinity[bounds.length] = Double.POSITIVE_INFINITY;
		HistogramDataPointSnapshot.Builder point = HistogramDataPointSnapshot.builder();
		point.classicHistogramBuckets(ClassicHistogramBuckets.of(withInfinity, latency.classic()))
			.nativeSchema(LatencyHistogram.SCHEMA)
			.nativeBucketsForPositiveValues(nativeBuckets(latency))
			.sum(latency.sumSeconds());
		return point.labels(labels(line)).build();
	}

	private static NativeHistogramBuckets nativeBuckets(LatencyHistogram.Snapshot latency) {
		long[] counts = latency.nativeCounts();
		List<Integer> used = IntStream.range(0, counts.length).filter((i) -> counts[i] > 0).boxed().toList();
		return NativeHistogramBuckets.of(
				used.stream().map((i) -> i + latency.nativeOffset()).collect(Collectors.toList()),
				used.stream().map((i) -> counts[i]).collect(Collectors.toList()));
	}

	private static CounterSnapshot bytes(EngineStatistics statistics) {
		CounterSnapshot.Builder metric = CounterSnapshot.builder().name("holdfast_io_bytes").help("Bytes moved");
		statistics.devices()
			.forEach((line) -> metric.dataPoint(
					CounterDataPointSnapshot.builder().labels(labels(line)).value((double) line.bytes()).build()));
		return metric.build();
	}

	private static CounterSnapshot errors(EngineStatistics statistics) {
		CounterSnapshot.Builder metric = CounterSnapshot.builder().name("holdfast_io_errors").help("Failed operations");
		statistics.errors()
			.forEach((line) -> metric.dataPoint(CounterDataPointSnapshot.builder()
				.labels(Labels.of("device", line.device(), "op", line.kind().label(), "errno",
						Errno.name(line.errno())))
				.value((double) line.count())
				.build()));
		return metric.build();
	}

	private GaugeSnapshot inFlight() {
		GaugeSnapshot.Builder metric = GaugeSnapshot.builder()
			.name("holdfast_io_inflight")
			.help("Operations accepted and not yet released");
		for (Device device : this.devices.online()) {
			metric.dataPoint(GaugeDataPointSnapshot.builder()
				.labels(Labels.of("device", device.name()))
				.value(device.io().inFlight())
				.build());
		}
		return metric.build();
	}

	private static CounterSnapshot rings(String name, String help, EngineStatistics statistics,
			ToLongFunction<EngineStatistics.RingLine> value) {
		CounterSnapshot.Builder metric = CounterSnapshot.builder().name(name).help(help);
		statistics.rings()
			.forEach((line) -> metric.dataPoint(CounterDataPointSnapshot.builder()
				.labels(Labels.of("ring", Integer.toString(line.ring())))
				.value((double) value.applyAsLong(line))
				.build()));
		return metric.build();
	}

	private static GaugeSnapshot gauge(String name, String help, double value) {
		return GaugeSnapshot.builder()
			.name(name)
			.help(help)
			.dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
			.build();
	}

	private static Labels labels(EngineStatistics.DeviceLine line) {
		return Labels.of("device", line.device(), "op", line.kind().label(), "tier", line.tier().label());
	}

	private static double limit(long bytes) {
		return (bytes == Long.MAX_VALUE) ? Double.POSITIVE_INFINITY : bytes;
	}

}
