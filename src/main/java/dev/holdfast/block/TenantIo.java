package dev.holdfast.block;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import dev.holdfast.engine.IoKind;
import dev.holdfast.engine.IoOperation;

/**
 * What devices have done for each tenant since the start. The engine's threads record,
 * any thread may read.
 */
public final class TenantIo {

	private final Map<String, Counters> tenants = new ConcurrentHashMap<>();

	Counters of(String tenant) {
		Counters there = this.tenants.get(tenant);
		return (there != null) ? there : this.tenants.computeIfAbsent(tenant, (name) -> new Counters());
	}

	/**
	 * Forgets a tenant that is gone.
	 */
	public void forget(String tenant) {
		this.tenants.remove(tenant);
	}

	/**
	 * What has been counted.
	 * @return a line for each tenant and kind of operation that was used
	 */
	public List<Line> lines() {
		List<Line> lines = new ArrayList<>();
		this.tenants.forEach((tenant, counters) -> {
			for (IoKind kind : IoKind.values()) {
				Line line = counters.of(kind).line(tenant, kind);
				if (line.count() > 0) {
					lines.add(line);
				}
			}
		});
		return lines;
	}

	/**
	 * Answered operations.
	 *
	 * @param tenant whose
	 * @param kind of operation
	 * @param count how many
	 * @param bytes moved
	 * @param seconds from submission to answer, of all together
	 */
	public record Line(String tenant, IoKind kind, long count, long bytes, double seconds) {

	}

	/**
	 * One tenant's.
	 */
	@SuppressWarnings("EnumOrdinal")
	static final class Counters {

		private final Counter[] byKind = new Counter[IoKind.values().length];

		private Counters() {
			for (int i = 0; i < this.byKind.length; i++) {
				this.byKind[i] = new Counter(new LongAdder(), new LongAdder(), new LongAdder());
			}
		}

		private Counter of(IoKind kind) {
			return this.byKind[kind.ordinal()];
		}

		/** An operation that was answered just now. */
		void answered(IoOperation operation) {
			Counter counter = of(operation.kind());
			counter.count.increment();
			counter.bytes.add(operation.bytes());
			counter.nanos.add(operation.queueNanos() + operation.deviceNanos());
		}

	}

	private record Counter(LongAdder count, LongAdder bytes, LongAdder nanos) {

		Line line(String tenant, IoKind kind) {
			return new Line(tenant, kind, this.count.sum(), this.bytes.sum(),
					(double) this.nanos.sum() / TimeUnit.SECONDS.toNanos(1));
		}

	}

}
