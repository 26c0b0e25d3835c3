package dev.holdfast.tools;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A user's shell in a directory of its own. It knows no token: whatever stands on a
 * command line can be read by everybody on the machine.
 */
final class Shell {

	private static final long PATIENCE_SECONDS = 90;

	private final Path directory;

	private final String secret;

	private final Map<String, String> variables = new TreeMap<>();

	/**
	 * A shell.
	 * @param directory where commands run
	 * @param secret what may never be on a command line
	 */
	Shell(Path directory, String secret) {
		this.directory = directory;
		this.secret = secret;
	}

	Shell with(String variable, String value) {
		this.variables.put(variable, value);
		return this;
	}

	/**
	 * Runs commands that must succeed, each of them.
	 * @return what they said
	 */
	String run(String script) throws IOException, InterruptedException {
		Output output = attempt(script);
		assertThat(output.exit()).as(script + "\n" + output.all()).isZero();
		return output.out();
	}

	/**
	 * Runs commands that may fail.
	 */
	Output attempt(String script) throws IOException, InterruptedException {
		try (Running running = start(script)) {
			assertThat(running.process().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
				.as(() -> script + " goes on and on: " + running.soFar())
				.isTrue();
			return new Output(running.process().exitValue(), running.out(), running.err());
		}
	}

	/**
	 * Starts commands that end by themselves or when they are closed.
	 */
	Running start(String script) throws IOException {
		assertThat(script).doesNotContain(this.secret);
		Path out = Files.createTempFile(this.directory, "shell", ".out");
		Path err = Files.createTempFile(this.directory, "shell", ".err");
		ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
			.directory(this.directory.toFile())
			.redirectInput(Path.of("/dev/null").toFile())
			.redirectOutput(out.toFile())
			.redirectError(err.toFile());
		builder.environment().putAll(this.variables);
		builder.environment().put("LC_ALL", "C.UTF-8");
		builder.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
		return new Running(builder.start(), out, err);
	}

	/**
	 * How commands ended and what they said.
	 */
	record Output(int exit, String out, String err) {

		String all() {
			return this.out + this.err;
		}

	}

	/**
	 * Commands that may still run.
	 */
	record Running(Process process, Path outFile, Path errFile) implements AutoCloseable {

		String out() throws IOException {
			return Files.readString(this.outFile, StandardCharsets.ISO_8859_1);
		}

		String err() throws IOException {
			return Files.readString(this.errFile, StandardCharsets.ISO_8859_1);
		}

		String soFar() {
			try {
				return out() + err();
			}
			catch (IOException ex) {
				return ex.toString();
			}
		}

		@Override
		public void close() throws InterruptedException, IOException {
			this.process.descendants().forEach(ProcessHandle::destroy);
			this.process.destroy();
			if (!this.process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
				this.process.descendants().forEach(ProcessHandle::destroyForcibly);
				this.process.destroyForcibly().waitFor();
			}
			Files.delete(this.outFile);
			Files.delete(this.errFile);
		}

	}

}
