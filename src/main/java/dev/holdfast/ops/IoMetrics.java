package dev.holdfast.ops;

import java.util.function.ToLongFunction;

import dev.holdfast.buffer.Memlock;
import dev.holdfast.buffer.StagingPool;
import dev.holdfast.device.Device;
import dev.holdfast.device.Devices;
import dev.holdfast.engine.EngineStatistics;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.uring.sys.Errno;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/**
 * What the engine's threads have counted, for a scrape. Nothing is recorded here: the
 * threads record into arrays of their own, which this reads.
 */
final class IoMetrics implements MultiCollector {

	private final IoEngine engine;

	private final Devices devices;

	private final StagingPool staging;

	private final Memlock memlock;

	private final long memlockBytes;

	private final String version;

	IoMetrics(IoEngine engine, Devices devices, StagingPool staging, Memlock memlock, long memlockBytes,
			String version) {
		this.engine = engine;
		this.devices = devices;
		this.staging = staging;
		this.memlock = memlock;
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
				Samples.gauge("holdfast_staging_used_ratio", "Staging memory lent out, 0 to 1",
						this.staging.usedRatio()),
				Samples.gauge("holdfast_memlock_limit_bytes", "Memory that the process may lock",
						limit(this.memlockBytes)),
				Samples.gauge("holdfast_memlock_used_bytes",
						"Memory that the process has locked: registered, and rings", (double) this.memlock.used()),
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
		statistics.devices().forEach((line) -> metric.dataPoint(Samples.histogram(labels(line), line.latency())));
		return metric.build();
	}

	private static CounterSnapshot bytes(EngineStatistics statistics) {
		CounterSnapshot.Builder metric = Samples.counter("holdfast_io_bytes", "Bytes moved");
		statistics.devices().forEach((line) -> metric.dataPoint(Samples.count(labels(line), (double) line.bytes())));
		return metric.build();
	}

	private static CounterSnapshot errors(EngineStatistics statistics) {
		CounterSnapshot.Builder metric = Samples.counter("holdfast_io_errors", "Failed operations");
		statistics.errors()
			.forEach((line) -> metric.dataPoint(Samples.count(
					Labels.of("device", line.device(), "op", line.kind().label(), "errno", Errno.name(line.errno())),
					(double) line.count())));
		return metric.build();
	}

	private GaugeSnapshot inFlight() {
		GaugeSnapshot.Builder metric = Samples.gauge("holdfast_io_inflight",
				"Operations accepted and not yet released");
		for (Device device : this.devices.attached()) {
			metric.dataPoint(Samples.gauge(Labels.of("device", device.name()), device.io().inFlight()));
		}
		return metric.build();
	}

	private static CounterSnapshot rings(String name, String help, EngineStatistics statistics,
			ToLongFunction<EngineStatistics.RingLine> value) {
		CounterSnapshot.Builder metric = Samples.counter(name, help);
		statistics.rings()
			.forEach((line) -> metric.dataPoint(
					Samples.count(Labels.of("ring", Integer.toString(line.ring())), (double) value.applyAsLong(line))));
		return metric.build();
	}

	private static Labels labels(EngineStatistics.DeviceLine line) {
		return Labels.of("device", line.device(), "op", line.kind().label(), "tier", line.tier().label());
	}

	private static double limit(long bytes) {
		return (bytes == Long.MAX_VALUE) ? Double.POSITIVE_INFINITY : bytes;
	}

}
