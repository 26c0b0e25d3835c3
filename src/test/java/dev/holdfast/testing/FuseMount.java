package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A directory that is mounted once more, under the name of another file system: what is
 * below is local, and what is seen has the type that is asked for. Needs root and
 * {@code bindfs}: {@code @RequiresRoot @RequiresTool("bindfs")}.
 */
public final class FuseMount implements AutoCloseable {

	private final Path mountPoint;

	private FuseMount(Path mountPoint) {
		this.mountPoint = mountPoint;
	}

	/**
	 * Mounts one.
	 * @param directory where the two directories go
	 * @param subtype such as {@code sshfs}, which makes the type {@code fuse.sshfs}
	 */
	public static FuseMount create(Path directory, String subtype) {
		try {
			Path below = Files.createTempDirectory(directory, "below");
			Path mountPoint = Files.createTempDirectory(directory, "mnt");
			run(List.of("bindfs", "-o", "subtype=" + subtype, below.toString(), mountPoint.toString()));
			return new FuseMount(mountPoint);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public Path directory() {
		return this.mountPoint;
	}

	private static void run(List<String> command) {
		try {
			// The file system's process lives on, so its output is not waited for but
			// read from a file.
			Path output = Files.createTempFile("fuse", ".log");
			try {
				Process process = new ProcessBuilder(command).redirectErrorStream(true)
					.redirectOutput(output.toFile())
					.start();
				if (process.waitFor() != 0) {
					throw new IllegalStateException(
							String.join(" ", command) + ": " + Files.readString(output, StandardCharsets.UTF_8));
				}
			}
			finally {
				Files.delete(output);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		run(List.of("umount", this.mountPoint.toString()));
	}

}
