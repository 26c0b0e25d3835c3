package dev.holdfast.device;

import java.io.IOException;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.engine.IoFailedException;
import dev.holdfast.uring.sys.Errno;

/**
 * Whether a device may be formatted: libblkid knows nothing on it, and its first and last
 * MiB, where other programs keep their signatures, are all zero.
 */
final class Emptiness {

	private static final int MEBIBYTE = 1 << 20;

	private static final String DEVICE_ADVICE = "If that may go, attach it with overwrite, or erase it (wipefs -a, then zeroes over the first and last MiB, or blkdiscard -z); nothing on it was changed";

	private static final String FILE_ADVICE = "If that may go, delete or truncate the file by your own hand, or erase its first and last MiB; nothing in it was changed";

	private Emptiness() {
	}

	/**
	 * Refuses a device that holds something.
	 * @throws ProblemException {@link Problem#FOREIGN_SIGNATURE}
	 * @throws DeviceException if libblkid could not tell
	 */
	static void require(String name, BlockFile file, Signatures.Found found, DeviceBytes bytes)
			throws IoFailedException, DeviceException {
		if (!found.types().isEmpty()) {
			String types = String.join(", ", found.types());
			throw new ProblemException(Problem.FOREIGN_SIGNATURE,
					"Device %s is used for something else: it has no label of Holdfast, and a signature of %s. %s"
						.formatted(name, types, advice(file)))
				.with("found", types);
		}
		if (found.error() != 0) {
			throw new DeviceException(Problem.IO_ERROR,
					"it has no label, and libblkid cannot tell whether it holds anything else (%s): is the drive healthy?"
						.formatted(Errno.name(found.error())));
		}
		requireZero(name, file, bytes, 0);
		requireZero(name, file, bytes, file.size() - MEBIBYTE);
	}

	/**
	 * Erases the first and the last MiB, so that no other program takes the device for
	 * its own. What is between is left to the scrub.
	 * @throws DeviceException if libblkid still finds something
	 */
	static void wipe(BlockFile file, Signatures signatures, DeviceBytes bytes) throws IOException, IoFailedException {
		bytes.write(0, new byte[MEBIBYTE]);
		bytes.write(file.size() - MEBIBYTE, new byte[MEBIBYTE]);
		Signatures.Found left = signatures.on(file);
		if (!left.types().isEmpty()) {
			throw new DeviceException(Problem.FOREIGN_SIGNATURE,
					"it still has a signature of %s after its first and last MiB were erased: erase the rest by hand"
						.formatted(String.join(", ", left.types())));
		}
	}

	private static String advice(BlockFile file) {
		return file.blockDevice() ? DEVICE_ADVICE : FILE_ADVICE;
	}

	private static void requireZero(String name, BlockFile file, DeviceBytes bytes, long offset)
			throws IoFailedException {
		byte[] content = bytes.read(offset, MEBIBYTE);
		for (int i = 0; i < content.length; i++) {
			if (content[i] != 0) {
				throw new ProblemException(Problem.FOREIGN_SIGNATURE,
						"Device %s is not empty: it has no label of Holdfast, and unknown content at byte %d. %s"
							.formatted(name, offset + i, advice(file)))
					.with("found", "unknown content")
					.with("offset", offset + i);
			}
		}
	}

}
