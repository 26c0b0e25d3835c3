package dev.holdfast.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.holdfast.uring.sys.Errno;
import org.jspecify.annotations.Nullable;

/**
 * An operation that its thread waits for. One instance serves one operation at a time;
 * the waiting thread may be virtual.
 */
public final class SyncIo implements IoListener {

	private static final long RETRY_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

	private final IoEngine engine;

	private final IoOperation operation = new IoOperation(this);

	private volatile @Nullable Thread waiter;

	private volatile boolean answered;

	private volatile boolean released = true;

	public SyncIo(IoEngine engine) {
		this.engine = engine;
	}

	/**
	 * The operation to prepare.
	 * @return always the same
	 */
	public IoOperation operation() {
		return this.operation;
	}

	/**
	 * Submits the prepared operation without waiting for its answer. While the device has
	 * no room it is tried again, until the operation's deadline.
	 * @throws IoFailedException with {@code EAGAIN} if there was no room until the
	 * deadline
	 */
	public void start() throws IoFailedException {
		this.answered = false;
		this.released = false;
		while (!submit()) {
			if (System.nanoTime() - this.operation.deadlineNanos >= 0
					&& this.operation.deadlineNanos != IoOperation.NO_DEADLINE) {
				this.released = true;
				this.operation.errno = Errno.EAGAIN;
				throw new IoFailedException(this.operation);
			}
			LockSupport.parkNanos(RETRY_NANOS);
		}
	}

	private boolean submit() {
		boolean refused = true;
		try {
			boolean accepted = this.engine.submit(this.operation);
			refused = false;
			return accepted;
		}
		finally {
			if (refused) {
				this.released = true;
			}
		}
	}

	/**
	 * Waits for the answer; after it the kernel is done with operation and memory too,
	 * unless the deadline has passed ({@link #released()}). Interrupts do not end the
	 * wait, since the kernel may still be writing to the memory; they are kept for the
	 * caller.
	 * @throws IoFailedException if it failed
	 */
	public void await() throws IoFailedException {
		park(false);
		if (this.operation.errno != 0) {
			throw new IoFailedException(this.operation);
		}
	}

	/**
	 * {@link #start()} and {@link #await()}.
	 */
	public void run() throws IoFailedException {
		start();
		await();
	}

	/**
	 * Waits until the kernel is done with operation and memory, which after a passed
	 * deadline may take as long as the device is stuck.
	 */
	public void awaitRelease() {
		park(true);
	}

	/**
	 * Whether the kernel is done with operation and memory.
	 * @return {@code true} also before the first use
	 */
	public boolean released() {
		return this.released;
	}

	private void park(boolean untilReleased) {
		this.waiter = Thread.currentThread();
		boolean interrupted = false;
		while (!(this.released || (!untilReleased && this.answered && this.operation.errno == Errno.ETIMEDOUT))) {
			LockSupport.park(this);
			interrupted |= Thread.interrupted();
		}
		this.waiter = null;
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void answered(IoOperation done) {
		this.answered = true;
		if (done.errno == Errno.ETIMEDOUT) {
			LockSupport.unpark(this.waiter);
		}
	}

	@Override
	public void released(IoOperation done) {
		Thread thread = this.waiter;
		this.released = true;
		LockSupport.unpark((thread != null) ? thread : this.waiter);
	}

}
