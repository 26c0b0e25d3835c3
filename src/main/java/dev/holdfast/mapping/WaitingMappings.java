package dev.holdfast.mapping;

import java.util.Comparator;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.holdfast.engine.Tier;
import dev.holdfast.tenant.Tenant;
import dev.holdfast.tenant.TenantListener;

/**
 * Mappings that want of room keeps from the highest tier: they are tried again when there
 * may be room, those used last before others. Any thread.
 */
final class WaitingMappings implements TenantListener {

	private final MappingRegistry registry;

	private final MappingReconciler reconciler;

	private final Executor executor;

	/** Whether a look is due that will see all that has happened so far. */
	private final AtomicBoolean due = new AtomicBoolean();

	WaitingMappings(MappingRegistry registry, MappingReconciler reconciler, Executor executor) {
		this.registry = registry;
		this.reconciler = reconciler;
		this.executor = executor;
	}

	/**
	 * There may be room. Does not block.
	 */
	void look() {
		if (this.due.compareAndSet(false, true)) {
			this.executor.execute(() -> {
				this.due.set(false);
				long now = System.nanoTime();
				this.registry.all()
					.filter(WaitingMappings::waits)
					.map((mapping) -> new Waiting(mapping, idle(mapping, now)))
					.sorted(Comparator.comparingLong(Waiting::idle))
					.forEach((waiting) -> this.reconciler.retry(waiting.mapping()));
			});
		}
	}

	/**
	 * Why is seen once what is being done to a member has ended: it may be refused just
	 * now.
	 */
	private static boolean waits(Mapping mapping) {
		TierChoice wanted = mapping.spec().tier();
		return (wanted == TierChoice.AUTO || wanted == TierChoice.DMA)
				&& mapping.members().stream().anyMatch((member) -> member.status().tier() != Tier.DMA);
	}

	private static long idle(Mapping mapping, long now) {
		return mapping.members().stream().mapToLong((member) -> now - member.lastUsed()).min().orElse(Long.MAX_VALUE);
	}

	@Override
	public void created(Tenant tenant) {
		// It has nothing yet.
	}

	/** Its quota may have become larger. */
	@Override
	public void changed(Tenant tenant) {
		look();
	}

	@Override
	public void deleted(Tenant tenant) {
		// Its buffers were deleted before.
	}

	/**
	 * A mapping as it was found: members are used meanwhile.
	 *
	 * @param idle nanoseconds since any of its members was used
	 */
	private record Waiting(Mapping mapping, long idle) {

	}

}
