package dev.holdfast.powerloss;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.HoldfastApplication;
import dev.holdfast.ops.Client;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The whole service in a process of its own, to be killed.
 */
final class ServiceProcess implements AutoCloseable {

	private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

	private final Path directory;

	private final Process process;

	private final int port;

	private ServiceProcess(Path directory, Process process, int port) {
		this.directory = directory;
		this.process = process;
		this.port = port;
	}

	/**
	 * Starts it and waits until it serves.
	 * @param directory for its data, its log and the files that stand in for drives
	 * @param devices names of those, which are made if need be
	 */
	static ServiceProcess start(Path directory, long deviceBytes, List<String> devices) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED",
						"--sun-misc-unsafe-memory-access=allow", "-cp", System.getProperty("java.class.path"),
						HoldfastApplication.class.getName(), "--server.port=0", "--management.server.port=-1",
						"--holdfast.data-directory=" + directory.resolve("data"), "--holdfast.staging=16MiB"));
		for (int i = 0; i < devices.size(); i++) {
			String device = "--holdfast.devices[%d].".formatted(i);
			command.add(device + "name=" + devices.get(i));
			command.add(device + "path=" + directory.resolve(devices.get(i) + ".img"));
			command.add(device + "size=" + deviceBytes);
		}
		Path log = Files.createTempFile(directory, "service", ".log");
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		try {
			return new ServiceProcess(directory, process, awaitPort(process, log));
		}
		catch (IOException | RuntimeException ex) {
			process.destroyForcibly();
			throw ex;
		}
	}

	private static int awaitPort(Process process, Path log) throws IOException {
		Awaitility.await()
			.atMost(Duration.ofMinutes(1))
			.until(() -> !process.isAlive() || Files.readString(log).contains("Started HoldfastApplication"));
		String said = Files.readString(log);
		Matcher matcher = PORT.matcher(said);
		assertThat(process.isAlive() && matcher.find()).as(said).isTrue();
		return Integer.parseInt(matcher.group(1));
	}

	Client admin() throws IOException {
		return Client.withHeaderFile(this.port, this.directory.resolve("data").resolve("admin.header"));
	}

	Client as(String authorization) {
		return Client.anonymous(this.port).authorization(authorization);
	}

	/**
	 * Ends it as nobody should.
	 */
	void kill() throws InterruptedException {
		this.process.destroyForcibly();
		assertThat(this.process.waitFor()).as("killed").isEqualTo(128 + 9);
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
