package dev.holdfast.ops;

import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

import dev.holdfast.block.TenantIo;
import dev.holdfast.buffer.Buffers;
import dev.holdfast.engine.IoKind;
import dev.holdfast.mapping.Mappings;
import dev.holdfast.tenant.Quotas;
import dev.holdfast.tenant.Tenant;
import dev.holdfast.tenant.TenantListener;
import dev.holdfast.tenant.Tenants;
import dev.holdfast.volume.Volumes;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import org.jspecify.annotations.Nullable;

/**
 * What tenants have and do, for a scrape: about twenty series each.
 */
final class TenantMetrics implements MultiCollector, TenantListener {

	private final Tenants tenants;

	private final Volumes volumes;

	private final Buffers buffers;

	private final Mappings mappings;

	private final TenantIo io;

	TenantMetrics(Tenants tenants, Volumes volumes, Buffers buffers, Mappings mappings, TenantIo io) {
		this.tenants = tenants;
		this.volumes = volumes;
		this.buffers = buffers;
		this.mappings = mappings;
		this.io = io;
	}

	@Override
	public MetricSnapshots collect() {
		GaugeSnapshot.Builder registered = Samples.gauge("holdfast_registered_bytes", "Memory of the tenant's buffers");
		GaugeSnapshot.Builder premapped = Samples.gauge("holdfast_premapped_bytes",
				"Memory that is mapped to devices ahead of I/O");
		GaugeSnapshot.Builder limit = Samples.gauge("holdfast_premapped_limit_bytes",
				"How much of that there may be; 0: none");
		GaugeSnapshot.Builder ratio = Samples.gauge("holdfast_quota_used_ratio",
				"How much of a quota is used, 1 for all of it");
		Map<String, Buffers.Use> memory = this.buffers.uses();
		Map<String, Long> premappedBytes = this.mappings.statistics().premappedBytes();
		Map<String, Long> counts = this.mappings.statistics().mappings();
		for (Tenant tenant : this.tenants.list()) {
			String name = tenant.name();
			Quotas quotas = tenant.quotas();
			Buffers.Use use = memory.getOrDefault(name, Buffers.Use.NONE);
			long mapped = premappedBytes.getOrDefault(name, 0L);
			Labels labels = Labels.of("tenant", name);
			registered.dataPoint(Samples.gauge(labels, (double) use.bytes()));
			premapped.dataPoint(Samples.gauge(labels, (double) mapped));
			limit.dataPoint(Samples.gauge(labels, (double) quotas.premappedLimit()));
			quota(ratio, name, "capacity", this.volumes.used(name), quotas.capacityBytes());
			quota(ratio, name, "registered", use.bytes(), quotas.registeredBytes());
			quota(ratio, name, "premapped", mapped, quotas.premappedBytes());
			quota(ratio, name, "buffers", use.count(), quotas.bufferLimit());
			quota(ratio, name, "mappings", counts.getOrDefault(name, 0L), quotas.mappingLimit());
		}
		List<TenantIo.Line> lines = this.io.lines();
		return MetricSnapshots.of(registered.build(), premapped.build(), limit.build(), ratio.build(),
				io("holdfast_tenant_io", "Operations that devices did for the tenant", lines, TenantIo.Line::count),
				io("holdfast_tenant_io_bytes", "Bytes moved for the tenant",
						lines.stream().filter((line) -> line.kind() != IoKind.FLUSH).toList(), TenantIo.Line::bytes),
				io("holdfast_tenant_io_seconds", "Time from submissions to answers, of all operations together", lines,
						TenantIo.Line::seconds));
	}

	/** Of nothing there is no part. */
	private static void quota(GaugeSnapshot.Builder metric, String tenant, String resource, long used,
			@Nullable Long limit) {
		if (limit != null && limit > 0) {
			metric.dataPoint(
					Samples.gauge(Labels.of("tenant", tenant, "resource", resource), (double) used / (double) limit));
		}
	}

	private static CounterSnapshot io(String name, String help, List<TenantIo.Line> lines,
			ToDoubleFunction<TenantIo.Line> value) {
		CounterSnapshot.Builder metric = Samples.counter(name, help);
		lines.forEach((line) -> metric.dataPoint(Samples
			.count(Labels.of("tenant", line.tenant(), "op", line.kind().label()), value.applyAsDouble(line))));
		return metric.build();
	}

	@Override
	public void created(Tenant tenant) {
		// It has done nothing yet.
	}

	@Override
	public void changed(Tenant tenant) {
		// The next scrape asks.
	}

	@Override
	public void deleted(Tenant tenant) {
		this.io.forget(tenant.name());
	}

}
