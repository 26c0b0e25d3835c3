package dev.holdfast.tenant;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores when tokens were used last, from time to time and at the end, on a thread of its
 * own: no request waits for it, and a crash loses what came since.
 */
public final class StoredUses implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(StoredUses.class);

	private static final Duration INTERVAL = Duration.ofMinutes(1);

	private final Tokens tokens;

	private final ScheduledExecutorService thread = Executors
		.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("token-uses").daemon().factory());

	private final ScheduledFuture<?> storing;

	public StoredUses(Tokens tokens) {
		this(tokens, INTERVAL);
	}

	StoredUses(Tokens tokens, Duration interval) {
		this.tokens = tokens;
		this.storing = this.thread.scheduleWithFixedDelay(this::store, interval.toMillis(), interval.toMillis(),
				TimeUnit.MILLISECONDS);
	}

	private void store() {
		try {
			this.tokens.storeUses();
		}
		catch (RuntimeException ex) {
			log.warn("When tokens were used last was not stored", ex);
		}
	}

	@Override
	public void close() {
		this.storing.cancel(false);
		this.thread.close();
		store();
	}

}
