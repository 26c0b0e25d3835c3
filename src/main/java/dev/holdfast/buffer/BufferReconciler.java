package dev.holdfast.buffer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

import dev.holdfast.contract.ByteSize;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.uring.sys.ErrnoException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes of a buffer what is declared of it, at the start, after each change and after
 * each failure: the one way into memory and out of it.
 * <p>
 * Memory is taken and faulted in on threads of its own, since that is a long native call,
 * which would keep a virtual thread's carrier.
 */
final class BufferReconciler implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(BufferReconciler.class);

	private static final int MAKERS = 2;

	private final ExecutorService makers = Executors.newFixedThreadPool(MAKERS,
			Thread.ofPlatform().daemon().name("holdfast-memory-", 0).factory());

	private final IoEngine engine;

	private final Memlock memlock;

	private final BufferListener listener;

	private final Consumer<BufferSlot> whenGone;

	BufferReconciler(IoEngine engine, Memlock memlock, BufferListener listener, Consumer<BufferSlot> whenGone) {
		this.engine = engine;
		this.memlock = memlock;
		this.listener = listener;
		this.whenGone = whenGone;
	}

	/**
	 * Closes the difference between what is wanted and what is. Waits for memory that is
	 * made, not for memory that goes.
	 * @return why the buffer is not in memory though it is wanted, or {@code null}
	 */
	@Nullable ProblemException reconcile(BufferSlot slot) {
		slot.lock.lock();
		try {
			if (slot.wanted) {
				return (slot.handle == null) ? make(slot) : null;
			}
			if (slot.leaving == null) {
				leave(slot);
			}
			return null;
		}
		finally {
			slot.lock.unlock();
		}
	}

	private @Nullable ProblemException make(BufferSlot slot) {
		long size = slot.declaration.spec().sizeBytes();
		try {
			begin(slot.declaration);
		}
		catch (ProblemException ex) {
			slot.failure = ex.detail();
			return ex;
		}
		try {
			BufferHandle handle = CompletableFuture.supplyAsync(() -> allocate(slot.declaration), this.makers)
				.thenCompose((memory) -> register(slot.declaration, memory))
				.join();
			slot.handle = handle;
			slot.failure = null;
			this.listener.ready(handle);
			return null;
		}
		catch (CompletionException ex) {
			ProblemException problem = explain(ex.getCause(), size);
			slot.failure = problem.detail();
			return problem;
		}
		finally {
			this.memlock.end(size);
		}
	}

	/**
	 * What a tenant asks to be registered is, or is refused; the service does without.
	 */
	private void begin(BufferDeclaration declaration) {
		if (declaration.key().ofSystem()) {
			this.memlock.beginAnyway(declaration.spec().sizeBytes());
		}
		else {
			this.memlock.begin(declaration.spec().sizeBytes());
		}
	}

	private static BufferMemory allocate(BufferDeclaration declaration) {
		try {
			return BufferMemory.allocate(declaration.spec());
		}
		catch (ErrnoException ex) {
			throw new CompletionException(ex);
		}
	}

	private CompletableFuture<BufferHandle> register(BufferDeclaration declaration, BufferMemory memory) {
		CompletableFuture<IoBuffer> registered;
		try {
			registered = this.engine.register(memory.segment());
		}
		catch (RuntimeException ex) {
			registered = CompletableFuture.failedFuture(ex);
		}
		return registered.thenApply((io) -> new BufferHandle(declaration, memory, this.engine, io))
			.whenComplete((handle, failure) -> {
				if (failure != null) {
					free(memory);
				}
			});
	}

	private static void free(BufferMemory memory) {
		try {
			memory.free();
		}
		catch (ErrnoException ex) {
			log.error("Memory of a buffer was not freed", ex);
		}
	}

	private static ProblemException explain(@Nullable Throwable cause, long size) {
		if (cause instanceof ErrnoException ex) {
			return new ProblemException(Problem.NO_SPACE,
					"There is no memory for a buffer of %s: %s".formatted(new ByteSize(size), ex.getMessage()), ex);
		}
		return new ProblemException(Problem.OVERLOADED,
				"The buffer was not registered: %s".formatted((cause != null) ? cause.getMessage() : "unknown"));
	}

	/**
	 * Lets go of memory in the order of rule 9: no new uses, then what was made of the
	 * buffer, then its registration, then the memory.
	 */
	private void leave(BufferSlot slot) {
		BufferHandle handle = slot.handle;
		if (handle == null) {
			slot.leaving = CompletableFuture.completedFuture(null);
			ended(slot);
			return;
		}
		handle.close();
		slot.leaving = this.listener.leaving(handle)
			.thenCompose((nothing) -> handle.free(this.makers))
			.whenComplete((nothing, failure) -> {
				if (failure != null) {
					log.error("The memory of buffer {} of {} stays: the kernel did not let go of it",
							handle.key().name(), handle.key().tenant(), failure);
					slot.gone.completeExceptionally(failure);
				}
				else {
					ended(slot);
				}
			});
	}

	private void ended(BufferSlot slot) {
		slot.handle = null;
		this.whenGone.accept(slot);
		slot.gone.complete(null);
	}

	@Override
	public void close() {
		this.makers.shutdown();
	}

}
