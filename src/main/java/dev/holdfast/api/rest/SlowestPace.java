package dev.holdfast.api.rest;

import java.time.Duration;

/**
 * How slow a client may be with the bytes of a request or an answer before it is cut off:
 * what it keeps from others is not worth that much.
 *
 * @param bytesPerSecond what it has to move
 * @param window for how long it may be slower
 */
public record SlowestPace(long bytesPerSecond, Duration window) {

	/**
	 * What has to move in a window.
	 */
	long bytes() {
		return this.bytesPerSecond * this.window.toMillis() / Duration.ofSeconds(1).toMillis();
	}

}
