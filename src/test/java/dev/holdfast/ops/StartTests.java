package dev.holdfast.ops;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.HoldfastApplication;
import dev.holdfast.testing.FuseMount;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Starts, stops and starts that are refused.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartTests {

	@TempDir
	Path directory;

	@Test
	void shouldKeepDataTokensAndVolumesOverAStop() throws Exception {
		String uuid;
		byte[] bytes = "kept over a stop".getBytes(StandardCharsets.UTF_8);
		String tenant;
		try (ConfigurableApplicationContext context = start(Map.of())) {
			Client admin = Client.withHeaderFile(port(context), this.directory.resolve("admin.header"));
			Client acme = admin.tenant("acme", "tenant");
			tenant = acme.authorization();
			uuid = withoutPort(acme.put("/v1/tenants/acme/volumes/v1", "{\"sizeBytes\":\"1MiB\"}"));
			assertThat(acme.put("/v1/tenants/acme/volumes/v1/data?offset=5000", bytes).statusCode()).isEqualTo(204);
		}
		try (ConfigurableApplicationContext context = start(Map.of())) {
			Client acme = Client.anonymous(port(context)).authorization(tenant);
			assertThat(withoutPort(acme.get("/v1/tenants/acme/volumes/v1"))).isEqualTo(uuid);
			HttpResponse<byte[]> read = acme.getBytes("/v1/tenants/acme/volumes/v1/data", "Range", "bytes=5000-5015");
			assertThat(read.body()).isEqualTo(bytes);
		}
	}

	private static String withoutPort(HttpResponse<String> volume) {
		return volume.body().replaceAll("(http://[0-9.]+):\\d+", "$1");
	}

	@Test
	void shouldSayWhereTheAdministratorsTokenIsAndNotWhatItIs(CapturedOutput output) throws Exception {
		Path header = this.directory.resolve("admin.header");
		try (ConfigurableApplicationContext context = start(Map.of())) {
			assertThat(context.isRunning()).isTrue();
		}
		assertThat(output).contains("An administrator's token is in " + header);
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(header))).isEqualTo("rw-------");
		assertThat(output.getAll()).doesNotContain(Files.readString(header).strip().substring(38, 80));
	}

	@Test
	void shouldUseTheEngineThatWasChosenAndSayWhy(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = start(Map.of("holdfast.engine", "psync"))) {
			assertThat(output).contains("Engine psync").contains("holdfast.engine is psync");
			int management = Integer.parseInt(context.getEnvironment().getRequiredProperty("local.management.port"));
			String health = Client.anonymous(management).get("/actuator/health").body();
			assertThat(health).contains("\"name\":\"psync\"").contains("holdfast.engine is psync");
			Client acme = Client.withHeaderFile(port(context), this.directory.resolve("admin.header"))
				.tenant("acme", "tenant");
			acme.put("/v1/tenants/acme/volumes/v1", "{\"sizeBytes\":\"1MiB\"}");
			assertThat(acme.get("/v1/tenants/acme/volumes/v1/data").headers().firstValue("Holdfast-Tier"))
				.hasValue("none");
		}
	}

	@Test
	void shouldFinishWhatIsInFlightWhenItStops() throws Exception {
		ConfigurableApplicationContext context = start(Map.of());
		int port = port(context);
		Client acme = Client.withHeaderFile(port, this.directory.resolve("admin.header")).tenant("acme", "tenant");
		acme.put("/v1/tenants/acme/volumes/v1", "{\"sizeBytes\":\"1MiB\"}");
		try (RawSocket socket = new RawSocket(port)) {
			socket.send("""
					PUT /v1/tenants/acme/volumes/v1/data?offset=0 HTTP/1.1
					Host: h
					Expect: 100-continue
					Content-Length: 4096
					Authorization: %s

					""".formatted(acme.authorization()));
			assertThat(socket.head()).startsWith("HTTP/1.1 100");
			CompletableFuture<Void> stopped = CompletableFuture.runAsync(context::close);
			socket.send("x".repeat(2000));
			Awaitility.await().until(() -> acme.get("/v1/tenants/acme/volumes/v1").statusCode() == 503);
			assertThat(stopped).isNotDone();
			socket.send("x".repeat(2096));
			assertThat(socket.head()).startsWith("HTTP/1.1 204");
			stopped.join();
		}
		try (ConfigurableApplicationContext again = start(Map.of())) {
			assertThat(Client.anonymous(port(again))
				.authorization(acme.authorization())
				.get("/v1/tenants/acme/volumes/v1/data", "Range", "bytes=0-4095")
				.body()).isEqualTo("x".repeat(4096));
		}
	}

	@Test
	void shouldRefuseADirectoryThatIsInUse(CapturedOutput output) {
		try (ConfigurableApplicationContext context = start(Map.of())) {
			assertThat(context.isRunning()).isTrue();
			assertRefused(output, Map.of(), "Another Holdfast is using the data directory");
		}
	}

	@Test
	@RequiresRoot
	@RequiresTool("bindfs")
	void shouldRefuseADirectoryThatMachinesShare(CapturedOutput output) {
		try (FuseMount mount = FuseMount.create(this.directory, "sshfs")) {
			assertRefused(output, Map.of("holdfast.data-directory", mount.directory().toString()),
					"is on a network file system (fuse.sshfs)");
			assertThat(output).contains("Write a directory on a disk of this machine as holdfast.data-directory");
			assertThat(mount.directory()).isEmptyDirectory();
		}
	}

	@Test
	void shouldRefuseToListenElsewhereInTheClear(CapturedOutput output) {
		assertRefused(output, Map.of("server.address", "0.0.0.0"), "server.address is 0.0.0.0 and there is no TLS");
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void shouldListenElsewhereIfTold() {
		try (ConfigurableApplicationContext context = start(
				Map.of("server.address", "0.0.0.0", "holdfast.allow-plaintext", "true"))) {
			assertThat(context.isRunning()).isTrue();
		}
	}

	@Test
	void shouldRefuseAPortThatIsTakenAndCloseWhatItOpened(CapturedOutput output) throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			String port = String.valueOf(taken.getLocalPort());
			assertRefused(output, Map.of("server.port", port), "Port %s was already in use".formatted(port));
		}
		try (ConfigurableApplicationContext context = start(Map.of())) {
			assertThat(context.isRunning()).isTrue();
		}
	}

	@Test
	void shouldRefuseDevicesThatCannotBeUsed(CapturedOutput output) throws Exception {
		Path foreign = Files.write(this.directory.resolve("foreign.img"), new byte[8 << 20]);
		Files.writeString(foreign, "somebody's data ".repeat(1 << 16));
		assertRefused(output, Map.of("holdfast.devices[0].path", foreign.toString()),
				"Device d0 (%s) cannot be used".formatted(foreign));
		assertThat(Files.readString(foreign)).isEqualTo("somebody's data ".repeat(1 << 16));
		assertRefused(output, Map.of("holdfast.devices[0].path", this.directory.resolve("none").toString(),
				"holdfast.devices[0].size", ""), "cannot be used: there is nothing at its path");
	}

	@Test
	void shouldTakeOverADeviceOfAnotherInstallationOnlyIfToldTo(CapturedOutput output) throws Exception {
		Path mine = Files.createDirectory(this.directory.resolve("mine"));
		start(Map.of("holdfast.data-directory", mine.toString())).close();
		Path other = Files.createDirectory(this.directory.resolve("other"));
		assertRefused(output, Map.of("holdfast.data-directory", other.toString()),
				"was last held by another installation of Holdfast: attach it with adopt");
		start(Map.of("holdfast.data-directory", other.toString(), "holdfast.devices[0].adopt", "true")).close();
		// From now on it is the other's.
		assertRefused(output, Map.of("holdfast.data-directory", mine.toString(), "holdfast.devices[0].name", "again"),
				"was last held by another installation of Holdfast: attach it with adopt");
	}

	@Test
	void shouldSayWhatToWriteInstead(CapturedOutput output) {
		assertRefused(output, Map.of("holdfast.staging", "1GB"), "write GiB");
		assertRefused(output, Map.of("holdfast.rings", "99"), "write a number of rings from 1 to 64");
		assertRefused(output, Map.of("holdfast.colour", "red"), "holdfast.colour");
		assertRefused(output, Map.of("holdfast.engine", "fast"), "IO_URING");
	}

	@Test
	void shouldShowADemoOnLoopbackOnly(CapturedOutput output) throws Exception {
		assertRefused(output, Map.of("spring.profiles.active", "demo", "server.address", "0.0.0.0",
				"holdfast.allow-plaintext", "true"), "The demo listens on loopback only");
		Path header = this.directory.resolve("demo.header");
		String token;
		try (ConfigurableApplicationContext context = start(Map.of("spring.profiles.active", "demo"))) {
			token = Files.readString(header).strip().substring("Authorization: ".length());
			assertThat(Files.exists(this.directory.resolve("admin.header"))).isFalse();
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(header))).isEqualTo("rw-------");
			assertThat(output.getOut()).contains("http://127.0.0.1:" + port(context));
			Client demo = Client.withHeaderFile(port(context), header);
			assertThat(demo.put("/v1/tenants/demo/volumes/v1", "{\"sizeBytes\":\"64MiB\"}").statusCode())
				.isEqualTo(201);
		}
		try (ConfigurableApplicationContext context = start(Map.of("spring.profiles.active", "demo"))) {
			assertThat(Client.withHeaderFile(port(context), header)
				.put("/v1/tenants/demo/volumes/v1", "{\"sizeBytes\":\"64MiB\"}")
				.statusCode()).isEqualTo(200);
			assertThat(Files.readString(header)).contains(token);
		}
		assertThat(output.getAll()).doesNotContain(token.substring(23, 60));
	}

	@Test
	@RequiresTool("curl")
	void shouldPrintLinesThatWorkWhenPasted(CapturedOutput output) throws Exception {
		Files.writeString(this.directory.resolve("README.md"), "read me\n".repeat(1001));
		try (ConfigurableApplicationContext context = start(Map.of("spring.profiles.active", "demo"))) {
			assertThat(context.isRunning()).isTrue();
			List<String> lines = output.getOut().lines().filter((line) -> line.matches("  (curl|cmp) .*")).toList();
			assertThat(lines).hasSize(4);
			Process shell = new ProcessBuilder("bash", "-e", "-c", String.join("\n", lines))
				.directory(this.directory.toFile())
				.redirectErrorStream(true)
				.start();
			String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(shell.waitFor()).as(said).isZero();
			assertThat(said).contains("\"sizeBytes\":67108864").endsWith("}\nthe same\n");
		}
	}

	private void assertRefused(CapturedOutput output, Map<String, String> more, String sentence) {
		int before = output.getAll().length();
		assertThat(catchThrowable(() -> start(more).close())).isNotNull();
		String said = output.getAll().substring(before);
		assertThat(said).contains("APPLICATION FAILED TO START").contains(sentence).doesNotContain("\tat ");
	}

	private ConfigurableApplicationContext start(Map<String, String> more) {
		Map<String, String> properties = new LinkedHashMap<>(ServiceDirectory.properties(this.directory));
		properties.putAll(Map.of("server.port", "0", "management.server.port", "0"));
		properties.putAll(more);
		return SpringApplication.run(HoldfastApplication.class,
				properties.entrySet()
					.stream()
					.map((entry) -> "--" + entry.getKey() + "=" + entry.getValue())
					.toArray(String[]::new));
	}

	private static int port(ConfigurableApplicationContext context) {
		return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
	}

}
