package dev.holdfast.block;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Which flow a tenant's operations belong to: the engine shares time by flow and knows no
 * tenants. Any thread.
 */
final class Flows {

	private static final int FLOWS = 65_536;

	private final Map<String, Integer> flows = new ConcurrentHashMap<>();

	private final AtomicInteger last = new AtomicInteger();

	/**
	 * The tenant's flow. Beyond 65,535 tenants some share.
	 * @param tenant whose
	 * @return 1 to 65,535
	 */
	int of(String tenant) {
		Integer flow = this.flows.get(tenant);
		return (flow != null) ? flow : this.flows.computeIfAbsent(tenant,
				(name) -> 1 + Math.floorMod(this.last.getAndIncrement(), FLOWS - 1));
	}

}
