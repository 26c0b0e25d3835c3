package dev.holdfast.operation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

import dev.holdfast.catalog.Catalog;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Operations in the catalog. Each change is durable when its method returns.
 */
final class OperationTable {

	private final Catalog catalog;

	OperationTable(Catalog catalog) {
		this.catalog = catalog;
	}

	List<OperationRow> load() {
		return this.catalog.read((client) -> client.sql("SELECT * FROM operations").query(OperationTable::row).list());
	}

	private static OperationRow row(ResultSet row, int number) throws SQLException {
		OperationSpec spec = new OperationSpec(row.getString("kind"), row.getString("tenant"), row.getString("subject"),
				row.getString("unit"), row.getLong("total"), row.getString("detail"));
		OperationState state = OperationState.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
		OperationEnd end = null;
		if (state != OperationState.RUNNING) {
			String code = row.getString("error_code");
			OperationError error = (code != null) ? new OperationError(code, row.getString("error_detail")) : null;
			end = new OperationEnd(state, Instant.ofEpochMilli(row.getLong("finished_at")), error);
		}
		return new OperationRow(UUID.fromString(row.getString("id")), spec,
				Instant.ofEpochMilli(row.getLong("started_at")), row.getLong("done"),
				row.getInt("cancel_requested") != 0, end);
	}

	/**
	 * Adds one, and makes room.
	 * @param begun that has just begun
	 * @param old that are not to be kept any longer
	 */
	void begin(OperationRow begun, List<UUID> old) {
		OperationSpec spec = begun.spec();
		this.catalog.write((client) -> {
			delete(client, old);
			return client
				.sql("INSERT INTO operations (id, kind, tenant, subject, unit, total, detail, done, state, "
						+ "cancel_requested, started_at) VALUES (:id, :kind, :tenant, :subject, :unit, :total, "
						+ ":detail, 0, :state, 0, :started)")
				.param("id", begun.id().toString())
				.param("kind", spec.kind())
				.param("tenant", spec.tenant())
				.param("subject", spec.subject())
				.param("unit", spec.unit())
				.param("total", spec.total())
				.param("detail", spec.detail())
				.param("state", OperationState.RUNNING.label())
				.param("started", begun.startedAt().toEpochMilli())
				.update();
		});
	}

	/**
	 * Stores how far one is when its turn to write comes, which is not before the call:
	 * what was stored later is never less recent.
	 */
	void progress(Operation operation) {
		this.catalog.write((client) -> {
			OperationSnapshot now = operation.snapshot();
			return client
				.sql("UPDATE operations SET done = :done, total = :total WHERE id = :id AND finished_at IS NULL")
				.param("done", now.done())
				.param("total", now.total())
				.param("id", now.id().toString())
				.update();
		});
	}

	void requestCancel(UUID id) {
		this.catalog.write((client) -> client.sql("UPDATE operations SET cancel_requested = 1 WHERE id = :id")
			.param("id", id.toString())
			.update());
	}

	void end(Operation operation, OperationEnd end) {
		OperationSnapshot last = operation.snapshot();
		OperationError error = end.error();
		this.catalog.write((client) -> client
			.sql("UPDATE operations SET done = :done, total = :total, state = :state, finished_at = :finished, "
					+ "error_code = :code, error_detail = :detail WHERE id = :id")
			.param("done", last.done())
			.param("total", last.total())
			.param("state", end.state().label())
			.param("finished", end.finishedAt().toEpochMilli())
			.param("code", (error != null) ? error.code() : null)
			.param("detail", (error != null) ? error.detail() : null)
			.param("id", last.id().toString())
			.update());
	}

	void delete(List<UUID> ids) {
		if (!ids.isEmpty()) {
			this.catalog.write((client) -> delete(client, ids));
		}
	}

	private static int delete(JdbcClient client, List<UUID> ids) {
		return ids.stream()
			.mapToInt((id) -> client.sql("DELETE FROM operations WHERE id = :id").param("id", id.toString()).update())
			.sum();
	}

}
