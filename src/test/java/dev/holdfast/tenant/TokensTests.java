package dev.holdfast.tenant;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.zip.CRC32;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
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
