package dev.holdfast.device;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
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

	private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(2);

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
	 * Waits until no operations are in flight.
	 * @param device whose it is
	 * @throws ProblemException {@link Problem#IN_USE} if some do not end in time
	 */
	void awaitIdle(String device, Duration limit) {
		long end = System.nanoTime() + limit.toNanos();
		while (this.io.inFlight() > 0) {
			if (System.nanoTime() - end >= 0) {
				throw new ProblemException(Problem.IN_USE,
						"%d operations on device %s did not end within %d s: it goes on as before"
							.formatted(this.io.inFlight(), device, limit.toSeconds()));
			}
			LockSupport.parkNanos(PERIOD);
		}
	}

	/**
	 * Closes the descriptor once it is detached.
	 * @param device whose it is
	 * @throws IOException if operations did not end in time: then it stays open
	 */
	void close(String device, Duration limit) throws IOException {
		try {
			detach().get(limit.toNanos(), TimeUnit.NANOSECONDS);
			close();
		}
		catch (TimeoutException ex) {
			throw new IOException("%d operations on device %s did not end within %s: the kernel still has them"
				.formatted(this.io.inFlight(), device, limit), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException(
					"interrupted while operations on device %s were awaited".formatted(device));
		}
		catch (ExecutionException ex) {
			throw new IOException("Device %s was not let go of".formatted(device), ex);
		}
	}

	private synchronized void close() throws ErrnoException {
		if (!this.closed) {
			this.closed = true;
			this.file.close();
		}
	}

}
