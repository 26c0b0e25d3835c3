package dev.holdfast.device;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How much I/O waits for a device that is away, and for how long. Each device has its
 * own.
 *
 * @param time how long a drive may be away
 * @param operations that wait at most
 * @param bytes of writes that wait at most
 * @param suspended how long I/O waits for a device that an operator has suspended;
 * {@code null} for as long as that takes
 */
public record HoldLimits(Duration time, int operations, long bytes, @Nullable Duration suspended) {

	public static final HoldLimits DEFAULT = new HoldLimits(Duration.ofSeconds(60), 4096, 64L << 20);

	/**
	 * Without a limit of an operator's suspend.
	 */
	public HoldLimits(Duration time, int operations, long bytes) {
		this(time, operations, bytes, null);
	}

}
