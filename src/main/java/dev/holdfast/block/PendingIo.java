package dev.holdfast.block;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceState;
import dev.holdfast.device.HeldIo;
import dev.holdfast.device.HeldRange;
import dev.holdfast.device.UnflushedWrites;
import dev.holdfast.engine.BufferClosedException;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoFailedException;
import dev.holdfast.engine.IoKind;
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

	/** So long at a time: its caller may have gone meanwhile. */
	private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	/** Less is not the device's: it waited for its turn, or its caller is in a hurry. */
	private static final long OVERDUE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	private final IoOperation operation = new IoOperation(this);

	private final Device device;

	private final HeldRange range;

	private final long heldBytes;

	private final TenantIo.Counters counters;

	/** What its flush makes durable. */
	private long mark;

	private final Runnable onRelease;

	private final @Nullable Countdown countdown;

	private final long arrival;

	private final @Nullable PendingIo before;

	private int errno;

	/** Its device has had it for long, and still has. */
	private boolean overdue;

	/** Its device may be gone. Written by the engine's thread before it is released. */
	private boolean doubtful;

	private boolean started;

	private @Nullable HeldIo held;

	private @Nullable ProblemException refusal;

	private volatile @Nullable Thread waiter;

	/** Written after {@link #errno}. */
	private volatile boolean late;

	/** The kernel is done with it, and it is known what became of it. */
	private volatile boolean settled;

	/**
	 * An operation to be prepared.
	 * @param device that it is for
	 * @param range what it is about
	 * @param heldBytes that wait with it while its device is away
	 * @param counters of the tenant that it is for
	 * @param onRelease called on an engine's thread once the kernel is done with it; must
	 * not block
	 * @param countdown of what somebody waits for together, or {@code null}
	 * @param before what it does once more, or {@code null}
	 */
	PendingIo(Device device, HeldRange range, long heldBytes, TenantIo.Counters counters, Runnable onRelease,
			@Nullable Countdown countdown, @Nullable PendingIo before) {
		this.before = before;
		this.arrival = (before != null) ? before.arrival : System.nanoTime();
		this.device = device;
		this.range = range;
		this.heldBytes = heldBytes;
		this.counters = counters;
		this.onRelease = onRelease;
		this.countdown = countdown;
	}

	IoOperation operation() {
		return this.operation;
	}

	HeldRange range() {
		return this.range;
	}

	/**
	 * Has it wait for its device instead of being started.
	 * @throws ProblemException if it cannot
	 */
	void hold() {
		HeldIo first = (this.before != null) ? this.before.held : null;
		this.held = (first != null && first.isFor(this.device.hold())) ? first.again()
				: this.device.hold().hold(this.range, this.arrival, this.heldBytes);
	}

	/**
	 * Whether it was refused because its device had left, and not because nothing goes to
	 * that any more.
	 */
	boolean missed() {
		return this.device.state() != DeviceState.ONLINE || !this.device.io().equals(this.operation.device());
	}

	/**
	 * What it waits as.
	 * @return {@code null} if it does not
	 */
	@Nullable HeldIo held() {
		return this.held;
	}

	/**
	 * Waits until what it is held for is over, as long as its caller does.
	 * @param sent whether something of what it belongs to may have been done already
	 * @throws ProblemException if it is not to be done
	 */
	static void awaitTurn(HeldIo held, Caller caller, boolean sent) {
		long patience;
		do {
			if (caller.isGone()) {
				throw IoProblems.gone(sent);
			}
			long deadline = caller.deadline();
			patience = (deadline == Long.MAX_VALUE) ? LOOK_NANOS : deadline - System.nanoTime();
			if (held.await(Math.min(patience, LOOK_NANOS))) {
				return;
			}
		}
		while (patience >= LOOK_NANOS);
		throw IoProblems.late(sent);
	}

	/**
	 * Why it cannot wait for its device, which is away.
	 * @return {@code null} unless that is so
	 */
	@Nullable ProblemException refusal() {
		return this.refusal;
	}

	/**
	 * Finds out whether it ended as it did because its drive is gone, which may take a
	 * second, and has it wait if so. On a thread of its own: whoever waits for it may be
	 * waiting for what is held before it.
	 */
	private void judge() {
		try {
			if (this.device.isGone()) {
				hold();
			}
			else {
				this.counters.answered(this.operation);
			}
		}
		catch (ProblemException ex) {
			this.refusal = ex;
		}
		finally {
			this.device.hold().judged();
			settle();
		}
	}

	/**
	 * Submits it. While the device has no room it is tried again, until the deadline.
	 * @throws ProblemException if it was not accepted; nothing is pending then
	 * @throws BufferClosedException if it has to name another buffer; nothing is pending
	 * then
	 */
	void start(IoEngine engine, long deadlineNanos) {
		Countdown all = this.countdown;
		UnflushedWrites writes = this.device.unflushed();
		if (writes != null && this.operation.kind() == IoKind.FLUSH) {
			this.mark = writes.mark();
		}
		boolean begun = false;
		if (all != null) {
			all.more();
		}
		try {
			submit(engine, deadlineNanos);
			begun = true;
		}
		finally {
			this.started = begun;
			if (all != null && !begun) {
				all.done();
			}
		}
	}

	private void submit(IoEngine engine, long deadlineNanos) {
		try {
			while (!accepts(engine)) {
				if (deadlineNanos != IoOperation.NO_DEADLINE && System.nanoTime() - deadlineNanos >= 0) {
					throw new ProblemException(Problem.OVERLOADED, "The device has too much to do: try again")
						.with("retryable", true);
				}
				engine.begin();
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

	private boolean accepts(IoEngine engine) {
		Countdown all = this.countdown;
		return (all != null) ? all.submit(this.operation) : engine.submit(this.operation);
	}

	/**
	 * Waits until the kernel is done with it, or the deadline has passed; not at all if
	 * it was not started. Interrupts do not end the wait; they are kept for the caller.
	 */
	void await() {
		if (!this.started) {
			return;
		}
		this.waiter = Thread.currentThread();
		boolean interrupted = false;
		while (!this.settled && !this.late) {
			LockSupport.park(this);
			interrupted |= Thread.interrupted();
		}
		this.waiter = null;
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * How it has ended.
	 * @throws IoFailedException if it failed
	 */
	void requireSuccess() throws IoFailedException {
		if (this.errno != 0) {
			throw new IoFailedException(this.operation);
		}
	}

	/**
	 * A pulled drive answers in many ways before it is seen to be gone, a flush even with
	 * success (mapping contract, Hotplug).
	 */
	private boolean isDoubtful(IoOperation done) {
		boolean durable = done.kind() == IoKind.FLUSH || done.fua();
		return switch (done.errno()) {
			case 0 -> durable && this.device.hold().doubted();
			case Errno.EIO, Errno.ENODEV, Errno.ENXIO, Errno.ENOSPC -> this.device.canLeave();
			// What fallocate and the ioctl say of a range behind the end (block/fops.c).
			case Errno.EINVAL ->
				this.device.canLeave() && (done.kind() == IoKind.ZERO || done.kind() == IoKind.DISCARD);
			default -> false;
		};
	}

	private void countUnflushed(IoOperation done) {
		UnflushedWrites writes = this.device.unflushed();
		if (writes != null) {
			switch (done.kind()) {
				case WRITE, ZERO, DISCARD -> {
					if (!done.fua()) {
						writes.answered(this.range.volume());
					}
				}
				case FLUSH -> writes.flushed(this.mark);
				case READ -> {
				}
			}
		}
	}

	@Override
	public void answered(IoOperation done) {
		this.errno = done.errno();
		if (isDoubtful(done)) {
			this.doubtful = true;
			this.device.hold().doubt();
		}
		else {
			this.counters.answered(done);
			if (this.errno == 0) {
				countUnflushed(done);
			}
		}
		if (this.errno == Errno.ETIMEDOUT) {
			this.overdue = done.deviceNanos() > OVERDUE_NANOS;
			if (this.overdue) {
				this.device.overdue().add();
			}
			this.late = true;
			wake();
		}
	}

	@Override
	public void released(IoOperation done) {
		this.onRelease.run();
		if (this.overdue) {
			this.device.overdue().remove();
		}
		if (this.doubtful) {
			Thread.ofVirtual().name("holdfast-doubt").start(this::judge);
		}
		else {
			settle();
		}
	}

	private void settle() {
		boolean before = this.late;
		this.settled = true;
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
