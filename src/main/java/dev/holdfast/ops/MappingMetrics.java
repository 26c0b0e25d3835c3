package dev.holdfast.ops;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import dev.holdfast.device.Devices;
import dev.holdfast.engine.Tier;
import dev.holdfast.mapping.MappingStatistics;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import org.jspecify.annotations.Nullable;

/**
 * How buffers are mapped to devices, for a scrape. What was counted of a device that does
 * not belong here any more is left out.
 */
final class MappingMetrics implements MultiCollector {

	private final MappingStatistics mappings;

	private final Devices devices;

	MappingMetrics(MappingStatistics mappings, Devices devices) {
		this.mappings = mappings;
		this.devices = devices;
	}

	@Override
	public MetricSnapshots collect() {
		Set<String> names = this.devices.list()
			.stream()
			.map((device) -> device.known().name())
			.collect(Collectors.toSet());
		return MetricSnapshots.of(members(),
				counts("holdfast_mapping_fallbacks", "Operations that had to go by a lower tier, or without a mapping",
						this.mappings.fallbacks(), names),
				counts("holdfast_mapping_demotions", "Mappings that lost their tier to others",
						this.mappings.demotions(), names),
				times());
	}

	private GaugeSnapshot members() {
		GaugeSnapshot.Builder metric = Samples.gauge("holdfast_mapping_members",
				"Buffers mapped to the device, by state and tier");
		this.mappings.members()
			.forEach((condition, count) -> metric.dataPoint(Samples.gauge(Labels.of("device", condition.device(),
					"state", condition.state().label(), "tier", label(condition.tier())), (double) count)));
		return metric.build();
	}

	private static String label(@Nullable Tier tier) {
		return (tier != null) ? tier.label() : "";
	}

	private static CounterSnapshot counts(String name, String help, List<MappingStatistics.Count> counts,
			Set<String> devices) {
		CounterSnapshot.Builder metric = Samples.counter(name, help);
		counts.stream()
			.filter((count) -> devices.contains(count.device()))
			.forEach((count) -> metric.dataPoint(Samples
				.count(Labels.of("device", count.device(), "reason", count.reason().label()), (double) count.count())));
		return metric.build();
	}

	private HistogramSnapshot times() {
		HistogramSnapshot.Builder metric = HistogramSnapshot.builder()
			.name("holdfast_mapping_seconds")
			.help("To map a buffer to a device");
		this.mappings.times()
			.forEach((tier, times) -> metric.dataPoint(Samples.histogram(Labels.of("tier", tier.label()), times)));
		return metric.build();
	}

}
