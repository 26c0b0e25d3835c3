package dev.holdfast.ops;

import dev.holdfast.event.EventLog;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

/**
 * Whether clients keep up with events, for a scrape.
 *
 * @param log that they follow
 */
record EventMetrics(EventLog log) implements Collector {

	@Override
	public MetricSnapshot collect() {
		return Samples.counter("holdfast_events_dropped", "Events that streams missed since they fell behind")
			.dataPoint(Samples.count(Labels.EMPTY, (double) this.log.dropped()))
			.build();
	}

}
