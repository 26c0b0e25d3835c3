package dev.holdfast.tenant;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.holdfast.catalog.Catalog;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Tokens in the catalog. Each change is durable when its method returns.
 */
final class TokenTable {

	private final Catalog catalog;

	TokenTable(Catalog catalog) {
		this.catalog = catalog;
	}

	List<TokenRecord> load() {
		return this.catalog.read((client) -> client.sql("SELECT * FROM tokens").query(TokenTable::row).list());
	}

	private static TokenRecord row(ResultSet row, int number) throws SQLException {
		long end = row.getLong("expires_at");
		Instant expiresAt = row.wasNull() ? null : Instant.ofEpochMilli(end);
		TokenSpec spec = new TokenSpec(row.getString("tenant"), row.getString("name"),
				Role.valueOf(row.getString("role").toUpperCase(Locale.ROOT)), expiresAt);
		return new TokenRecord(row.getString("id"), spec, row.getString("secret_hash"),
				Instant.ofEpochMilli(row.getLong("created_at")), new LastUse(row.getLong("last_used_at")));
	}

	/**
	 * Adds a token in the place of others.
	 */
	void replace(List<TokenRecord> gone, TokenRecord made) {
		this.catalog.write((client) -> {
			gone.forEach((each) -> delete(client, each));
			return insert(client, made);
		});
	}

	void update(TokenRecord changed) {
		TokenSpec spec = changed.spec();
		this.catalog
			.write((client) -> client.sql("UPDATE tokens SET role = :role, expires_at = :expires WHERE id = :id")
				.param("role", spec.role().label())
				.param("expires", millis(spec.expiresAt()))
				.param("id", changed.id())
				.update());
	}

	void delete(List<TokenRecord> gone) {
		this.catalog.write((client) -> gone.stream().mapToInt((each) -> delete(client, each)).sum());
	}

	/**
	 * Stores when tokens were used last.
	 * @param minutes in milliseconds since 1970
	 */
	void used(Map<TokenRecord, Long> minutes) {
		this.catalog.write((client) -> minutes.entrySet()
			.stream()
			.mapToInt((use) -> client.sql("UPDATE tokens SET last_used_at = :minute WHERE id = :id")
				.param("minute", use.getValue())
				.param("id", use.getKey().id())
				.update())
			.sum());
	}

	private static int delete(JdbcClient client, TokenRecord gone) {
		return client.sql("DELETE FROM tokens WHERE id = :id").param("id", gone.id()).update();
	}

	private static int insert(JdbcClient client, TokenRecord made) {
		TokenSpec spec = made.spec();
		return client
			.sql("INSERT INTO tokens (id, tenant, name, role, secret_hash, created_at, expires_at) "
					+ "VALUES (:id, :tenant, :name, :role, :hash, :created, :expires)")
			.param("id", made.id())
			.param("tenant", spec.tenant())
			.param("name", spec.name())
			.param("role", spec.role().label())
			.param("hash", made.hash())
			.param("created", made.createdAt().toEpochMilli())
			.param("expires", millis(spec.expiresAt()))
			.update();
	}

	private static @Nullable Long millis(@Nullable Instant time) {
		return (time != null) ? time.toEpochMilli() : null;
	}

}
