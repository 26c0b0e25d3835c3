package dev.holdfast.nvme;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * An emulated NVMe drive. Its bytes are in a file of the host, so that it is the same
 * drive wherever it is plugged in.
 *
 * @param serial that it tells the kernel
 * @param file with its bytes
 */
record NvmeDrive(String serial, Path file) {

	/**
	 * Makes one, all zeroes.
	 * @param directory where its bytes go
	 * @param serial that it tells the kernel
	 * @param size in bytes
	 */
	static NvmeDrive create(Path directory, String serial, long size) throws IOException {
		Path file = directory.resolve(serial + ".img");
		try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
			bytes.setLength(size);
		}
		return new NvmeDrive(serial, file);
	}

	/** Its bytes, as QEMU takes them. */
	Map<String, ?> bytes() {
		return Map.of("driver", "file", "node-name", "bytes-" + this.serial, "filename", this.file.toString());
	}

	/**
	 * The drive itself, as QEMU takes it.
	 * @param slot where it is plugged in
	 */
	Map<String, ?> device(String slot) {
		return Map.of("driver", "nvme", "id", id(), "drive", "bytes-" + this.serial, "serial", this.serial, "bus",
				slot);
	}

	/**
	 * Whether it is all zeroes: nobody has written to it.
	 */
	boolean isBlank() throws IOException {
		byte[] zeroes = new byte[1 << 20];
		try (InputStream content = Files.newInputStream(this.file)) {
			byte[] part = content.readNBytes(zeroes.length);
			while (part.length > 0) {
				if (!Arrays.equals(part, 0, part.length, zeroes, 0, part.length)) {
					return false;
				}
				part = content.readNBytes(zeroes.length);
			}
		}
		return true;
	}

	/** Its name for QEMU while it is plugged in. */
	String id() {
		return "drive-" + this.serial;
	}

}
