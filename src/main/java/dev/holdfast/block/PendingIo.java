package dev.holdfast.block;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.engine.BufferClosedException;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoFailedException;
import dev.holdfast.engine.IoListener;
import dev.holdfast.engine.IoOperation;
import dev.holdfast.uring.sys.Errno;
import org.jspecify.annotations.Nullable;

/**
 * An operation that one thread, which may be virtual, waits for. Unlike with
 * {@link dev.holdfast.engine.SyncIo} somebody hears of the release at once, on the
 * engine's thread, also while the one who waits is busy with something else.
 */
final class PendingIo implements IoListener {

	private static final long RETRY_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

	private final IoOperation operation = new IoOperation(this);

	private final TenantIo.Counters counters;

	private final Runnable onRelease;

	private final @Nullable Countdown countdown;

	private int errno;

	private volatile @Nullable Thread waiter;

	/** Written after {@link #errno}. */
	private volatile boolean late;

	private volatile boolean released;

	/**
	 * An operation to be prepared.
	 * @param counters of the tenant that it is for
	 * @param onRelease called on an engine's thread once the kernel is done with it; must
	 * not block
	 * @param countdown of what somebody waits for together, or {@code null}
	 */
	PendingIo(TenantIo.Counters counters, Runnable onRelease, @Nullable Countdown countdown) {
		this.counters = counters;
		this.onRelease = onRelease;
		this.countdown = countdown;
	}

	IoOperation operation() {
		return this.operation;
	}

	/**
	 * Submits it. While the device has no room it is tried again, until the deadline.
	 * @throws ProblemException if it was not accepted; nothing is pending then
	 * @throws BufferClosedException if it has to name another buffer; nothing is pending
	 * then
	 */
	void start(IoEngine engine, long deadlineNanos) {
		Countdown all = this.countdown;
		boolean started = false;
		if (all != null) {
			all.more();
		}
		try {
			submit(engine, deadlineNanos);
			started = true;
		}
		finally {
			if (all != null && !started) {
				all.done();
			}
		}
	}

	private void submit(IoEngine engine, long deadlineNanos) {
		try {
			while (!engine.submit(this.operation)) {
				if (deadlineNanos != IoOperation.NO_DEADLINE && System.nanoTime() - deadlineNanos >= 0) {
					throw new ProblemException(Problem.OVERLOADED, "The device has too much to do: try again")
						.with("retryable", true);
				}
				LockSupport.parkNanos(RETRY_NANOS);
			}
		}
		catch (BufferClosedException ex) {
			throw ex;
		}
		catch (IllegalStateException ex) {
			throw IoProblems.notOnline(ex);
		}
	}

	/**
	 * Waits until the kernel is done with it, or the deadline has passed. Interrupts do
	 * not end the wait; they are kept for the caller.
	 * @throws IoFailedException if it failed
	 */
	void await() throws IoFailedException {
		this.waiter = Thread.currentThread();
		boolean interrupted = false;
		while (!this.released && !this.late) {
			LockSupport.park(this);
			interrupted |= Thread.interrupted();
		}
		this.waiter = null;
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
		if (this.errno != 0) {
			throw new IoFailedException(this.operation);
		}
	}

	@Override
	public void answered(IoOperation done) {
		this.counters.answered(done);
		this.errno = done.errno();
		if (this.errno == Errno.ETIMEDOUT) {
			this.late = true;
			wake();
		}
	}

	@Override
	public void released(IoOperation done) {
		boolean before = this.late;
		this.onRelease.run();
		this.released = true;
		if (!before) {
			wake();
		}
	}

	private void wake() {
		LockSupport.unpark(this.waiter);
		Countdown all = this.countdown;
		if (all != null) {
			all.done();
		}
	}

}
