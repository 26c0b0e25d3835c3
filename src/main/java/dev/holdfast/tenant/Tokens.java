package dev.holdfast.tenant;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.contract.ResourceName;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Every token there is. All records are in memory and this is their only writer, so that
 * a look-up never reaches the catalog and a token that was revoked is gone at once.
 */
public final class Tokens {

	private final Catalog catalog;

	private final Clock clock;

	private final Map<String, TokenRecord> records;

	public Tokens(Catalog catalog, Clock clock) {
		this.catalog = catalog;
		this.clock = clock;
		this.records = new ConcurrentHashMap<>(catalog.read(Tokens::load));
	}

	/**
	 * Finds out who holds a token.
	 * @param text what was sent
	 * @return who it is, or empty if it is malformed, unknown, wrong or expired: which of
	 * these is not said
	 */
	public Optional<Identity> authenticate(String text) {
		Token token = Token.parse(text);
		if (token == null) {
			return Optional.empty();
		}
		TokenRecord found = this.records.get(token.id());
		if (found == null || !token.hasHash(found.hash()) || found.expired(this.clock.instant())) {
			return Optional.empty();
		}
		return Optional.of(found.identity());
	}

	/**
	 * Makes a token. The same declaration again changes nothing and does not show the
	 * secret again.
	 * @param spec what it is for
	 * @return the token, with its secret if it was made now
	 * @throws ProblemException {@link Problem#ALREADY_EXISTS} if the name has another
	 * declaration, {@link Problem#BAD_NAME}, {@link Problem#MALFORMED_REQUEST}
	 */
	public synchronized IssuedToken issue(TokenSpec spec) {
		ResourceName.require("token", spec.name());
		TokenRecord there = find(spec.tenant(), spec.name());
		if (there != null) {
			return again(there, spec);
		}
		Instant now = this.clock.instant().truncatedTo(ChronoUnit.MILLIS);
		Instant end = spec.expiresAt();
		if (end != null && !end.isAfter(now)) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, "expiresAt is in the past");
		}
		Token token = Token.random();
		TokenRecord made = new TokenRecord(token.id(), spec, token.hash(), now);
		this.catalog.write((client) -> insert(client, made));
		this.records.put(made.id(), made);
		return new IssuedToken(spec, now, token);
	}

	private static IssuedToken again(TokenRecord there, TokenSpec spec) {
		if (!there.spec().equals(spec)) {
			throw new ProblemException(Problem.ALREADY_EXISTS,
					"A token of this name has another role or expiry; take another name");
		}
		return new IssuedToken(there.spec(), there.createdAt(), null);
	}

	/**
	 * Ends a token at once.
	 * @param tenant whose it is; {@code null} for an administrator's
	 * @param name its name
	 * @return {@code false} if there was none
	 */
	public synchronized boolean revoke(@Nullable String tenant, String name) {
		TokenRecord there = find(tenant, name);
		if (there == null) {
			return false;
		}
		this.catalog
			.write((client) -> client.sql("DELETE FROM tokens WHERE id = :id").param("id", there.id()).update());
		this.records.remove(there.id());
		return true;
	}

	/**
	 * Whether anyone can administer.
	 * @return {@code false} before the first start has made a token for it
	 */
	public boolean hasAdministrator() {
		return this.records.values().stream().anyMatch((record) -> record.spec().role() == Role.ADMIN);
	}

	private @Nullable TokenRecord find(@Nullable String tenant, String name) {
		return this.records.values()
			.stream()
			.filter((record) -> record.spec().name().equals(name) && Objects.equals(record.spec().tenant(), tenant))
			.findAny()
			.orElse(null);
	}

	private static Map<String, TokenRecord> load(JdbcClient client) {
		return client.sql("SELECT id, tenant, name, role, secret_hash, created_at, expires_at FROM tokens")
			.query((row, number) -> {
				long end = row.getLong("expires_at");
				Instant expiresAt = row.wasNull() ? null : Instant.ofEpochMilli(end);
				TokenSpec spec = new TokenSpec(row.getString("tenant"), row.getString("name"),
						Role.valueOf(row.getString("role").toUpperCase(Locale.ROOT)), expiresAt);
				return new TokenRecord(row.getString("id"), spec, row.getString("secret_hash"),
						Instant.ofEpochMilli(row.getLong("created_at")));
			})
			.list()
			.stream()
			.collect(Collectors.toMap(TokenRecord::id, Function.identity()));
	}

	private static int insert(JdbcClient client, TokenRecord made) {
		TokenSpec spec = made.spec();
		Instant end = spec.expiresAt();
		return client
			.sql("INSERT INTO tokens (id, tenant, name, role, secret_hash, created_at, expires_at) "
					+ "VALUES (:id, :tenant, :name, :role, :hash, :created, :expires)")
			.param("id", made.id())
			.param("tenant", spec.tenant())
			.param("name", spec.name())
			.param("role", spec.role().label())
			.param("hash", made.hash())
			.param("created", made.createdAt().toEpochMilli())
			.param("expires", (end != null) ? end.toEpochMilli() : null)
			.update();
	}

}
