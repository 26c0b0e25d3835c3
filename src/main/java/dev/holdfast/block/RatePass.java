package dev.holdfast.block;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;

/**
 * One request's way through its tenant's rate. A request that would have to wait for long
 * is refused before it has begun; once it has, its further pieces wait as long as the
 * caller does, since a stream cannot be refused in the middle. Whoever waits holds no
 * memory and no blocks. One thread.
 */
final class RatePass {

	/** What counts as one operation, at most. */
	private static final long OPERATION = 1L << 20;

	/** So long at a time: the tenant may be given another rate meanwhile. */
	private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private final Rates rates;

	private final String tenant;

	private final Caller caller;

	/** Whether the first piece is still to come, which needs no further turn. */
	private boolean fresh = true;

	RatePass(Rates rates, String tenant, Caller caller) {
		this.rates = rates;
		this.tenant = tenant;
		this.caller = caller;
	}

	/**
	 * Waits a little.
	 * @throws ProblemException {@link Problem#RATE_LIMITED} if that is not enough
	 */
	void admit(long patienceNanos) {
		long begin = System.nanoTime();
		long wait = begin();
		while (wait > 0) {
			if (wait > patienceNanos - (System.nanoTime() - begin)) {
				throw refused(wait);
			}
			LockSupport.parkNanos(Math.min(wait, LOOK_NANOS));
			wait = begin();
		}
	}

	private long begin() {
		TenantRate rate = this.rates.of(this.tenant);
		return (rate != null) ? rate.begin() : 0;
	}

	private static ProblemException refused(long waitNanos) {
		long seconds = Math.ceilDiv(waitNanos, TimeUnit.SECONDS.toNanos(1));
		return new ProblemException(Problem.RATE_LIMITED,
				"The tenant's iops or bytesPerSecond are used up: try again in %d s".formatted(seconds))
			.with("retryAfterSeconds", seconds);
	}

	/**
	 * Takes a turn for the next piece if it is there.
	 */
	boolean tryNext() {
		if (this.fresh || begin() == 0) {
			this.fresh = false;
			return true;
		}
		return false;
	}

	/**
	 * Waits for a turn for the next piece.
	 * @throws ProblemException {@link Problem#DEADLINE_EXCEEDED} if the caller waits no
	 * longer
	 */
	void next() {
		boolean interrupted = false;
		long wait = this.fresh ? 0 : begin();
		long patience = patience();
		while (wait > 0 && patience > 0) {
			LockSupport.parkNanos(Math.min(Math.min(wait, patience), LOOK_NANOS));
			interrupted |= Thread.interrupted();
			wait = begin();
			patience = patience();
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
		if (wait > 0) {
			throw IoProblems.late(true);
		}
		this.fresh = false;
	}

	private long patience() {
		long deadline = this.caller.deadline();
		return (deadline == Long.MAX_VALUE) ? deadline : deadline - System.nanoTime();
	}

	/**
	 * Takes off what a piece moves.
	 */
	void moves(long bytes) {
		moves(operations(bytes), bytes);
	}

	/**
	 * Takes off what operations move that go together.
	 */
	void moves(long operations, long bytes) {
		TenantRate rate = this.rates.of(this.tenant);
		if (rate != null) {
			rate.moves(operations, bytes);
		}
	}

	/**
	 * What one that moves so much counts as.
	 */
	static long operations(long bytes) {
		return Math.max(1, Math.ceilDiv(bytes, OPERATION));
	}

}
