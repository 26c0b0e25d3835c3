package dev.holdfast.operation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Shows the time that a test has set.
 */
public final class SettableClock extends Clock {

	private final AtomicReference<Instant> now;

	public SettableClock(Instant now) {
		this.now = new AtomicReference<>(now);
	}

	public void advance(Duration step) {
		this.now.updateAndGet((time) -> time.plus(step));
	}

	@Override
	public Instant instant() {
		return this.now.get();
	}

	@Override
	public ZoneOffset getZone() {
		return ZoneOffset.UTC;
	}

	@Override
	public Clock withZone(ZoneId zone) {
		return this;
	}

}
