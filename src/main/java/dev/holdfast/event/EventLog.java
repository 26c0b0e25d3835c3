package dev.holdfast.event;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * The newest events of this run: 10,000 for each tenant, and as many of all for
 * administrators. Publishing never waits for whoever follows: a stream that falls behind
 * by more than that ends, and its client can resume.
 * <p>
 * All state is guarded by one lock, which nobody holds while writing to a client. Any
 * thread, virtual ones park.
 */
public final class EventLog implements AutoCloseable {

	/** Events that are kept for each tenant. */
	public static final int KEPT = 10_000;

	/** Whose timeline holds everything. No tenant is called so. */
	private static final String ADMINISTRATORS = "";

	private final Clock clock;

	private final String run;

	private final int kept;

	/** That a tenant may have open at a time. */
	private final int streams;

	private final Map<String, Timeline> timelines = new HashMap<>();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition left = this.lock.newCondition();

	private long last;

	private int open;

	private long dropped;

	private boolean closed;

	/**
	 * An empty log.
	 * @param run tells this run from others: lower-case letters and digits
	 * @param streams that a tenant, and administrators together, may have open at a time
	 */
	public EventLog(Clock clock, String run, int streams) {
		this(clock, run, streams, KEPT);
	}

	EventLog(Clock clock, String run, int streams, int kept) {
		this.clock = clock;
		this.run = run;
		this.streams = streams;
		this.kept = kept;
	}

	/**
	 * Tells those who follow what has happened.
	 * @param tenant who sees it besides administrators; {@code null} for nobody
	 * @param subject to what, such as {@code tenants/acme/volumes/db}
	 * @param resource the thing as it is now
	 */
	public void publish(EventKind kind, @Nullable String tenant, String subject, Record resource) {
		this.lock.lock();
		try {
			Event event = new Event(this.last + 1, this.clock.instant(), kind, tenant, subject, resource);
			if (tenant != null) {
				timeline(tenant).add(event);
			}
			timeline(ADMINISTRATORS).add(event);
			this.last = event.sequence();
		}
		finally {
			this.lock.unlock();
		}
	}

	private Timeline timeline(String owner) {
		return this.timelines.computeIfAbsent(owner,
				(name) -> new Timeline(this.lock.newCondition(), this.kept, this.last));
	}

	/**
	 * Follows what happens from now on, or from a place on.
	 * @param tenant whose events; {@code null} for all, as administrators see them
	 * @param place after which to begin, or {@code null} for now
	 * @return the stream, to be closed
	 * @throws ProblemException {@link Problem#RATE_LIMITED} if the tenant has too many
	 * open, {@link Problem#OVERLOADED} once the log is closed
	 */
	public EventStream follow(@Nullable String tenant, @Nullable EventPlace place) {
		this.lock.lock();
		try {
			if (this.closed) {
				throw new ProblemException(Problem.OVERLOADED, "The service is stopping");
			}
			Timeline timeline = timeline((tenant != null) ? tenant : ADMINISTRATORS);
			if (timeline.followers >= this.streams) {
				throw new ProblemException(Problem.RATE_LIMITED,
						"At most %d streams of events at a time: close one first".formatted(this.streams))
					.with("limit", this.streams);
			}
			timeline.followers++;
			this.open++;
			if (place == null) {
				return new EventStream(this, timeline, this.last, false);
			}
			boolean whole = place.run().equals(this.run) && place.sequence() <= this.last
					&& timeline.reachesBackTo(place.sequence());
			return new EventStream(this, timeline, whole ? place.sequence() : this.last, !whole);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Forgets a tenant's events: the tenant is gone, and the next of that name has not
	 * seen them. Its streams end.
	 */
	public void forget(String tenant) {
		this.lock.lock();
		try {
			Timeline old = this.timelines.remove(tenant);
			if (old != null) {
				old.end();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits for what comes after a place.
	 * @param seen events of the timeline up to that place
	 * @return empty if nothing came in time; {@code null} if there is no more, or if what
	 * came is not all there any more
	 */
	@Nullable List<Event> await(Timeline timeline, long after, long seen, int most, long waitNanos) throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			long left = waitNanos;
			while (true) {
				if (timeline.ended()) {
					return null;
				}
				if (!timeline.reachesBackTo(after)) {
					this.dropped += timeline.dropped() - seen;
					return null;
				}
				List<Event> events = timeline.after(after, most);
				if (!events.isEmpty() || left <= 0) {
					return events;
				}
				left = timeline.added.awaitNanos(left);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	void unfollow(Timeline timeline) {
		this.lock.lock();
		try {
			timeline.followers--;
			this.open--;
			this.left.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Streams that are open.
	 * @return a snapshot
	 */
	public int streams() {
		this.lock.lock();
		try {
			return this.open;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Events that streams have missed since they fell behind.
	 */
	public long dropped() {
		this.lock.lock();
		try {
			return this.dropped;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits until no stream is open, after {@link #close}.
	 * @return whether that is so
	 */
	public boolean awaitEnd(Duration limit) throws InterruptedException {
		long wait = limit.toNanos();
		this.lock.lockInterruptibly();
		try {
			while (this.open > 0) {
				if (wait <= 0) {
					return false;
				}
				wait = this.left.awaitNanos(wait);
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	EventPlace place(long sequence) {
		return new EventPlace(this.run, sequence);
	}

	/**
	 * Ends all streams, and lets none begin.
	 */
	@Override
	public void close() {
		this.lock.lock();
		try {
			this.closed = true;
			this.timelines.values().forEach(Timeline::end);
		}
		finally {
			this.lock.unlock();
		}
	}

}
