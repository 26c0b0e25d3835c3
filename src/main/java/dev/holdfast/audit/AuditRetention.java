package dev.holdfast.audit;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import dev.holdfast.catalog.Catalog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Keeps the audit in the catalog from growing for ever, on a thread of its own. Those who
 * had no good token have at most a tenth of its rows, so that whoever knocks at the door
 * a million times does not wipe out what administrators did.
 */
public final class AuditRetention implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(AuditRetention.class);

	private static final Duration KEPT = Duration.ofDays(90);

	private static final long ROWS = 1_000_000;

	private static final Duration INTERVAL = Duration.ofMinutes(1);

	/** Rows that one transaction deletes at most, so that nobody waits long for it. */
	private static final int AT_A_TIME = 5_000;

	private final Catalog catalog;

	private final Clock clock;

	private final Duration kept;

	private final long rows;

	private final ScheduledExecutorService thread = Executors
		.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("audit-retention").daemon().factory());

	private final ScheduledFuture<?> trimming;

	public AuditRetention(Catalog catalog, Clock clock) {
		this(catalog, clock, KEPT, ROWS, INTERVAL);
	}

	AuditRetention(Catalog catalog, Clock clock, Duration kept, long rows, Duration interval) {
		this.catalog = catalog;
		this.clock = clock;
		this.kept = kept;
		this.rows = rows;
		this.trimming = this.thread.scheduleWithFixedDelay(this::trim, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
	}

	private void trim() {
		try {
			int gone;
			do {
				gone = trimSome();
			}
			while (gone == AT_A_TIME && !this.thread.isShutdown());
		}
		catch (RuntimeException ex) {
			log.warn("The audit was not trimmed", ex);
		}
	}

	private int trimSome() {
		List<Long> old = this.catalog.read(this::old);
		if (!old.isEmpty()) {
			this.catalog
				.write((client) -> client.sql("DELETE FROM audit WHERE sequence IN (:old)").param("old", old).update());
		}
		return old.size();
	}

	private List<Long> old(JdbcClient client) {
		return client
			.sql("""
					SELECT sequence FROM (SELECT sequence, recorded_at, token_id FROM audit ORDER BY sequence LIMIT :some) first
						WHERE recorded_at < :limit
							OR sequence <= (SELECT MAX(sequence) FROM audit) - :rows
					UNION
					SELECT sequence FROM (SELECT sequence FROM audit WHERE token_id IS NULL AND remote_address IS NOT NULL
						ORDER BY sequence DESC LIMIT :some OFFSET :strangers) many
					ORDER BY sequence LIMIT :some
					""")
			.param("some", AT_A_TIME)
			.param("limit", this.clock.instant().minus(this.kept).toEpochMilli())
			.param("rows", this.rows)
			.param("strangers", this.rows / 10)
			.query((row, number) -> row.getLong("sequence"))
			.list();
	}

	@Override
	public void close() {
		this.trimming.cancel(false);
		this.thread.close();
	}

}
