package dev.holdfast.docker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.holdfast.testing.RequiresTool;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The compose file, with the commands that it and the README tell.
 */
@RequiresTool({ "docker", "docker-compose", "curl", "bash" })
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ComposeTests {

	private static final String COMPOSE = "docker-compose -f docker/compose.yaml";

	@TempDir
	private Path directory;

	private Path checkout;

	private Map<String, String> settings;

	@BeforeEach
	void copyWhatItNeeds() throws IOException {
		assertThat(HoldfastImage.built().get()).isEqualTo(HoldfastImage.NAME);
		this.checkout = this.directory.resolve("checkout");
		for (String file : List.of("docker/compose.yaml", "config/seccomp.json", "README.md")) {
			Path copy = this.checkout.resolve(file);
			Files.createDirectories(copy.getParent());
			Files.copy(Path.of(file), copy);
		}
		// The first docker-compose looks for it from where it is run.
		Path other = Files.createDirectory(this.directory.resolve("config"));
		Files.copy(HoldfastContainer.PROFILE, other.resolve("seccomp.json"));
		this.settings = Map.of("COMPOSE_PROJECT_NAME", "holdfast-test", "HOLDFAST_PORT", freePort(),
				"HOLDFAST_MANAGEMENT_PORT", freePort(), "HOLDFAST_MEMLOCK",
				String.valueOf(HoldfastContainer.memlock(256 << 20).getSoftLong()));
	}

	@AfterEach
	void removeAll() throws Exception {
		shell(COMPOSE + " down --volumes");
	}

	@Test
	void shouldServeTheFourLinesOfTheReadme() throws Exception {
		shell(COMPOSE + " up -d --no-build");
		Awaitility.await()
			.atMost(Duration.ofMinutes(3))
			.until(() -> shell("docker inspect --format '{{.State.Health.Status}}' $(%s ps -q)".formatted(COMPOSE))
				.strip()
				.equals("healthy"));
		String commands = lines("docker/compose.yaml", "#     ").replaceAll("(?s).*(?=mkdir -p data)", "");
		assertThat(commands).contains("exec -T holdfast cat");
		String four = lines("README.md", "    \\$ (?=(curl --fail-with-body .*|cmp .*echo the same))");
		assertThat(four.lines()).hasSize(4);
		String said = shell((commands + "\n" + four).replace("docker compose", "docker-compose")
			.replace("127.0.0.1:8080", "127.0.0.1:" + this.settings.get("HOLDFAST_PORT")));
		assertThat(said).contains("\"sizeBytes\":67108864").endsWith("\nthe same\n");
		assertThat(shell(COMPOSE + " logs")).contains("Engine io_uring");
	}

	private String lines(String file, String start) throws IOException {
		return Files.readString(this.checkout.resolve(file))
			.lines()
			.filter((line) -> line.matches("(" + start + ").*"))
			.map((line) -> line.replaceFirst(start, ""))
			.collect(Collectors.joining("\n"));
	}

	private String shell(String script) throws Exception {
		ProcessBuilder shell = new ProcessBuilder("bash", "-e", "-o", "pipefail", "-c", script)
			.directory(this.checkout.toFile())
			.redirectErrorStream(true);
		shell.environment().putAll(this.settings);
		Process process = shell.start();
		process.getOutputStream().close();
		String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(said).isTrue();
		assertThat(process.exitValue()).as(said).isZero();
		return said;
	}

	private static String freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return String.valueOf(socket.getLocalPort());
		}
	}

}
