package dev.holdfast.device;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.engine.IoDevice;
import dev.holdfast.engine.IoEngine;
import org.jspecify.annotations.Nullable;

/**
 * A device that is attached: its identity, where things are on it, and the handle for
 * I/O. It stays the same while its drive goes away and comes back, whatever name that
 * takes then: only {@link #io()}, {@link #path()} and {@link #generation()} change. Any
 * thread. {@link #close()} comes once nothing uses it any more.
 */
public final class Device implements AutoCloseable {

	private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

	private final String name;

	private final IoEngine engine;

	private final AtomicReference<Attachment> attachment;

	private final RegisteredMemory memory;

	private final LabelStore labels;

	private final DeviceBytes bytes;

	private final DeviceBytes transfers;

	private volatile boolean draining;

	private final DeviceHold hold;

	private final Runnable onClose;

	/** Held while an operator suspends or resumes it. */
	private final ReentrantLock operator = new ReentrantLock();

	private final PossibleLosses losses;

	private final UnflushedWrites unflushed;

	private final OverdueIo overdue = new OverdueIo(() -> this.onChange.run());

	private volatile boolean mayLose;

	private volatile long generation;

	private volatile DeviceState state = DeviceState.ONLINE;

	private volatile DrivePresence presence;

	private volatile DriveDoubt doubt;

	private volatile Runnable onChange = () -> {
	};

	/** Guarded by this. */
	private @Nullable FinalFlush finalFlush;

	private boolean closed;

	Device(String name, long generation, IoEngine engine, AtomicReference<Attachment> attachment,
			RegisteredMemory memory, LabelStore labels, DeviceBytes bytes, DeviceBytes transfers, HoldLimits hold,
			PossibleLosses losses, Runnable onClose) {
		this.name = name;
		this.generation = generation;
		this.engine = engine;
		this.attachment = attachment;
		this.memory = memory;
		this.labels = labels;
		this.bytes = bytes;
		this.transfers = transfers;
		this.hold = new DeviceHold(name, hold);
		this.losses = losses;
		this.unflushed = new UnflushedWrites((volume) -> losses.add(volume, uuid()));
		this.onClose = onClose;
		this.presence = DrivePresence.of(attachment.get().file, labels.label().geometry().deviceSize());
		this.doubt = new DriveDoubt(this.presence::gone);
		this.mayLose = this.presence.hasVolatileCache();
	}

	/**
	 * Identity: the label's, whatever name or path the device has.
	 * @return the label's UUID
	 */
	public UUID uuid() {
		return this.labels.label().device();
	}

	public String name() {
		return this.name;
	}

	/**
	 * Where it was opened. For operators only.
	 * @return a path of the server
	 */
	public Path path() {
		return this.attachment.get().file.path();
	}

	/**
	 * What operations name. While the device is not online they are refused.
	 * @return the engine's handle
	 */
	public IoDevice io() {
		return this.attachment.get().io;
	}

	public IoEngine engine() {
		return this.engine;
	}

	/**
	 * Size in whole blocks.
	 * @return bytes
	 */
	public long size() {
		return this.attachment.get().file.size();
	}

	/**
	 * Logical block size.
	 * @return bytes
	 */
	public int blockSize() {
		return this.attachment.get().file.blockSize();
	}

	public boolean blockDevice() {
		return this.attachment.get().file.blockDevice();
	}

	public Geometry geometry() {
		return this.labels.label().geometry();
	}

	/**
	 * Grows each time the device is attached.
	 * @return 1 for the first time since the start
	 */
	public long generation() {
		return this.generation;
	}

	public DeviceState state() {
		return this.state;
	}

	/**
	 * Whether it is being emptied, or is empty and to stay so: no volume gets anything on
	 * it.
	 */
	public boolean draining() {
		return this.draining;
	}

	void drain(boolean now) {
		this.draining = now;
		this.onChange.run();
	}

	/**
	 * Operations accepted and not yet released.
	 * @return a snapshot
	 */
	public int inFlight() {
		return io().inFlight();
	}

