package dev.holdfast.operation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An operation in the hands of whoever does the work: any thread but one that must not
 * wait, since some calls wait for the catalog. What they wait for is written outside of
 * the lock, so that to look at an operation never waits for the disk.
 * <p>
 * Progress is in memory at once and in the catalog about once a second. If the catalog
 * cannot store progress or the end, that is logged and the work goes on: after a restart
 * it is resumed from what was stored last, and so has to bear being done again.
 */
public final class Operation {

	private static final Logger log = LoggerFactory.getLogger(Operation.class);

	private static final Duration STORE_INTERVAL = Duration.ofSeconds(1);

	private final OperationTable table;

	private final Clock clock;

	private final OperationListener listener;

	private final UUID id;

	private final OperationSpec spec;

	private final Instant startedAt;

	private final CountDownLatch finished = new CountDownLatch(1);

	// What follows is guarded by this.

	private long done;

	private long total;

	private Instant storedAt;

	/** Set before the end is stored; others see it once that is done. */
	private boolean ending;

	private @Nullable OperationEnd end;

	private boolean cancelRequested;

	/** Of the whole, that was told last. */
	private long toldPercent;

	private @Nullable Runnable onCancel;

	/**
	 * One that has begun.
	 * @param listener told what becomes of it in this run
	 */
	Operation(OperationRow row, OperationTable table, Clock clock, OperationListener listener) {
		this.table = table;
		this.listener = listener;
		this.clock = clock;
		this.id = row.id();
		this.spec = row.spec();
		this.startedAt = row.startedAt();
		this.done = row.done();
		this.total = row.spec().total();
		this.storedAt = clock.instant();
		this.cancelRequested = row.cancelRequested();
		this.end = row.end();
		if (this.end != null) {
			this.ending = true;
			this.finished.countDown();
		}
	}

	public UUID id() {
		return this.id;
	}

	/**
	 * What is to be done.
	 * @return as it began; after a restart with the total that was stored last
	 */
	public OperationSpec spec() {
		return this.spec;
	}

	/**
	 * Reports how far it is.
	 * @param done of the total, in the operation's unit
	 */
	public void progress(long done) {
		synchronized (this) {
			report(done, this.total);
		}
		storeProgress();
	}

	/**
	 * Reports how far it is, and that there is more or less to do than was said.
	 * @param done of the total, in the operation's unit
	 * @param total of how much
	 */
	public void progress(long done, long total) {
		synchronized (this) {
			report(done, total);
		}
		storeProgress();
	}

	private void report(long done, long total) {
		if (!this.ending) {
			this.done = done;
			this.total = total;
		}
	}

	private void storeProgress() {
		boolean told;
		synchronized (this) {
			Instant now = this.clock.instant();
			// Either way: a clock that was set back must not end the storing for as long.
			if (this.ending || Duration.between(this.storedAt, now).abs().compareTo(STORE_INTERVAL) < 0) {
				return;
			}
			this.storedAt = now;
			long percent = (this.total > 0) ? this.done * 100 / this.total : 0;
			told = percent == this.toldPercent;
			this.toldPercent = percent;
		}
		try {
			this.table.progress(this);
			if (!told) {
				this.listener.progressed(snapshot());
			}
		}
		catch (RuntimeException ex) {
			log.warn("Progress of operation {} ({} {}) was not stored or told", this.id, this.spec.kind(),
					this.spec.subject(), ex);
		}
	}

	/** It has done what was asked. The first end counts; all others change nothing. */
	public void succeed() {
		finish(OperationState.SUCCEEDED, null);
	}

	/**
	 * It cannot do what was asked.
	 * @param problem what its owner is told
	 */
	public void fail(ProblemException problem) {
		if (finish(OperationState.FAILED, OperationError.of(problem))) {
			log.warn("Operation {} ({} {}) failed: {}", this.id, this.spec.kind(), this.spec.subject(),
					problem.getMessage(), problem.getCause());
		}
	}

	/** It has ended since somebody asked for that, and nothing of it is left. */
	public void cancelled() {
		finish(OperationState.CANCELLED, null);
	}

	private boolean finish(OperationState state, @Nullable OperationError error) {
		synchronized (this) {
			if (this.ending) {
				return false;
			}
			this.ending = true;
		}
		OperationEnd made = new OperationEnd(state, this.clock.instant().truncatedTo(ChronoUnit.MILLIS), error);
		try {
			this.table.end(this, made);
		}
		catch (RuntimeException ex) {
			log.error("The end of operation {} ({} {}), {}, was not stored", this.id, this.spec.kind(),
					this.spec.subject(), state.label(), ex);
		}
		synchronized (this) {
			this.end = made;
			this.onCancel = null;
		}
		this.listener.finished(snapshot());
		this.finished.countDown();
		return true;
	}

	/**
	 * Whether somebody asked for its end, in this run or before a restart.
	 */
	public synchronized boolean cancelRequested() {
		return this.cancelRequested;
	}

	/**
	 * Makes it cancellable. The work may still succeed, if it is too late to turn back.
	 * @param action called once, when somebody asks for the end or, if somebody has
	 * already, now; it should only tell the work to stop. It takes the place of the one
	 * before.
	 */
	public void onCancel(Runnable action) {
		synchronized (this) {
			if (this.ending) {
				return;
			}
			this.onCancel = action;
			if (!this.cancelRequested) {
				return;
			}
		}
		tellToStop(action);
	}

	/**
	 * Asks for its end. Durable when it returns.
	 * @throws ProblemException {@link Problem#NOT_SUPPORTED} if it cannot be cancelled
	 */
	void requestCancel() {
		synchronized (this) {
			if (this.ending || this.cancelRequested) {
				return;
			}
			if (this.onCancel == null) {
				throw new ProblemException(Problem.NOT_SUPPORTED,
						"An operation of kind %s cannot be cancelled".formatted(this.spec.kind()));
			}
		}
		this.table.requestCancel(this.id);
		Runnable action;
		synchronized (this) {
			if (this.ending || this.cancelRequested) {
				return;
			}
			this.cancelRequested = true;
			action = this.onCancel;
		}
		if (action != null) {
			tellToStop(action);
		}
	}

	private void tellToStop(Runnable action) {
		try {
			action.run();
		}
		catch (RuntimeException ex) {
			log.error("Operation {} ({} {}) was not told to stop", this.id, this.spec.kind(), this.spec.subject(), ex);
		}
	}

	/**
	 * What it is now.
	 * @return never waits for the catalog
	 */
	public synchronized OperationSnapshot snapshot() {
		OperationEnd ended = this.end;
		return new OperationSnapshot(this.id, this.spec.kind(), this.spec.tenant(), this.spec.subject(),
				(ended != null) ? ended.state() : OperationState.RUNNING, this.done, this.total, this.spec.unit(),
				this.startedAt, (ended != null) ? ended.finishedAt() : null, (ended != null) ? ended.error() : null,
				ended == null && this.onCancel != null);
	}

	/**
	 * Waits for the end.
	 * @param limit how long at most
	 * @return {@code true} if it has finished; {@code false} also if the thread was
	 * interrupted, which it then still is
	 */
	public boolean await(Duration limit) {
		try {
			return this.finished.await(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return this.finished.getCount() == 0;
		}
	}

}
