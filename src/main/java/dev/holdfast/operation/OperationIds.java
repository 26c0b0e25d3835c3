package dev.holdfast.operation;

import java.time.Clock;
import java.util.UUID;

/**
 * Makes ids that are an order as well: UUIDs of version 7 (RFC 9562, section 5.7), each
 * larger than all before it, however the clock is set.
 */
final class OperationIds {

	/**
	 * Of an id's upper half, below the milliseconds: a counter, and between them the
	 * version.
	 */
	private static final int COUNTER_BITS = 12;

	private static final int TIME_SHIFT = 16;

	private static final long COUNTER_MASK = (1 << COUNTER_BITS) - 1;

	private static final long VERSION = 7 << COUNTER_BITS;

	private final Clock clock;

	/** Milliseconds and counter of the largest id, guarded by this. */
	private long last;

	OperationIds(Clock clock) {
		this.clock = clock;
	}

	/** Ids that are made from now on are larger than this one. */
	synchronized void seen(UUID id) {
		long upper = id.getMostSignificantBits();
		this.last = Math.max(this.last, (upper >>> TIME_SHIFT) << COUNTER_BITS | (upper & COUNTER_MASK));
	}

	synchronized UUID next() {
		this.last = Math.max(this.last + 1, this.clock.millis() << COUNTER_BITS);
		long upper = (this.last >>> COUNTER_BITS) << TIME_SHIFT | VERSION | (this.last & COUNTER_MASK);
		// The lower half of a random UUID is that of this version: the variant and 62
		// random bits.
		return new UUID(upper, UUID.randomUUID().getLeastSignificantBits());
	}

}
