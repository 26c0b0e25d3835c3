package dev.holdfast.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a device has answered. The device's loop records, any thread may read.
 */
@SuppressWarnings("EnumOrdinal")
final class DeviceCounters {

	private static final IoKind[] KINDS = IoKind.values();

	private static final Tier[] TIERS = Tier.values();

	private final LatencyHistogram[] latencies = new LatencyHistogram[KINDS.length * TIERS.length];

	private final AtomicLongArray bytes = new AtomicLongArray(this.latencies.length);

	private final Map<Failure, LongAdder> failures = new ConcurrentHashMap<>();

	DeviceCounters() {
		for (int i = 0; i < this.latencies.length; i++) {
			this.latencies[i] = new LatencyHistogram();
		}
	}

	void record(IoOperation operation) {
		int index = operation.kind.ordinal() * TIERS.length + operation.tier().ordinal();
		this.latencies[index].record(operation.answeredNanos - operation.submittedNanos);
		this.bytes.setOpaque(index, this.bytes.getPlain(index) + operation.bytes);
		if (operation.errno != 0) {
			this.failures.computeIfAbsent(new Failure(operation.kind, operation.errno), (key) -> new LongAdder())
				.increment();
		}
	}

	List<EngineStatistics.DeviceLine> lines(String device) {
		List<EngineStatistics.DeviceLine> lines = new ArrayList<>();
		for (IoKind kind : KINDS) {
			for (Tier tier : TIERS) {
				int index = kind.ordinal() * TIERS.length + tier.ordinal();
				LatencyHistogram.Snapshot latency = this.latencies[index].snapshot();
				if (latency.count() > 0) {
					lines
						.add(new EngineStatistics.DeviceLine(device, kind, tier, this.bytes.getOpaque(index), latency));
				}
			}
		}
		return lines;
	}

	List<EngineStatistics.ErrorLine> errors(String device) {
		List<EngineStatistics.ErrorLine> lines = new ArrayList<>();
		this.failures.forEach((failure, count) -> lines
			.add(new EngineStatistics.ErrorLine(device, failure.kind(), failure.errno(), count.sum())));
		return lines;
	}

	private record Failure(IoKind kind, int errno) {

	}

}
