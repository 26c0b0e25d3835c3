package dev.holdfast.event;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * One client's way through the log. One thread at a time.
 */
public final class EventStream implements AutoCloseable {

	/** Events that are taken at a time, so that a stream never holds many. */
	private static final int BATCH = 100;

	private final EventLog log;

	private final Timeline timeline;

	private final boolean gap;

	private long position;

	/** Events of the timeline up to the position. */
	private long seen;

	private boolean open = true;

	EventStream(EventLog log, Timeline timeline, long position, boolean gap) {
		this.seen = timeline.countTo(position);
		this.log = log;
		this.timeline = timeline;
		this.position = position;
		this.gap = gap;
	}

	/**
	 * Whether events are missing between the place that was asked for and where this
	 * stream begins: whoever follows has to list again.
	 */
	public boolean gap() {
		return this.gap;
	}

	/**
	 * After which event it is.
	 * @return where to resume
	 */
	public EventPlace place() {
		return this.log.place(this.position);
	}

	/**
	 * Where to resume after an event of this stream.
	 */
	public EventPlace placeOf(Event event) {
		return this.log.place(event.sequence());
	}

	/**
	 * Waits for the next events.
	 * @param wait how long at most
	 * @return in order; empty if none came in time; {@code null} at the end of the
	 * stream: the service stops, the tenant is gone, or the client has fallen too far
	 * behind
	 * @throws InterruptedException if the thread was interrupted
	 */
	public @Nullable List<Event> next(Duration wait) throws InterruptedException {
		List<Event> events = this.log.await(this.timeline, this.position, this.seen, BATCH,
				TimeUnit.NANOSECONDS.convert(wait));
		if (events != null && !events.isEmpty()) {
			this.position = events.getLast().sequence();
			this.seen += events.size();
		}
		return events;
	}

	@Override
	public void close() {
		if (this.open) {
			this.open = false;
			this.log.unfollow(this.timeline);
		}
	}

}
