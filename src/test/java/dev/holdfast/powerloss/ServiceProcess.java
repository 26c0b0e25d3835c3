package dev.holdfast.powerloss;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.holdfast.HoldfastApplication;
import dev.holdfast.ops.Client;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The whole service in a process of its own, to be stopped or killed.
 */
public final class ServiceProcess implements AutoCloseable {

	private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private final Path directory;

	private final Process process;

	private final Path log;

	private ServiceProcess(Path directory, Process process, Path log) {
		this.directory = directory;
		this.process = process;
		this.log = log;
	}

	/**
	 * Starts it and waits until it serves.
	 * @param directory for its data, its log and the files that stand in for drives
	 * @param devices names of those, which are made if need be
	 * @param properties more of them, in the form {@code name=value}
	 */
	public static ServiceProcess start(Path directory, long deviceBytes, List<String> devices, String... properties)
			throws IOException {
		return startBy(List.of(), directory, deviceBytes, devices, properties);
	}

	/**
	 * Starts it as {@link #start} does, by another program.
	 * @param launcher its name and arguments; it is to become the service
	 */
	public static ServiceProcess startBy(List<String> launcher, Path directory, long deviceBytes, List<String> devices,
			String... properties) throws IOException {
		List<String> command = new ArrayList<>(launcher);
		command.addAll(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-XX:+UseSerialGC", "-Djava.io.tmpdir=" + Files.createDirectories(directory.resolve("tmp")),
						"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp",
						System.getProperty("java.class.path"), HoldfastApplication.class.getName(), "--server.port=0",
						"--management.server.port=0", "--holdfast.data-directory=" + directory.resolve("data")));
		if (Stream.of(properties).noneMatch((property) -> property.startsWith("holdfast.staging="))) {
			command.add("--holdfast.staging=16MiB");
		}
		for (int i = 0; i < devices.size(); i++) {
			String device = "--holdfast.devices[%d].".formatted(i);
			command.add(device + "name=" + devices.get(i));
			command.add(device + "path=" + directory.resolve(devices.get(i) + ".img"));
			command.add(device + "size=" + deviceBytes);
		}
		for (String property : properties) {
			command.add("--" + property);
		}
		Path log = Files.createTempFile(directory, "service", ".log");
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		try {
			ServiceProcess service = new ServiceProcess(directory, process, log);
			Awaitility.await()
				.atMost(PATIENCE)
				.until(() -> !process.isAlive() || service.log().contains("Started HoldfastApplication"));
			assertThat(process.isAlive()).as(service.log()).isTrue();
			return service;
		}
		catch (IOException | RuntimeException | AssertionError ex) {
			process.destroyForcibly();
			throw ex;
		}
	}

	/**
	 * What it has said so far.
	 */
	public String log() throws IOException {
		return Files.readString(this.log);
	}

	/**
	 * Where it serves requests.
	 */
	public int port() throws IOException {
		return port(0);
	}

	/**
	 * Where it answers how it is.
	 */
	public int managementPort() throws IOException {
		return port(1);
	}

	private int port(int which) throws IOException {
		String said = log();
		List<String> ports = PORT.matcher(said).results().map((result) -> result.group(1)).toList();
		assertThat(ports).as(said).hasSize(2);
		return Integer.parseInt(ports.get(which));
	}

	public Client admin() throws IOException {
		return Client.withHeaderFile(port(), this.directory.resolve("data").resolve("admin.header"));
	}

	public Client as(String authorization) throws IOException {
		return Client.anonymous(port()).authorization(authorization);
	}

	/**
	 * Asks it to stop, by SIGTERM.
	 */
	public void terminate() {
		this.process.destroy();
	}

	/**
	 * Waits for its end.
	 * @return the exit status
	 */
	public int awaitExit() throws InterruptedException {
		assertThat(this.process.waitFor(PATIENCE)).as("ended").isTrue();
		return this.process.exitValue();
	}

	public boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Ends it as nobody should.
	 */
	public void kill() throws InterruptedException {
		this.process.destroyForcibly();
		assertThat(this.process.waitFor()).as("killed").isEqualTo(128 + 9);
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
