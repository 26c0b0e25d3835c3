package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.awaitility.Awaitility;

/**
 * A small file system of its own that can be frozen: a device over a file in it is then
 * stuck, as far as writes go, until it thaws. Needs root, {@code mkfs.ext4},
 * {@code losetup} and {@code fsfreeze}.
 */
public final class FrozenFileSystem implements AutoCloseable {

	private final Path image;

	private final Path mountPoint;

	private boolean frozen;

	private FrozenFileSystem(Path image, Path mountPoint) {
		this.image = image;
		this.mountPoint = mountPoint;
	}

	/**
	 * Makes and mounts one.
	 * @param directory where image and mount point go
	 * @param size of the image in bytes
	 * @param options of mkfs.ext4
	 */
	public static FrozenFileSystem create(Path directory, long size, String... options) {
		try {
			Path image = Files.createTempFile(directory, "frozen", ".img");
			Path mountPoint = Files.createTempDirectory(directory, "mnt");
			run(List.of("truncate", "-s", Long.toString(size), image.toString()));
			List<String> command = new ArrayList<>(List.of("mkfs.ext4", "-q", "-F"));
			command.addAll(List.of(options));
			command.add(image.toString());
			run(command);
			run(List.of("mount", "-o", "loop", image.toString(), mountPoint.toString()));
			return new FrozenFileSystem(image, mountPoint);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public Path directory() {
		return this.mountPoint;
	}

	public void freeze() {
		run(List.of("fsfreeze", "--freeze", this.mountPoint.toString()));
		this.frozen = true;
	}

	public void thaw() {
		if (this.frozen) {
			this.frozen = false;
			run(List.of("fsfreeze", "--unfreeze", this.mountPoint.toString()));
		}
	}

	private static void run(List<String> command) {
		try {
			ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
			builder.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
			Process process = builder.start();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			if (process.waitFor() != 0) {
				throw new IllegalStateException(String.join(" ", command) + ": " + output);
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
		thaw();
		// The kernel lets go of what a process that has ended had in flight a moment
		// later.
		Awaitility.await().ignoreExceptions().until(() -> {
			run(List.of("umount", this.mountPoint.toString()));
			return true;
		});
		try {
			Files.delete(this.image);
			Files.delete(this.mountPoint);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
