package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;

/**
 * A process of this JDK with these classes, and what it prints.
 */
final class JavaProcess implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final Path log;

	private final Process process;

	/**
	 * Starts it.
	 * @param log that it is to make
	 * @param main class
	 */
	JavaProcess(Path log, String main, List<String> arguments) throws IOException {
		this.log = log;
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
						"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp",
						System.getProperty("java.class.path"), main));
		command.addAll(arguments);
		this.process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
	}

	/**
	 * Waits until it has printed a number.
	 * @param printed has it as its group
	 * @throws IllegalStateException with what it has printed, if it ends before
	 */
	int awaitNumber(Pattern printed) throws IOException {
		try {
			Awaitility.await().atMost(PATIENCE).until(() -> !this.process.isAlive() || printed.matcher(log()).find());
		}
		catch (RuntimeException ex) {
			this.process.destroyForcibly();
			throw ex;
		}
		Matcher matcher = printed.matcher(log());
		if (!matcher.find()) {
			throw new IllegalStateException(log());
		}
		return Integer.parseInt(matcher.group(1));
	}

	String log() throws IOException {
		return Files.readString(this.log);
	}

	/**
	 * CPU time that it has used.
	 */
	long cpuNanos() {
		return this.process.info().totalCpuDuration().orElseThrow().toNanos();
	}

	@Override
	public void close() throws InterruptedException {
		this.process.destroy();
		this.process.waitFor();
	}

}
