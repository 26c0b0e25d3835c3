package dev.holdfast.ops;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.tenant.Role;
import dev.holdfast.tenant.TokenSpec;
import dev.holdfast.tenant.Tokens;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class HeaderFileTests {

	@TempDir
	Path directory;

	private Catalog catalog;

	private Tokens tokens;

	private Path path;

	@BeforeEach
	void open() {
		this.catalog = Catalog.open(this.directory.resolve("catalog.db"));
		this.tokens = new Tokens(this.catalog, Clock.systemUTC());
		this.path = this.directory.resolve("admin.header");
	}

	@AfterEach
	void close() {
		this.catalog.close();
	}

	@Test
	void shouldHoldAHeaderThatOnlyItsOwnerReads() throws Exception {
		assertThat(token().ensure()).isTrue();
		assertThat(Files.readString(this.path)).matches("Authorization: Bearer hf_\\S+\n");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.path))).isEqualTo("rw-------");
		assertThat(this.tokens.authenticate(held())).isPresent();
	}

	@Test
	void shouldKeepATokenThatWorks() throws Exception {
		token().ensure();
		String before = held();
		assertThat(token().ensure()).isFalse();
		assertThat(held()).isEqualTo(before);
	}

	@Test
	void shouldReplaceAFileThatIsLostOrAltered() throws Exception {
		token().ensure();
		String before = held();
		Files.delete(this.path);
		assertThat(token().ensure()).isTrue();
		assertThat(this.tokens.authenticate(before)).isEmpty();
		Files.writeString(this.path, "something else");
		assertThat(token().ensure()).isTrue();
		assertThat(this.tokens.authenticate(held())).isPresent();
	}

	private StoredToken token() {
		return new StoredToken(this.tokens, new TokenSpec(null, "admin", Role.ADMIN, null), new HeaderFile(this.path));
	}

	private String held() throws Exception {
		return Files.readString(this.path).strip().substring("Authorization: Bearer ".length());
	}

}
