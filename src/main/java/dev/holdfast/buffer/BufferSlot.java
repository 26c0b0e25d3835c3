package dev.holdfast.buffer;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.engine.IoBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One buffer, declared or on its way out: what is to be, and what is. Changed under its
 * lock by {@link BufferReconciler}; looked at by anybody.
 */
final class BufferSlot {

	final BufferDeclaration declaration;

	final ReentrantLock lock = new ReentrantLock();

	/** Completes when the memory of a buffer that is no longer declared is gone. */
	final CompletableFuture<Void> gone = new CompletableFuture<>();

	/** Whether it is to be in memory. */
	volatile boolean wanted = true;

	/** Whether anybody has been told that it is there. */
	volatile boolean shown;

	volatile @Nullable BufferHandle handle;

	/** Why it is not in memory, since the last try. */
	volatile @Nullable String failure;

	/** What the listener and the kernel still have to let go of, once that has begun. */
	@Nullable CompletableFuture<Void> leaving;

	BufferSlot(BufferDeclaration declaration) {
		this.declaration = declaration;
	}

	BufferState state() {
		if (!this.wanted) {
			return BufferState.DELETING;
		}
		if (this.handle != null) {
			return BufferState.READY;
		}
		return (this.failure != null) ? BufferState.FAILED : BufferState.PREPARING;
	}

	BufferStatus status() {
		BufferState state = state();
		BufferHandle present = this.handle;
		if (present == null) {
			return new BufferStatus(this.declaration, state, this.failure, null, null, null, null);
		}
		IoBuffer io = present.io();
		return new BufferStatus(this.declaration, state, null, present.memory().pages(), present.memory().reason(),
				io.tier(), io.refusal());
	}

	/**
	 * Waits until its memory is gone.
	 * @return {@code false} if that took longer
	 */
	boolean awaitGone(Duration limit) {
		try {
			this.gone.get(limit.toNanos(), TimeUnit.NANOSECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("the buffer's memory was not freed", ex.getCause());
		}
	}

}
