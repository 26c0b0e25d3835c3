package dev.holdfast.volume;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Who may pass to one volume. Asked by every piece of I/O, on any thread; written by
 * whoever has the lock.
 */
final class Fence {

	private final LongSupplier nanos;

	private final ReentrantLock changing = new ReentrantLock();

	/** The latest lease, also when it has ended: its number keeps older ones out. */
	private volatile @Nullable Held held;

	Fence(LongSupplier nanos) {
		this.nanos = nanos;
	}

	/**
	 * Takes the lock that guards changes of the lease, and the end of the volume.
	 * @return {@code false} if somebody else had it for as long; also if the thread was
	 * interrupted, which it then still is
	 */
	boolean lock(Duration limit) {
		try {
			return this.changing.tryLock(limit.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	void unlock() {
		this.changing.unlock();
	}

	/**
	 * Refuses whoever must not pass now.
	 * @param shown number of a lease, or {@link VolumeLease#NONE}
	 * @throws ProblemException {@link Problem#LEASE_LOST}
	 */
	void require(long shown) {
		Held present = this.held;
		if (shown == VolumeLease.NONE) {
			if (present != null && lives(present)) {
				throw taken(present);
			}
			return;
		}
		if (present == null || shown > present.lease.number()) {
			throw neverGiven(shown);
		}
		if (shown < present.lease.number()) {
			throw lost("Lease %d has been followed by another: its holder has lost the volume".formatted(shown),
					present);
		}
		if (!lives(present)) {
			throw lost("Lease %d has ended: take a new one".formatted(shown), present);
		}
	}

	/**
	 * Refuses a second lease while one lives.
	 * @throws ProblemException {@link Problem#LEASE_LOST}
	 */
	void requireFree() {
		require(VolumeLease.NONE);
	}

	static ProblemException neverGiven(long shown) {
		return new ProblemException(Problem.LEASE_LOST, "This volume has had no lease %d".formatted(shown));
	}

	private ProblemException taken(Held present) {
		return lost(
				"The volume has a lease, until %s unless it is renewed: its number has to be shown in Holdfast-Lease"
					.formatted(present.lease.expiresAt()),
				present);
	}

	private ProblemException lost(String detail, Held present) {
		ProblemException problem = new ProblemException(Problem.LEASE_LOST, detail);
		return lives(present) ? problem.with("expiresAt", present.lease.expiresAt().toString()) : problem;
	}

	private boolean lives(Held present) {
		return present.endNanos - this.nanos.getAsLong() > 0;
	}

	/**
	 * The lease that lives.
	 */
	@Nullable VolumeLease living() {
		Held present = this.held;
		return (present != null && lives(present)) ? present.lease : null;
	}

	/**
	 * The latest number.
	 * @return {@link VolumeLease#NONE} if there never was one
	 */
	long latest() {
		Held present = this.held;
		return (present != null) ? present.lease.number() : VolumeLease.NONE;
	}

	/**
	 * From now on this lease is the latest.
	 * @param leftNanos how long it still lives
	 */
	void hold(VolumeLease lease, long leftNanos) {
		this.held = new Held(lease, this.nanos.getAsLong() + leftNanos);
	}

	/**
	 * Makes sure that the present lease lives so much longer while that is made durable:
	 * nobody may slip in between its old end and its new one.
	 * @return puts back what was
	 */
	Runnable extend(long leftNanos) {
		Held before = this.held;
		if (before != null) {
			long end = this.nanos.getAsLong() + leftNanos;
			this.held = new Held(before.lease, (end - before.endNanos > 0) ? end : before.endNanos);
		}
		return () -> this.held = before;
	}

	/**
	 * A lease.
	 *
	 * @param endNanos its end in terms of the monotonic clock
	 */
	private record Held(VolumeLease lease, long endNanos) {

	}

}
