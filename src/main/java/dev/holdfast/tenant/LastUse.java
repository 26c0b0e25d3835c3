package dev.holdfast.tenant;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import org.jspecify.annotations.Nullable;

/**
 * When a token was used last, by the minute. Any thread notes a use; one stores it. A use
 * that two note at once may be the earlier one, which within a minute is the same.
 */
final class LastUse {

	/** In milliseconds since 1970; 0 if it was never used. */
	private volatile long minute;

	private volatile long stored;

	LastUse(long storedMinute) {
		this.minute = storedMinute;
		this.stored = storedMinute;
	}

	void note(Instant now) {
		long current = now.truncatedTo(ChronoUnit.MINUTES).toEpochMilli();
		if (current > this.minute) {
			this.minute = current;
		}
	}

	@Nullable Instant at() {
		long last = this.minute;
		return (last != 0) ? Instant.ofEpochMilli(last) : null;
	}

	long minute() {
		return this.minute;
	}

	boolean isStored() {
		return this.minute == this.stored;
	}

	void stored(long storedMinute) {
		this.stored = storedMinute;
	}

}
