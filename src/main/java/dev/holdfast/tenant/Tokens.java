package dev.holdfast.tenant;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.contract.ResourceName;
import org.jspecify.annotations.Nullable;

/**
 * Every token there is. All records are in memory and this is their only writer, so that
 * a look-up never reaches the catalog and a token that was revoked is gone at once.
 */
public final class Tokens {

	/** Tokens that a tenant has at most, unless the operator says otherwise. */
	public static final int PER_TENANT = 32;

	private final TokenTable table;

	private final Clock clock;

	private final int perTenant;

	private final Map<String, TokenRecord> records;

	public Tokens(Catalog catalog, Clock clock) {
		this(catalog, clock, PER_TENANT);
	}

	public Tokens(Catalog catalog, Clock clock, int perTenant) {
		this.table = new TokenTable(catalog);
		this.clock = clock;
		this.perTenant = perTenant;
		this.records = this.table.load()
			.stream()
			.collect(Collectors.toConcurrentMap(TokenRecord::id, Function.identity(), (one, other) -> one,
					ConcurrentHashMap::new));
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
		Instant now = this.clock.instant();
		if (found == null || !token.hasHash(found.hash()) || found.expired(now)) {
			return Optional.empty();
		}
		found.lastUse().note(now);
		return Optional.of(found.identity());
	}

	/**
	 * Whether the token that somebody has shown is still good, for what goes on long
	 * after that.
	 */
	public boolean isLive(Identity holder) {
		TokenRecord found = this.records.get(holder.tokenId());
		return found != null && !found.expired(this.clock.instant());
	}

	/**
	 * Makes a token.
	 * @see #issue(TokenSpec, Precondition)
	 */
	public IssuedToken issue(TokenSpec spec) {
		return issue(spec, Precondition.none());
	}

	/**
	 * Makes a token. The same declaration again changes nothing and does not show the
	 * secret again.
	 * @param spec what it is for
	 * @param demanded of what is there
	 * @return the token, with its secret if it was made now
	 * @throws ProblemException {@link Problem#ALREADY_EXISTS} if the name has another
	 * declaration, {@link Problem#QUOTA_EXCEEDED} if the tenant has too many,
	 * {@link Problem#BAD_NAME}, {@link Problem#MALFORMED_REQUEST}
	 */
	public synchronized IssuedToken issue(TokenSpec spec, Precondition<TokenStatus> demanded) {
		ResourceName.require("token", spec.name());
		TokenRecord there = find(spec.tenant(), spec.name());
		demanded.check((there != null) ? there.status() : null);
		if (there != null) {
			return again(there, spec);
		}
		Instant now = now();
		requireFuture(spec, now);
		requireRoom(spec.tenant());
		Token token = Token.random();
		return new IssuedToken(put(List.of(), token, spec, now).status(), token);
	}

	private Instant now() {
		return this.clock.instant().truncatedTo(ChronoUnit.MILLIS);
	}