	public LabelStore labels() {
		return this.labels;
	}

	/**
	 * For preparing extents, one thread at a time; the label has its own.
	 * @return access to the device's blocks
	 */
	public DeviceBytes bytes() {
		return this.bytes;
	}

	/**
	 * For moving extents from or to it, one thread at a time.
	 * @return access to the device's blocks
	 */
	public DeviceBytes transfers() {
		return this.transfers;
	}

	/**
	 * I/O that waits for it.
	 */
	public DeviceHold hold() {
		return this.hold;
	}

	/**
	 * I/O that it has not ended in time.
	 */
	public OverdueIo overdue() {
		return this.overdue;
	}

	/**
	 * Writes that the drive may lose if it goes away now.
	 * @return {@code null} if it loses nothing that it has answered
	 */
	public @Nullable UnflushedWrites unflushed() {
		return this.mayLose ? this.unflushed : null;
	}

	/**
	 * What this drive and others may have lost.
	 */
	public PossibleLosses losses() {
		return this.losses;
	}

	/**
	 * How many writes that were answered may have been lost since the start.
	 */
	public long possibleLosses() {
		return this.unflushed.total();
	}

	/**
	 * What may have been lost since this was asked the last time.
	 * @return writes by volume
	 */
	Map<UUID, Long> takeLosses() {
		return this.unflushed.takeLosses();
	}

	/**
	 * Whether the drive may go away at all, unlike a file.
	 */
	public boolean canLeave() {
		return this.presence.canLeave();
	}

	/**
	 * Finds out whether an operation failed because the drive is gone; then the device is
	 * {@link DeviceState#AWAY} from here on. Blocks for up to a second.
	 */
	public boolean isGone() {
		if (this.state != DeviceState.ONLINE) {
			return true;
		}
		if (!canLeave()) {
			return false;
		}
		DriveDoubt asked = this.doubt;
		if (this.state == DeviceState.ONLINE && asked.isGone()) {
			leave(asked);
			return true;
		}
		return this.state != DeviceState.ONLINE;
	}

	/**
	 * Looks once whether the drive is gone, and if so lets go of it.
	 */
	void look() {
		DriveDoubt asked = this.doubt;
		if (this.state == DeviceState.ONLINE && this.presence.gone()) {
			leave(asked);
		}
	}

	private void leave(DriveDoubt asked) {
		synchronized (this) {
			if (this.doubt != asked || this.state != DeviceState.ONLINE) {
				return;
			}
			this.hold.shut();
			this.state = DeviceState.AWAY;
			this.unflushed.lose();
			this.attachment.get().closeSoon();
		}
		this.onChange.run();
	}

	/**
	 * Holds I/O, makes durable what was answered, and lets go of the drive.
	 * @param limit how long what is in flight may take
	 * @param flush makes it durable
	 * @throws ProblemException as for {@link Devices#suspend}
	 */
	void suspend(Duration limit, DeviceFlush flush) {
		DeviceState before = hush();
		if (before != DeviceState.ONLINE) {
			return;
		}
		boolean drained = false;
		try {
			this.attachment.get().awaitIdle(this.name, limit);
			long mark = this.unflushed.mark();
			flush.run();
			this.unflushed.flushed(mark);
			// From here on there is no way back but to resume.
			drained = true;
			awaitUnplugged(limit);
		}
		catch (IOException ex) {
			throw new ProblemException(Problem.IO_ERROR,
					(drained ? "Device %s is suspended, and its drive not yet let go of: %s"
							: "Device %s goes on as before: %s")
						.formatted(this.name, ex.getMessage()),
					ex);
		}
		finally {
			if (!drained) {
				serve();
			}
		}
	}

	/**
	 * From here on I/O is held.
	 * @return the state before
	 */
	private DeviceState hush() {
		DeviceState before;
		synchronized (this) {
			before = this.state;
			if (before == DeviceState.SUSPENDED) {
				return before;
			}
			if (before != DeviceState.ONLINE) {
				throw DeviceProblems.isIn(this.name, before);
			}
			this.hold.shut();
			this.state = DeviceState.SUSPENDED;
		}
		this.onChange.run();
		return before;
	}

