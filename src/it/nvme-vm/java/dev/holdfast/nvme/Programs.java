package dev.holdfast.nvme;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs programs of the host to their end.
 */
final class Programs {

	private Programs() {
	}

	/**
	 * What a program has printed, its complaints apart: those go to this process's own.
	 * @param directory where it runs
	 * @param command its name and arguments
	 */
	static String run(Path directory, List<String> command) throws IOException, InterruptedException {
		ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toAbsolutePath().toFile())
			.redirectError(ProcessBuilder.Redirect.INHERIT);
		builder.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
		Process process = builder.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (process.waitFor() != 0) {
			throw new IllegalStateException(String.join(" ", command) + ": " + output);
		}
		return output;
	}

}