	private static void requireFuture(TokenSpec spec, Instant now) {
		Instant end = spec.expiresAt();
		if (end != null && !end.isAfter(now)) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, "expiresAt is in the past");
		}
	}

	private void requireRoom(@Nullable String tenant) {
		if (tenant != null && list(tenant).size() >= this.perTenant) {
			throw new ProblemException(Problem.QUOTA_EXCEEDED,
					"The tenant has %d tokens, and may have no more: delete one, be it expired"
						.formatted(this.perTenant))
				.with("limit", this.perTenant);
		}
	}

	private static IssuedToken again(TokenRecord there, TokenSpec spec) {
		if (!there.spec().equals(spec)) {
			throw new ProblemException(Problem.ALREADY_EXISTS,
					"A token of this name has another role or expiry; take another name");
		}
		return new IssuedToken(there.status(), null);
	}

	private TokenRecord put(List<TokenRecord> gone, Token token, TokenSpec spec, Instant now) {
		TokenRecord made = new TokenRecord(token.id(), spec, token.hash(), now, new LastUse(0));
		this.table.replace(gone, made);
		gone.forEach((each) -> this.records.remove(each.id()));
		this.records.put(made.id(), made);
		return made;
	}

	/**
	 * Gives a token another role or expiry, from its next request on. The secret stays.
	 * @param spec what it is to be for
	 * @param demanded of what is there
	 * @return as it is now
	 * @throws ProblemException {@link Problem#NOT_FOUND},
	 * {@link Problem#MALFORMED_REQUEST}
	 */
	public synchronized TokenStatus change(TokenSpec spec, Precondition<TokenStatus> demanded) {
		TokenRecord there = find(spec.tenant(), spec.name());
		demanded.check((there != null) ? there.status() : null);
		if (there == null) {
			throw Identity.notFound();
		}
		if (!there.spec().equals(spec)) {
			requireFuture(spec, now());
			there = there.declaredAs(spec);
			this.table.update(there);
			this.records.put(there.id(), there);
		}
		return there.status();
	}

	/**
	 * Makes the one token of an administrator: all others of that role end with it.
	 * @return the token, with its secret
	 */
	public synchronized Token resetAdministrator() {
		Token token = Token.random();
		installAdministrator(token);
		return token;
	}

	/**
	 * Makes a token that somebody provides the one of an administrator. All others of
	 * that role end with it.
	 * @param token with its secret
	 * @return {@code false} if it was that already
	 * @throws IllegalArgumentException if a tenant has a token with its id
	 */
	public synchronized boolean installAdministrator(Token token) {
		TokenRecord there = this.records.get(token.id());
		if (there != null && there.spec().role() != Role.ADMIN) {
			throw new IllegalArgumentException("a tenant has a token with this id");
		}
		List<TokenRecord> before = select((record) -> record.spec().role() == Role.ADMIN);
		if (there != null && before.size() == 1 && token.hasHash(there.hash())
				&& there.spec().equals(TokenSpec.ADMINISTRATOR)) {
			return false;
		}
		put(before, token, TokenSpec.ADMINISTRATOR, now());
		return true;
	}

	/**
	 * What there is of a name.
	 * @param tenant whose
	 * @param name its name
	 * @return the token without its secret
	 */
	public Optional<TokenStatus> status(String tenant, String name) {
		return Optional.ofNullable(find(tenant, name)).map(TokenRecord::status);
	}

	/**
	 * All tokens of a tenant, expired ones too.
	 * @param tenant whose
	 * @return in no order
	 */
	public List<TokenStatus> list(String tenant) {
		return select((record) -> tenant.equals(record.spec().tenant())).stream().map(TokenRecord::status).toList();
	}

	/**
	 * Ends a token at once.
	 * @see #revoke(String, String, Precondition)
	 */
	public boolean revoke(@Nullable String tenant, String name) {
		return revoke(tenant, name, Precondition.none());
	}

	/**
	 * Ends a token at once.
	 * @param tenant whose it is; {@code null} for an administrator's
	 * @param name its name
	 * @param demanded of what is there
	 * @return {@code false} if there was none
	 */
	public synchronized boolean revoke(@Nullable String tenant, String name, Precondition<TokenStatus> demanded) {
		TokenRecord there = find(tenant, name);
		demanded.check((there != null) ? there.status() : null);
		if (there == null) {
			return false;
		}
		end(List.of(there));
		return true;
	}

	/**
	 * Ends all tokens of a tenant at once.
	 * @param tenant whose
	 */
	public synchronized void endAll(String tenant) {
		end(select((record) -> tenant.equals(record.spec().tenant())));
	}

	private void end(List<TokenRecord> gone) {
		this.table.delete(gone);
		gone.forEach((each) -> this.records.remove(each.id()));
	}

	/**
	 * Stores when tokens were used last, as far as it is not.
	 */
	public void storeUses() {
		Map<TokenRecord, Long> minutes = select((record) -> !record.lastUse().isStored()).stream()
			.collect(Collectors.toMap(Function.identity(), (record) -> record.lastUse().minute()));
		if (!minutes.isEmpty()) {
			this.table.used(minutes);
			minutes.forEach((record, minute) -> record.lastUse().stored(minute));
		}
	}

	/**
	 * Whether anyone can administer.
	 * @return {@code false} before the first start has made a token for it
	 */
	public boolean hasAdministrator() {
		return !select((record) -> record.spec().role() == Role.ADMIN).isEmpty();
	}

	private @Nullable TokenRecord find(@Nullable String tenant, String name) {
		return this.records.values()
			.stream()
			.filter((record) -> record.spec().name().equals(name) && Objects.equals(record.spec().tenant(), tenant))
			.findAny()
			.orElse(null);
	}

	private List<TokenRecord> select(Predicate<TokenRecord> which) {
		return this.records.values().stream().filter(which).toList();
	}

}
