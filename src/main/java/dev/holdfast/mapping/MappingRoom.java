package dev.holdfast.mapping;

import java.util.HashMap;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * Room for mappings that are being made: what is under way counts, so that many at a time
 * do not overrun a quota. Any thread.
 */
final class MappingRoom {

	private final MappingQuota quota;

	private final ToIntFunction<String> declared;

	/** By tenant. Guarded by this. */
	private final Map<String, Integer> underWay = new HashMap<>();

	MappingRoom(MappingQuota quota, ToIntFunction<String> declared) {
		this.quota = quota;
		this.declared = declared;
	}

	/**
	 * Takes room, until what it is for is declared or came to nothing.
	 */
	synchronized Taken take(String tenant, int more) {
		int present = this.declared.applyAsInt(tenant) + this.underWay.getOrDefault(tenant, 0);
		this.quota.require(tenant, present, more);
		this.underWay.merge(tenant, more, Integer::sum);
		return () -> give(tenant, more);
	}

	private synchronized void give(String tenant, int count) {
		this.underWay.computeIfPresent(tenant, (name, all) -> (all > count) ? all - count : null);
	}

	/** Room that was taken. */
	interface Taken extends AutoCloseable {

		@Override
		void close();

	}

}
