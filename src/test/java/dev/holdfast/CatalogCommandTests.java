package dev.holdfast;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.ServiceDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

class CatalogCommandTests {

	/** The volume of a tenant that is made after the copy. */
	private static final String LATE = "/v1/tenants/late/volumes/v1";

	private final ByteArrayOutputStream err = new ByteArrayOutputStream();

	@TempDir
	Path directory;

	@Test
	void shouldBackUpARunningServiceAndComeBackFromThat() throws Exception {
		Path data = Files.createDirectory(this.directory.resolve("data"));
		Path copy = this.directory.resolve("copy.db");
		String token;
		try (ConfigurableApplicationContext service = serve(data)) {
			Client acme = admin(service, data).tenant("acme", "tenant");
			token = acme.authorization();
			acme.put("/v1/tenants/acme/volumes/v1", "{\"sizeBytes\":\"1MiB\"}");
			assertThat(backup(copy, "--holdfast.data-directory=" + data)).isZero();
			assertThat(said()).isEmpty();
			assertThat(admin(service, data).put("/v1/tenants/late", "{}").statusCode()).isEqualTo(201);
			assertThat(admin(service, data).put(LATE, "{\"sizeBytes\":\"1MiB\"}").statusCode()).isEqualTo(201);
		}
		try (Stream<Path> files = Files.list(data)) {
			for (Path file : files.filter((path) -> path.getFileName().toString().startsWith("catalog.db")).toList()) {
				Files.delete(file);
			}
		}
		Files.copy(copy, data.resolve("catalog.db"));
		try (ConfigurableApplicationContext service = serve(data)) {
			Client acme = Client.anonymous(port(service)).authorization(token);
			assertThat(acme.get("/v1/tenants/acme/volumes/v1").statusCode()).isEqualTo(200);
			assertThat(admin(service, data).get(LATE).statusCode()).isEqualTo(404);
			assertThat(admin(service, data).put("/v1/tenants/late", "{}").statusCode()).isEqualTo(201);
			// This may be another tenant of that name: an administrator has to say so.
			assertThat(admin(service, data).get(LATE).statusCode()).isEqualTo(404);
			String device = "{\"path\":\"%s\",\"adopt\":true}".formatted(data.resolve("d0.img"));
			assertThat(admin(service, data).put("/v1/devices/d0", device).statusCode()).isEqualTo(200);
			assertThat(admin(service, data).get(LATE).statusCode()).isEqualTo(200);
		}
		assertThat(backup(this.directory.resolve("stopped.db"), "--data-directory", data.toString())).isZero();
		assertThat(this.directory.resolve("stopped.db")).isNotEmptyFile();
	}

	@Test
	void shouldSayWhyThereIsNoBackup() throws Exception {
		Path data = this.directory.resolve("data");
		Path copy = this.directory.resolve("copy.db");
		assertThat(backup(copy, "--data-directory=" + data)).isOne();
		assertThat(said()).hasLineCount(1)
			.contains("There is no catalog.db to read in " + data)
			.contains("--data-directory");
		assertThat(this.directory).isEmptyDirectory();
		Files.writeString(Files.createDirectory(data).resolve("catalog.db"),
				"long enough to be looked at, but nothing");
		assertThat(backup(copy, "--data-directory=" + data)).isOne();
		assertThat(said()).hasLineCount(1).contains("was not backed up");
		Files.createFile(copy);
		assertThat(backup(copy, "--data-directory=" + data)).isOne();
		assertThat(said()).hasLineCount(1).contains("is there already");
		assertThat(backup(data.resolve("none/copy.db"), "--data-directory=" + data)).isOne();
		assertThat(said()).hasLineCount(1).contains("There is no directory");
	}

	@ParameterizedTest
	@CsvSource({ "'',Missing required subcommand", "restore x,'restore'", "backup,'FILE'", "backup a b,'b'",
			"backup a --force,'--force'", "backup a --data-directory,'--data-directory'" })
	void shouldSayWhatToWrite(String line, String about) {
		assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
		assertThat(said()).hasLineCount(1)
			.contains(about)
			.endsWith("; write: catalog backup FILE [--data-directory=DIR]\n");
	}

	private int backup(Path file, String... options) {
		return run(Stream.concat(Stream.of("backup", file.toString()), Stream.of(options)).toArray(String[]::new));
	}

	private int run(String... args) {
		this.err.reset();
		return HoldfastApplication.run("Linux",
				Stream.concat(Stream.of("catalog"), Stream.of(args)).toArray(String[]::new), System.out,
				new PrintStream(this.err, true, StandardCharsets.UTF_8));
	}

	private String said() {
		return this.err.toString(StandardCharsets.UTF_8);
	}

	private static ConfigurableApplicationContext serve(Path data) {
		Map<String, String> properties = new LinkedHashMap<>(ServiceDirectory.properties(data));
		properties.putAll(Map.of("server.port", "0", "management.server.port", "0"));
		return SpringApplication.run(HoldfastApplication.class,
				properties.entrySet()
					.stream()
					.map((entry) -> "--" + entry.getKey() + "=" + entry.getValue())
					.toArray(String[]::new));
	}

	private static Client admin(ConfigurableApplicationContext service, Path data) throws Exception {
		return Client.withHeaderFile(port(service), data.resolve("admin.header"));
	}

	private static int port(ConfigurableApplicationContext service) {
		return Integer.parseInt(service.getEnvironment().getRequiredProperty("local.server.port"));
	}

}
