package dev.holdfast.mapping;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for what was begun, though not for ever: what is late goes on by itself.
 *
 * @param limit how long
 */
record BoundedWait(Duration limit) {

	private static final Logger log = LoggerFactory.getLogger(BoundedWait.class);

	void await(CompletableFuture<Void> begun) {
		try {
			begun.get(this.limit.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			// Whoever asks is told what it is now.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException ex) {
			log.error("A mapping was not made or ended as it should", ex.getCause());
		}
	}

}
