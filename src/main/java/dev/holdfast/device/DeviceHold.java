package dev.holdfast.device;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import dev.holdfast.contract.ByteSize;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * I/O that waits for a device that is away. Once that is back it goes out in the order of
 * its arrival wherever two operations overlap and one of them changes data; what arrives
 * meanwhile queues behind what it overlaps. What is held owns nothing of the device.
 * Bounded in number and bytes. Any thread; nothing here blocks.
 */
public final class DeviceHold {

	private final String device;

	private final HoldLimits limits;

	/** In the order of their arrival. */
	private final List<HeldIo> held = new ArrayList<>();

	/** The same, of which the first place is still taken. */
	private final Set<HeldIo> repeats = new HashSet<>();

	private long bytes;

	private boolean shut;

	private @Nullable Supplier<ProblemException> refusal;

	/**
	 * Operations that failed like those of a drive that is gone, and of which it is not
	 * known yet.
	 */
	private int doubtful;

	/** Nothing is held, and nothing has to be. */
	private volatile boolean clear = true;

	DeviceHold(String device, HoldLimits limits) {
		this.device = device;
		this.limits = limits;
	}

	/**
	 * Whether an operation need not be held.
	 */
	public boolean passes(HeldRange range) {
		if (this.clear) {
			return true;
		}
		synchronized (this) {
			return !this.shut && this.held.stream().noneMatch((other) -> other.range.conflictsWith(range));
		}
	}

	/**
	 * Holds an operation.
	 * @param arrival when it came, in terms of {@link System#nanoTime()}
	 * @param heldBytes memory that waits with it
	 * @return to be awaited, and closed once the operation is done or given up
	 * @throws ProblemException {@link Problem#DEVICE_SUSPENDED} if there is no room,
	 * {@link Problem#DEVICE_LOST}, {@link Problem#DEVICE_NOT_ONLINE}
	 */
	public synchronized HeldIo hold(HeldRange range, long arrival, long heldBytes) {
		if (this.refusal != null) {
			throw this.refusal.get();
		}
		if (this.held.size() >= this.limits.operations() || this.bytes + heldBytes > this.limits.bytes()) {
			throw new ProblemException(Problem.DEVICE_SUSPENDED,
					"Device %s is away, and no more I/O can wait for it: %d operations of at most %d do, with %s of at most %s"
						.formatted(this.device, this.held.size(), this.limits.operations(), new ByteSize(this.bytes),
								new ByteSize(this.limits.bytes())))
				.with("retryable", true)
				.with("retryAfterSeconds", 1);
		}
		this.clear = false;
		HeldIo io = new HeldIo(this, range, arrival, heldBytes);
		int at = this.held.size();
		while (at > 0 && this.held.get(at - 1).arrival - arrival > 0) {
			at--;
		}
		for (int i = 0; i < this.held.size(); i++) {
			HeldIo other = this.held.get(i);
			// What has gone out already is not waited for by who came before it.
			if (other.range.conflictsWith(range)) {
				if (i < at || other.go.isDone()) {
					io.blockers++;
				}
				else {
					other.blockers++;
				}
			}
		}
		this.held.add(at, io);
		this.bytes += heldBytes;
		release();
		return io;
	}

	/**
	 * Holds once more what was let go of: the device has left again. It has its place
	 * still, so it waits for the device only, and others wait for that place.
	 * @param first what it was let go of as, and not closed
	 * @throws ProblemException as above, but for room
	 */
	synchronized HeldIo again(HeldIo first) {
		if (this.refusal != null) {
			throw this.refusal.get();
		}
		this.clear = false;
		HeldIo io = new HeldIo(this, first.range, first.arrival, 0);
		this.repeats.add(io);
		release();
		return io;
	}

	/** Lets go of what may go. */
	private void release() {
		if (!this.shut) {
			for (HeldIo io : this.held) {
				if (io.blockers == 0) {
					io.go.complete(null);
				}
			}
			this.repeats.forEach((io) -> io.go.complete(null));
		}
	}

	synchronized void done(HeldIo io) {
		this.repeats.remove(io);
		int at = this.held.indexOf(io);
		if (at < 0) {
			return;
		}
		this.held.remove(at);
		this.bytes -= io.bytes;
		boolean wentOut = io.go.isDone();
		for (int i = 0; i < this.held.size(); i++) {
			HeldIo other = this.held.get(i);
			if (other.blockers > 0 && (i >= at || wentOut) && other.range.conflictsWith(io.range)) {
				other.blockers--;
			}
		}
		release();
		settle();
	}

	private void settle() {
		this.clear = !this.shut && this.held.isEmpty() && this.doubtful == 0 && this.refusal == null;
	}

	/**
	 * An operation failed as if the drive were gone. Until that is known, what else
	 * succeeds is not believed.
	 */
	public synchronized void doubt() {
		this.doubtful++;
		this.clear = false;
	}

	/**
	 * It is known, and the operation is held or has failed.
	 */
	public synchronized void judged() {
		this.doubtful--;
		release();
		settle();
		notifyAll();
	}

	/**
	 * Whether the device has given signs of being gone: a success is not to be believed.
	 */
	public boolean doubted() {
		if (this.clear) {
			return false;
		}
		synchronized (this) {
			return this.shut || this.doubtful > 0;
		}
	}

	/** From now on everything is held. */
	synchronized void shut() {
		this.shut = true;
		this.clear = false;
	}

	/**
	 * Waits until all that failed as if the drive were gone is held or has failed.
	 */
	synchronized void awaitJudged() throws InterruptedException {
		while (this.doubtful > 0) {
			wait();
		}
	}

	/** Lets everything go, in its order. */
	synchronized void open() {
		this.refusal = null;
		this.shut = false;
		release();
		settle();
	}

	/**
	 * Refuses what is held and what comes, until it is opened.
	 */
	synchronized void refuse(Supplier<ProblemException> why) {
		this.shut = true;
		this.clear = false;
		this.refusal = why;
		this.held.forEach((io) -> io.refuse(why));
		this.repeats.forEach((io) -> io.refuse(why));
	}

	/**
	 * How many operations are held.
	 */
	public synchronized int operations() {
		return this.held.size();
	}

	/**
	 * How many bytes wait with them.
	 */
	public synchronized long bytes() {
		return this.bytes;
	}

	public HoldLimits limits() {
		return this.limits;
	}

}
