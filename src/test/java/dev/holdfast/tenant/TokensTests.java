package dev.holdfast.tenant;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.zip.CRC32;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.testing.Refusals;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TokensTests {

	private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

	private final AtomicReference<Instant> now = new AtomicReference<>(START);

	private final Clock clock = InstantSource.fixed(START).withZone(ZoneOffset.UTC);

	@TempDir
	Path directory;

	private Catalog catalog;

	private Tokens tokens;

	@BeforeEach
	void open() {
		this.catalog = Catalog.open(this.directory.resolve("catalog.db"));
		new Tenants(this.catalog, this.clock).create("acme");
		this.tokens = new Tokens(this.catalog, new SettableClock());
	}

	@AfterEach
	void close() {
		this.catalog.close();
	}

	@Test
	void shouldKnowWhoHoldsAToken() {
		String text = issue(spec("ci", Role.READER, null));
		assertThat(this.tokens.authenticate(text)).hasValueSatisfying((identity) -> {
			assertThat(identity.tenant()).isEqualTo("acme");
			assertThat(identity.role()).isEqualTo(Role.READER);
			assertThat(identity.tokenName()).isEqualTo("ci");
		});
	}

	@Test
	void shouldKnowItAfterARestart() {
		String text = issue(spec("ci", Role.TENANT, START.plusSeconds(60)));
		Tokens again = new Tokens(this.catalog, this.clock);
		assertThat(again.authenticate(text)).isEqualTo(this.tokens.authenticate(text)).isPresent();
	}

	@Test
	void shouldKeepNoSecret() throws Exception {
		String text = issue(spec("ci", Role.TENANT, null));
		String secret = text.substring(16, 59);
		this.catalog.close();
		try (Stream<Path> files = Files.list(this.directory)) {
			assertThat(files).isNotEmpty()
				.allSatisfy((file) -> assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
					.doesNotContain(secret));
		}
	}

	@Test
	void shouldRefuseAnotherSecretWithAKnownId() {
		String text = issue(spec("ci", Role.TENANT, null));
		Token other = Token.random();
		String forged = "hf_" + text.substring(3, 15) + other.reveal().substring(15, 59);
		CRC32 crc = new CRC32();
		crc.update(forged.getBytes(StandardCharsets.US_ASCII));
		assertThat(this.tokens.authenticate("%s_%08x".formatted(forged, crc.getValue()))).isEmpty();
	}

	@Test
	void shouldRefuseAnUnknownOne() {
		assertThat(this.tokens.authenticate(Token.random().reveal())).isEmpty();
		assertThat(this.tokens.authenticate("nonsense")).isEmpty();
	}

	@Test
	void shouldEndAtItsTime() {
		String text = issue(spec("ci", Role.TENANT, START.plusSeconds(60)));
		this.now.set(START.plusSeconds(59));
		assertThat(this.tokens.authenticate(text)).isPresent();
		this.now.set(START.plusSeconds(60));
		assertThat(this.tokens.authenticate(text)).isEmpty();
	}

	@Test
	void shouldEndAtOnceWhenRevoked() {
		String text = issue(spec("ci", Role.TENANT, null));
		assertThat(this.tokens.revoke("acme", "ci")).isTrue();
		assertThat(this.tokens.authenticate(text)).isEmpty();
		assertThat(new Tokens(this.catalog, this.clock).authenticate(text)).isEmpty();
		assertThat(this.tokens.revoke("acme", "ci")).isFalse();
	}

	@Test
	void shouldShowTheSecretOnce() {
		issue(spec("ci", Role.TENANT, null));
		assertThat(this.tokens.issue(spec("ci", Role.TENANT, null)).token()).isNull();
	}

	@Test
	void shouldRefuseAnotherDeclarationOfAName() {
		issue(spec("ci", Role.TENANT, null));
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> issue(spec("ci", Role.READER, null)))
			.satisfies((ex) -> assertThat(ex.problem()).isEqualTo(Problem.ALREADY_EXISTS));
	}

	@Test
	void shouldRefuseAnEndInThePast() {
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> issue(spec("ci", Role.READER, START)))
			.satisfies((ex) -> assertThat(ex.problem()).isEqualTo(Problem.MALFORMED_REQUEST));
	}

	@Test
	void shouldKnowWhenATokenWasUsedLastByTheMinute() {
		String text = issue(spec("ci", Role.READER, null));
		assertThat(lastUse(this.tokens)).isNull();
		this.now.set(START.plusSeconds(61));
		this.tokens.authenticate(text);
		assertThat(lastUse(this.tokens)).isEqualTo(START.plusSeconds(60));
		assertThat(lastUse(new Tokens(this.catalog, this.clock))).isNull();
		this.tokens.storeUses();
		assertThat(lastUse(new Tokens(this.catalog, this.clock))).isEqualTo(START.plusSeconds(60));
		this.now.set(START.plusSeconds(150));
		this.tokens.authenticate(text + "x");
		this.tokens.authenticate(Token.random().reveal());
		assertThat(lastUse(this.tokens)).isEqualTo(START.plusSeconds(60));
	}

	@Test
	void shouldKnowOfNoUseBeforeTheCreation() {
		Instant made = START.plusSeconds(30);
		this.now.set(made);
		this.tokens.authenticate(issue(spec("ci", Role.READER, null)));
		assertThat(lastUse(this.tokens)).isEqualTo(made);
		this.tokens.storeUses();
		assertThat(lastUse(new Tokens(this.catalog, this.clock))).isEqualTo(made);
	}

	@Test
	void shouldStoreUsesInTheBackgroundAndAtTheEnd() {
		String text = issue(spec("ci", Role.READER, null));
		try (StoredUses stored = new StoredUses(this.tokens, Duration.ofMillis(10))) {
			this.tokens.authenticate(text);
			Awaitility.await().until(() -> START.equals(lastUse(new Tokens(this.catalog, this.clock))));
			assertThat(stored).isNotNull();
		}
		this.now.set(START.plusSeconds(120));
		try (StoredUses stored = new StoredUses(this.tokens)) {
			this.tokens.authenticate(text);
			assertThat(stored).isNotNull();
		}
		assertThat(lastUse(new Tokens(this.catalog, this.clock))).isEqualTo(START.plusSeconds(120));
	}

	private static @Nullable Instant lastUse(Tokens tokens) {
		return tokens.status("acme", "ci").orElseThrow().lastUsedAt();
	}

	@Test
	void shouldChangeRoleAndExpiryButNotTheSecret() {
		String text = issue(spec("ci", Role.READER, null));
		this.tokens.change(spec("ci", Role.TENANT, START.plusSeconds(60)), Precondition.none());
		for (Tokens each : List.of(this.tokens, new Tokens(this.catalog, this.clock))) {
			assertThat(each.authenticate(text)).hasValueSatisfying((identity) -> {
				assertThat(identity.role()).isEqualTo(Role.TENANT);
				assertThat(identity.expiresAt()).isEqualTo(START.plusSeconds(60));
			});
		}
		Refusals.of(Problem.NOT_FOUND, () -> this.tokens.change(spec("cd", Role.TENANT, null), Precondition.none()));
		Refusals.of(Problem.MALFORMED_REQUEST,
				() -> this.tokens.change(spec("ci", Role.TENANT, START), Precondition.none()));
	}

	@Test
	void shouldKeepOneAdministratorWhenItIsResetOrProvided() {
		String first = issue(TokenSpec.ADMINISTRATOR);
		String second = this.tokens.resetAdministrator().reveal();
		assertThat(this.tokens.authenticate(first)).isEmpty();
		assertThat(this.tokens.authenticate(second)).isPresent();
		Token provided = Token.random();
		assertThat(this.tokens.installAdministrator(provided)).isTrue();
		assertThat(this.tokens.installAdministrator(provided)).isFalse();
		assertThat(this.tokens.authenticate(second)).isEmpty();
		Tokens again = new Tokens(this.catalog, this.clock);
		assertThat(again.authenticate(provided.reveal())).isPresent();
		assertThat(again.authenticate(second)).isEmpty();
	}

	@Test
	void shouldKnowWhetherAnyoneAdministers() {
		assertThat(this.tokens.hasAdministrator()).isFalse();
		issue(new TokenSpec(null, "admin", Role.ADMIN, null));
		assertThat(this.tokens.hasAdministrator()).isTrue();
	}

	private String issue(TokenSpec spec) {
		return Objects.requireNonNull(this.tokens.issue(spec).token()).reveal();
	}

	private static TokenSpec spec(String name, Role role, Instant expiresAt) {
		return new TokenSpec("acme", name, role, expiresAt);
	}

	/**
	 * Shows the time that a test has set.
	 */
	private final class SettableClock extends Clock {

		@Override
		public ZoneOffset getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

		@Override
		public Instant instant() {
			return TokensTests.this.now.get();
		}

	}

}
