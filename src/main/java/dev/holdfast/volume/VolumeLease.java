package dev.holdfast.volume;

import java.time.Duration;
import java.time.Instant;

/**
 * The right to a volume for a while, to the exclusion of everybody who does not show its
 * number.
 *
 * @param number above that of every earlier lease of the volume
 * @param ttl how long it lives after it was taken or renewed last
 * @param expiresAt when that is, by the clock of this node
 */
public record VolumeLease(long number, Duration ttl, Instant expiresAt) {

	/** In place of a number: none is shown. */
	public static final long NONE = 0;

	VolumeLease endedAt(Instant end) {
		return new VolumeLease(this.number, this.ttl, end);
	}

}
