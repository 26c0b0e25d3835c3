package dev.holdfast.audit;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.catalog.SharedTransactions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Who administered what: a line of JSON on the logger {@code holdfast.audit}, and a row
 * in the catalog. What is recorded at the same time shares a transaction. Any thread.
 */
public final class AuditLog {

	/** Each message is one line of JSON, whatever a request holds. */
	private static final Logger audit = LoggerFactory.getLogger("holdfast.audit");

	private static final Logger log = LoggerFactory.getLogger(AuditLog.class);

	private static final JsonMapper JSON = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

	private final Clock clock;

	private final SharedTransactions transactions;

	/** Of the last row. Only the thread that writes the catalog touches it. */
	private long sequence;

	public AuditLog(Catalog catalog, Clock clock) {
		this.clock = clock;
		this.transactions = new SharedTransactions(catalog);
		this.sequence = catalog
			.read((client) -> client.sql("SELECT COALESCE(MAX(sequence), 0) FROM audit").query(Long.class).single());
	}

	/**
	 * Records something. It is durable when this returns.
	 * @param event what
	 * @return {@code false} if the catalog could not keep it: the line is logged all the
	 * same, and an error
	 */
	public boolean record(AuditEvent event) {
		Instant now = this.clock.instant().truncatedTo(ChronoUnit.MILLIS);
		audit.info("{}", line(now, event));
		try {
			this.transactions.change((client) -> insert(client, now, event));
			return true;
		}
		catch (RuntimeException ex) {
			log.error("The catalog did not keep what was audited: {} {}", event.action(), event.object(), ex);
			return false;
		}
	}

	private static String line(Instant now, AuditEvent event) {
		Map<String, Object> line = new LinkedHashMap<>();
		line.put("time", now.toString());
		put(line, "token", event.tokenId());
		put(line, "remoteAddress", event.remoteAddress());
		line.put("action", event.action());
		line.put("object", event.object());
		line.put("result", event.result());
		put(line, "requestId", event.requestId());
		return JSON.writeValueAsString(line);
	}

	private static void put(Map<String, Object> line, String name, @Nullable String value) {
		if (value != null) {
			line.put(name, value);
		}
	}

	private void insert(JdbcClient client, Instant now, AuditEvent event) {
		this.sequence++;
		client
			.sql("INSERT INTO audit (sequence, recorded_at, token_id, remote_address, action, object, result, "
					+ "request_id) VALUES (:sequence, :recorded, :token, :remote, :action, :object, :result, :request)")
			.param("sequence", this.sequence)
			.param("recorded", now.toEpochMilli())
			.param("token", event.tokenId())
			.param("remote", event.remoteAddress())
			.param("action", event.action())
			.param("object", event.object())
			.param("result", event.result())
			.param("request", event.requestId())
			.update();
	}

}
