package dev.holdfast.tenant;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import dev.holdfast.catalog.Catalog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the catalog keeps of both.
 */
class TenantsAndTokensTests {

	private static final Instant START = Instant.parse("2026-01-01T00:00:00.123Z");

	private static final String LONGEST = "a".repeat(63);

	private final Clock clock = InstantSource.fixed(START.plusNanos(456)).withZone(ZoneOffset.UTC);

	@TempDir
	Path directory;

	private Catalog catalog;

	private Tenants tenants;

	private Tokens tokens;

	@BeforeEach
	void open() {
		this.catalog = openCatalog();
		this.tenants = new Tenants(this.catalog, this.clock);
		this.tokens = new Tokens(this.catalog, this.clock);
	}

	Catalog openCatalog() {
		return Catalog.open(this.directory.resolve("catalog.db"));
	}

	@AfterEach
	void close() {
		this.catalog.close();
	}

	@Test
	void shouldFindTenantsAfterARestart() {
		Tenant acme = new Tenant("acme", Quotas.NONE, START);
		assertThat(this.tenants.create("acme")).isEqualTo(new Tenants.Creation(acme, true));
		this.tenants.create(LONGEST);
		restart();
		assertThat(this.tenants.create("acme")).isEqualTo(new Tenants.Creation(acme, false));
		assertThat(this.tenants.find(LONGEST)).isPresent();
		assertThat(this.tenants.find("other")).isEmpty();
	}

	@Test
	void shouldFindTokensAfterARestart() {
		this.tenants.create("acme");
		List<TokenSpec> specs = List.of(new TokenSpec(null, "ci", Role.ADMIN, null),
				new TokenSpec("acme", "ci", Role.TENANT, START.plusMillis(60_001)),
				new TokenSpec("acme", LONGEST, Role.READER, null));
		List<String> texts = specs.stream().map(this::issue).toList();
		List<Identity> before = identities(texts);
		restart();
		assertThat(identities(texts)).isEqualTo(before);
		assertThat(specs)
			.allSatisfy((spec) -> assertThat(this.tokens.issue(spec).status().createdAt()).isEqualTo(START));
	}

	@Test
	void shouldNotFindARevokedToken() {
		this.tenants.create("acme");
		String kept = issue(new TokenSpec(null, "ci", Role.ADMIN, null));
		String gone = issue(new TokenSpec("acme", "ci", Role.TENANT, null));
		assertThat(this.tokens.revoke("acme", "ci")).isTrue();
		restart();
		assertThat(this.tokens.authenticate(gone)).isEmpty();
		assertThat(this.tokens.authenticate(kept)).isPresent();
	}

	@Test
	void shouldNotKeepTwoOfANameWhoeverWrites() {
		Tenants others = new Tenants(this.catalog, this.clock);
		this.tenants.create("acme");
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> others.create("acme"));
		assertThat(others.find("acme")).isEmpty();
		Tokens other = new Tokens(this.catalog, this.clock);
		for (String tenant : Arrays.asList("acme", null)) {
			TokenSpec spec = new TokenSpec(tenant, "ci", Role.READER, null);
			String text = issue(spec);
			assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> other.issue(spec));
			assertThat(new Tokens(this.catalog, this.clock).authenticate(text)).isPresent();
		}
	}

	@Test
	void shouldKeepNoTokenOfATenantThatIsNotThere() {
		TokenSpec spec = new TokenSpec("nobody", "ci", Role.READER, null);
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> issue(spec));
		restart();
		assertThat(this.tokens.revoke("nobody", "ci")).isFalse();
	}

	private void restart() {
		close();
		open();
	}

	private String issue(TokenSpec spec) {
		return Objects.requireNonNull(this.tokens.issue(spec).token()).reveal();
	}

	private List<Identity> identities(List<String> texts) {
		return texts.stream().map((text) -> this.tokens.authenticate(text).orElseThrow()).toList();
	}

}
