package dev.holdfast;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.ops.Client;
import dev.holdfast.ops.StartRefusedException;
import dev.holdfast.ops.StartedService;
import dev.holdfast.tenant.Role;
import dev.holdfast.tenant.Tenants;
import dev.holdfast.tenant.TokenSpec;
import dev.holdfast.tenant.Tokens;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where an administrator's token comes from.
 */
@ExtendWith(OutputCaptureExtension.class)
class AdminTokenTests {

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	private final ByteArrayOutputStream err = new ByteArrayOutputStream();

	@TempDir
	Path directory;

	@Test
	void shouldReplaceTheTokenOfAServiceThatIsStopped() throws Exception {
		Path data = this.directory.resolve("data");
		Path header = data.resolve("admin.header");
		String before;
		try (StartedService service = StartedService.start(data)) {
			before = Files.readString(header);
			assertThat(run("--reset", "--data-directory=" + data)).isOne();
			assertThat(said(this.err)).hasLineCount(1).contains("Another Holdfast is using the data directory");
			assertThat(Files.readString(header)).isEqualTo(before);
			assertThat(service.admin().get("/v1/devices").statusCode()).isEqualTo(200);
		}
		assertThat(run("--reset", "--data-directory=" + data)).isZero();
		assertThat(said(this.out)).hasLineCount(1).contains(header.toString()).doesNotContain("hf_");
		assertThat(said(this.err)).isEmpty();
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(header))).isEqualTo("rw-------");
		assertThat(Files.readString(header)).isNotEqualTo(before);
		try (StartedService service = StartedService.start(data)) {
			assertThat(service.admin().get("/v1/devices").statusCode()).isEqualTo(200);
			assertThat(as(service, before).get("/v1/devices").statusCode()).isEqualTo(401);
		}
		try (Catalog catalog = Catalog.open(data.resolve("catalog.db"))) {
			List<String> actions = catalog
				.read((client) -> client.sql("SELECT action FROM audit WHERE object = 'tokens/admin' ORDER BY sequence")
					.query(String.class)
					.list());
			assertThat(actions).containsExactly("create", "reset");
		}
	}

	@Test
	void shouldUseTheTokenThatItsOperatorProvides(CapturedOutput output) throws Exception {
		Path data = this.directory.resolve("data");
		Path file = this.directory.resolve("token");
		assertThat(run("--new=" + file)).isZero();
		assertThat(said(this.out)).contains(file.toString()).doesNotContain("hf_");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
		String first = Files.readString(file);
		assertThat(run("--new=" + file)).isOne();
		assertThat(said(this.err)).contains("is there already");
		assertThat(Files.readString(file)).isEqualTo(first);
		String property = "holdfast.admin-token-file=" + file;
		for (int i = 0; i < 2; i++) {
			try (StartedService service = StartedService.start(data, property)) {
				assertThat(as(service, first).get("/v1/devices").statusCode()).isEqualTo(200);
				assertThat(data.resolve("admin.header")).doesNotExist();
			}
		}
		Files.delete(file);
		run("--new=" + file);
		String second = Files.readString(file);
		Files.writeString(file, second.substring("Authorization: Bearer ".length()).strip());
		try (StartedService service = StartedService.start(data, property, "spring.profiles.active=demo")) {
			assertThat(as(service, second).get("/v1/devices").statusCode()).isEqualTo(200);
			assertThat(as(service, first).get("/v1/devices").statusCode()).isEqualTo(401);
		}
		for (String header : List.of(first, second)) {
			assertThat(output.getAll()).doesNotContain(header.substring(header.length() - 30).strip());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "s3cret", "hf_abcdefghijkl_s3cret_00000000", "Authorization: Basic s3cret",
			"-----BEGIN s3cret" })
	void shouldNotStartWithAFileThatHoldsSomethingElse(String content) throws Exception {
		Path file = Files.writeString(this.directory.resolve("token"), content);
		assertThat(refusal(file).getMessage()).contains(file + " does not hold a token of Holdfast")
			.doesNotContain("s3cret");
	}

	@Test
	void shouldNotStartWithAFileThatIsNotThere() throws Exception {
		Path file = this.directory.resolve("token");
		assertThat(refusal(file)).hasMessageContaining(file + " is no file")
			.extracting(StartRefusedException::action)
			.asString()
			.contains("admin-token --new=FILE");
		Files.createDirectory(file);
		assertThat(refusal(file)).hasMessageContaining("is no file");
		Path large = Files.write(this.directory.resolve("large"), new byte[1 << 20]);
		assertThat(refusal(large)).hasMessageContaining("does not hold a token");
	}

	@Test
	void shouldNotMakeAnAdministratorOfATenant() throws Exception {
		Path data = Files.createDirectory(this.directory.resolve("data"));
		Path file = this.directory.resolve("token");
		try (Catalog catalog = Catalog.open(data.resolve("catalog.db"))) {
			new Tenants(catalog, Clock.systemUTC()).create("acme");
			Files.writeString(file,
					new Tokens(catalog, Clock.systemUTC()).issue(new TokenSpec("acme", "app", Role.TENANT, null))
						.token()
						.reveal());
		}
		assertThat(refusal(file)).hasMessageContaining("holds the id of a tenant's token");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "--reset --new=x", "--new", "--renew", "--reset x" })
	void shouldSayWhatToWrite(String line) {
		assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
		assertThat(said(this.err)).hasLineCount(1).contains("; write: admin-token --reset");
	}

	@Test
	void shouldMakeNoDirectoryOfAMistake() {
		Path data = this.directory.resolve("data");
		assertThat(run("--reset", "--data-directory=" + data)).isOne();
		assertThat(said(this.err)).hasLineCount(1).contains("There is no catalog.db in " + data);
		assertThat(data).doesNotExist();
	}

	private StartRefusedException refusal(Path file) {
		Throwable failure = Assertions.catchThrowable(
				() -> StartedService.start(this.directory.resolve("data"), "holdfast.admin-token-file=" + file)
					.close());
		return Stream.iterate(failure, (each) -> each != null, Throwable::getCause)
			.filter(StartRefusedException.class::isInstance)
			.map(StartRefusedException.class::cast)
			.findFirst()
			.orElseThrow();
	}

	private int run(String... args) {
		this.out.reset();
		this.err.reset();
		return HoldfastApplication.run("Linux",
				Stream.concat(Stream.of("admin-token"), Stream.of(args)).toArray(String[]::new), stream(this.out),
				stream(this.err));
	}

	private static PrintStream stream(ByteArrayOutputStream bytes) {
		return new PrintStream(bytes, true, StandardCharsets.UTF_8);
	}

	private static String said(ByteArrayOutputStream bytes) {
		return bytes.toString(StandardCharsets.UTF_8);
	}

	private static Client as(StartedService service, String header) {
		return Client.anonymous(service.port()).authorization(header.strip().substring("Authorization: ".length()));
	}

}