	/**
	 * The drive did not come back in time, or is not what it was.
	 */
	void lose(String why) {
		synchronized (this) {
			if (this.state != DeviceState.AWAY) {
				return;
			}
			this.state = DeviceState.LOST;
			this.hold.refuse(() -> DeviceProblems.lost(this.name, why));
		}
		this.onChange.run();
	}

	/**
	 * An operator's suspend takes longer than I/O is to wait.
	 */
	synchronized void tireOfHolding() {
		if (this.state == DeviceState.SUSPENDED) {
			this.hold.refuse(() -> DeviceProblems.suspended(this.name));
		}
	}

	/**
	 * Refuses what is held.
	 */
	synchronized void stopHolding() {
		if (this.state != DeviceState.ONLINE) {
			this.hold.refuse(
					() -> new ProblemException(Problem.OVERLOADED, "The service is stopping").with("retryable", true));
		}
	}

	/**
	 * One at a time suspends or resumes it.
	 */
	ReentrantLock operator() {
		return this.operator;
	}

	/**
	 * The drive is back. What is held still waits for {@link #serve()}.
	 */
	synchronized void plugged(Attachment next, long nextGeneration) {
		// What was answered in the last moment.
		this.unflushed.lose();
		this.attachment.set(next);
		this.presence = DrivePresence.of(next.file, geometry().deviceSize());
		this.doubt = new DriveDoubt(this.presence::gone);
		this.mayLose = this.presence.hasVolatileCache();
		this.generation = nextGeneration;
	}

	/**
	 * The drive that is back is of no use. Does not block.
	 */
	void letGo() {
		this.attachment.get().closeSoon();
	}

	/**
	 * I/O goes on, first what was held.
	 */
	void serve() {
		synchronized (this) {
			if (this.closed || this.state == DeviceState.DETACHED) {
				return;
			}
			this.state = DeviceState.ONLINE;
		}
		this.onChange.run();
		try {
			this.hold.awaitJudged();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		synchronized (this) {
			if (this.state == DeviceState.ONLINE) {
				this.hold.open();
			}
		}
	}

	/**
	 * Whom to tell that the state has changed, on the thread of the change.
	 */
	void onChange(Runnable listener) {
		this.onChange = listener;
	}

	/**
	 * Refuses new operations, makes durable what was answered, waits for what was
	 * accepted, and lets go of the device: the descriptor is closed last, once the kernel
	 * holds no other reference to it. What is not durable then counts as lost.
	 * @throws IOException if that does not end within 30 s: then descriptor and memory
	 * are left alone until the process ends
	 */
	@Override
	public void close() throws IOException {
		close(CLOSE_LIMIT);
	}

	/**
	 * The part of {@link #close()} that does not block.
	 * @param flush whether anybody needs what is on the drive
	 */
	synchronized void beginClose(boolean flush) {
		if (this.state == DeviceState.DETACHED) {
			return;
		}
		if (flush && this.state == DeviceState.ONLINE) {
			this.finalFlush = FinalFlush.start(this, this.unflushed.mark());
		}
		this.state = DeviceState.DETACHED;
		this.hold.refuse(() -> new ProblemException(Problem.DEVICE_NOT_ONLINE, "The device is being detached"));
		var _ = this.attachment.get().detach();
	}

	synchronized void close(Duration limit) throws IOException {
		if (this.closed) {
			return;
		}
		beginClose(true);
		try {
			awaitUnplugged(limit);
		}
		finally {
			FinalFlush last = this.finalFlush;
			if (last != null && last.succeeded() && !this.presence.gone()) {
				this.unflushed.flushed(last.mark());
			}
			this.unflushed.lose();
			this.losses.keep();
		}
		this.memory.close();
		this.onClose.run();
		this.closed = true;
	}

	/**
	 * Lets go of where it is plugged in, and waits until nothing is left of that.
	 */
	void awaitUnplugged(Duration limit) throws IOException {
		this.attachment.get().close(this.name, limit);
	}

}
