package dev.holdfast.device;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

import dev.holdfast.engine.IoDevice;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.uring.sys.ErrnoException;
import org.jspecify.annotations.Nullable;

/**
 * A drive where it is plugged in now: the open descriptor, and what operations name. Any
 * thread.
 */
final class Attachment {

	/** Closing a drive may take long. */
	private static final Executor HELPERS = (task) -> Thread.ofPlatform().daemon().name("holdfast-close").start(task);

	final BlockFile file;

	final IoDevice io;

	private final IoEngine engine;

	/** Guarded by this. */
	private @Nullable CompletableFuture<Void> detached;

	/** Guarded by this. */
	private boolean closed;

	Attachment(IoEngine engine, BlockFile file, IoDevice io) {
		this.engine = engine;
		this.file = file;
		this.io = io;
	}

	/**
	 * Refuses new operations.
	 * @return the same each time; completes when the kernel holds no reference to the
	 * descriptor any more
	 */
	synchronized CompletableFuture<Void> detach() {
		CompletableFuture<Void> ending = this.detached;
		if (ending == null) {
			ending = this.engine.detach(this.io);
			this.detached = ending;
		}
		return ending;
	}

	/**
	 * Closes the descriptor as soon as it may be. Does not block.
	 */
	void closeSoon() {
		var _ = detach().thenRunAsync(() -> {
			try {
				close();
			}
			catch (ErrnoException ex) {
				throw new CompletionException(ex);
			}
		}, HELPERS);
	}

	/**
	 * Closes the descriptor, unless it is; only once it is detached.
	 */
	synchronized void close() throws ErrnoException {
		if (!this.closed) {
			this.closed = true;
			this.file.close();
		}
	}

}
