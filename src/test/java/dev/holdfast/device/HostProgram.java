package dev.holdfast.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** A program of this machine that a test runs. */
final class HostProgram {

	private HostProgram() {
	}

	/** By env, which finds programs for root where this process does not look. */
	static void run(String... command) throws IOException, InterruptedException {
		ProcessBuilder builder = new ProcessBuilder(
				Stream.concat(Stream.of("/usr/bin/env"), Stream.of(command)).toList())
			.redirectErrorStream(true);
		builder.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
		Process process = builder.start();
		process.getOutputStream().close();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(() -> String.join(" ", command) + ": " + output).isZero();
	}

}
