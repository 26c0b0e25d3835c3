package dev.holdfast.nvme;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What the virtual machine boots from and runs Java with.
 *
 * @param directory that {@code .ci/nvme-vm} has made
 */
record GuestImage(Path directory) {

	/**
	 * Makes the image, unless it is there.
	 * @param kernel as {@code 6.12}
	 */
	static GuestImage of(String kernel) throws IOException, InterruptedException {
		String printed = Programs.run(Path.of(""), List.of(".ci/nvme-vm", kernel));
		return new GuestImage(Path.of(printed.strip()));
	}

	Path kernel() {
		return this.directory.resolve("vmlinuz");
	}

	Path initialFileSystem() {
		return this.directory.resolve("initrd");
	}

	/** Mounted as {@code /usr}. */
	Path disk() {
		return this.directory.resolve("usr.ext4");
	}

	/** The same runtime as on the disk, for the host. */
	Path java() {
		return this.directory.resolve("java/bin/java");
	}

}
