package dev.holdfast.device;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

import dev.holdfast.engine.IoDevice;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.uring.sys.ErrnoException;
import org.jspecify.annotations.Nullable;

/**
 * A drive where it is plugged in now: the open descriptor, and what operations name.
 */
final class Attachment {

	/** Closing a drive may take long. */
	private static final Executor HELPERS = (task) -> Thread.ofPlatform().daemon().name("holdfast-close").start(task);

	final BlockFile file;

	final IoDevice io;

	private final IoEngine engine;

	private @Nullable CompletableFuture<Void> ended;

	Attachment(IoEngine engine, BlockFile file, IoDevice io) {
		this.engine = engine;
		this.file = file;
		this.io = io;
	}

	/**
	 * Refuses new operations, awaits those there are, and closes the descriptor, once the
	 * kernel holds no other reference to it.
	 * @return the same each time; completes when it is closed
	 */
	synchronized CompletableFuture<Void> end() {
		CompletableFuture<Void> ending = this.ended;
		if (ending == null) {
			ending = this.engine.detach(this.io).thenRunAsync(this::close, HELPERS);
			this.ended = ending;
		}
		return ending;
	}

	private void close() {
		try {
			this.file.close();
		}
		catch (ErrnoException ex) {
			throw new CompletionException(ex);
		}
	}

}
