package dev.holdfast.event;

import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;

/**
 * The events that one tenant sees, or all of them for administrators: the newest, up to a
 * limit. Guarded by the log's lock.
 */
final class Timeline {

	/** Signalled when something is added, and when the log closes. */
	final Condition added;

	/** Streams that follow it. */
	int followers;

	private final int limit;

	private final TreeMap<Long, Event> events = new TreeMap<>();

	/** Up to here it is not complete. */
	private long forgotten;

	/** Events that were ever added. */
	private long count;

	private boolean ended;

	/**
	 * An empty one.
	 * @param limit most events that are kept
	 * @param begin up to here it knows nothing
	 */
	Timeline(Condition added, int limit, long begin) {
		this.added = added;
		this.limit = limit;
		this.forgotten = begin;
	}

	void add(Event event) {
		this.events.put(event.sequence(), event);
		this.count++;
		if (this.events.size() > this.limit) {
			this.forgotten = this.events.pollFirstEntry().getKey();
		}
		this.added.signalAll();
	}

	/**
	 * Whether nothing that came after a place is missing.
	 */
	boolean reachesBackTo(long sequence) {
		return sequence >= this.forgotten;
	}

	/**
	 * How many of all that were ever added came up to a place.
	 */
	long countTo(long sequence) {
		return this.count - this.events.tailMap(sequence, false).size();
	}

	/**
	 * How many of all that were ever added are not kept any more.
	 */
	long dropped() {
		return this.count - this.events.size();
	}

	/**
	 * Lets whoever waits see that nothing comes any more.
	 */
	void end() {
		this.ended = true;
		this.added.signalAll();
	}

	boolean ended() {
		return this.ended;
	}

	List<Event> after(long sequence, int most) {
		return this.events.tailMap(sequence, false).values().stream().limit(most).toList();
	}

}
