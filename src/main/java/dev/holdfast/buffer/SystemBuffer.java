package dev.holdfast.buffer;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

import dev.holdfast.contract.ProblemException;
import dev.holdfast.engine.IoEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A buffer of the service's own, made and ended as a tenant's is. It is in no catalog and
 * in no list, and counts in no quota; where it may not be registered it does without.
 */
final class SystemBuffer implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(SystemBuffer.class);

	private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

	private final BufferReconciler reconciler;

	private final BufferSlot slot;

	private final BufferHandle handle;

	private SystemBuffer(BufferReconciler reconciler, BufferSlot slot, BufferHandle handle) {
		this.reconciler = reconciler;
		this.slot = slot;
		this.handle = handle;
	}

	/**
	 * Brings one into memory.
	 * @throws ProblemException if there is no memory
	 */
	static SystemBuffer open(IoEngine engine, Memlock memlock, BufferListener listener, String name, long size) {
		BufferSlot slot = new BufferSlot(new BufferDeclaration(new BufferKey(BufferKey.SYSTEM, name), UUID.randomUUID(),
				new BufferSpec(size, Pages.SMALL), Instant.now()));
		BufferReconciler reconciler = new BufferReconciler(engine, memlock, listener, (gone) -> {
		});
		listener.declared(slot.declaration);
		ProblemException problem = reconciler.reconcile(slot);
		if (problem != null) {
			reconciler.close();
			throw problem;
		}
		return new SystemBuffer(reconciler, slot, Objects.requireNonNull(slot.handle));
	}

	BufferHandle handle() {
		return this.handle;
	}

	/**
	 * Waits until nothing is left of it, in the order of rule 9. If the kernel does not
	 * let go of it the memory is left to the end of the process.
	 */
	@Override
	public void close() {
		this.slot.wanted = false;
		this.reconciler.reconcile(this.slot);
		if (!this.slot.awaitGone(CLOSE_LIMIT)) {
			log.warn("Buffer {} of the service is still in use", this.handle.key().name());
		}
		this.reconciler.close();
	}

}
