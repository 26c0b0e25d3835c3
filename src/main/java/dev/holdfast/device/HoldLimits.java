package dev.holdfast.device;

import java.time.Duration;

/**
 * How much I/O waits for a device that is away, and for how long. Each device has its
 * own.
 *
 * @param time how long a drive may be away
 * @param operations that wait at most
 * @param bytes of writes that wait at most
 */
public record HoldLimits(Duration time, int operations, long bytes) {

	public static final HoldLimits DEFAULT = new HoldLimits(Duration.ofSeconds(60), 4096, 64L << 20);

}
