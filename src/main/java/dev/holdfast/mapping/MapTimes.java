package dev.holdfast.mapping;

import java.util.EnumMap;
import java.util.Map;

import dev.holdfast.engine.LatencyHistogram;
import dev.holdfast.engine.Tier;

/**
 * How long it took to make members, by the tier that they got. Guarded by this; no I/O
 * comes by here.
 */
final class MapTimes {

	private final Map<Tier, LatencyHistogram> byTier = new EnumMap<>(Tier.class);

	synchronized void record(Tier tier, long nanos) {
		this.byTier.computeIfAbsent(tier, (first) -> new LatencyHistogram()).record(nanos);
	}

	synchronized Map<Tier, LatencyHistogram.Snapshot> snapshot() {
		Map<Tier, LatencyHistogram.Snapshot> all = new EnumMap<>(Tier.class);
		this.byTier.forEach((tier, times) -> all.put(tier, times.snapshot()));
		return all;
	}

}
