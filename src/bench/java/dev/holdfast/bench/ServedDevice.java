package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.HoldfastApplication;
import dev.holdfast.ops.Client;
import org.awaitility.Awaitility;

/**
 * A process of the service as an operator starts it, with one device.
 */
final class ServedDevice implements AutoCloseable {

	private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final Path directory;

	private final Path log;

	private final Process process;

	/**
	 * Starts it and waits until it serves.
	 * @param directory for its data and its log
	 * @param device that it attaches, empty or its own
	 */
	ServedDevice(Path directory, Path device) throws IOException {
		this.directory = directory;
		this.log = directory.resolve("service.log");
		List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp",
				System.getProperty("java.class.path"), HoldfastApplication.class.getName(), "--server.port=0",
				"--management.server.port=0", "--holdfast.data-directory=" + directory.resolve("data"),
				"--holdfast.devices[0].name=bench", "--holdfast.devices[0].path=" + device);
		this.process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(this.log.toFile()).start();
		try {
			Awaitility.await()
				.atMost(PATIENCE)
				.until(() -> !this.process.isAlive() || log().contains("Started HoldfastApplication"));
			port();
		}
		catch (IOException | RuntimeException ex) {
			this.process.destroyForcibly();
			throw ex;
		}
	}

	String log() throws IOException {
		return Files.readString(this.log);
	}

	int port() throws IOException {
		Matcher matcher = PORT.matcher(log());
		if (!matcher.find()) {
			throw new IllegalStateException(log());
		}
		return Integer.parseInt(matcher.group(1));
	}

	/**
	 * CPU time that it has used.
	 */
	long cpuNanos() {
		return this.process.info().totalCpuDuration().orElseThrow().toNanos();
	}

	/**
	 * A client with a token of a tenant.
	 */
	Client tenant(String name) throws Exception {
		return administrator().tenant(name, "tenant");
	}

	Client administrator() throws Exception {
		return Client.withHeaderFile(port(), this.directory.resolve("data").resolve("admin.header"));
	}

	@Override
	public void close() throws InterruptedException {
		this.process.destroy();
		this.process.waitFor();
	}

}
