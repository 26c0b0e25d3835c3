package dev.holdfast.device;

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

	private static final String ADVICE = "If that may go, erase it (wipefs -a, then zeroes over the first and last MiB, or blkdiscard -z) and attach the device again; nothing on it was changed";

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
						.formatted(name, types, ADVICE))
				.with("found", types);
		}
		if (found.error() != 0) {
			throw new DeviceException(
					"%s has no label, and libblkid cannot tell whether it holds anything else (%s): is the drive healthy?"
						.formatted(file.path(), Errno.name(found.error())));
		}
		requireZero(name, bytes, 0);
		requireZero(name, bytes, file.size() - MEBIBYTE);
	}

	private static void requireZero(String name, DeviceBytes bytes, long offset) throws IoFailedException {
		byte[] content = bytes.read(offset, MEBIBYTE);
		for (int i = 0; i < content.length; i++) {
			if (content[i] != 0) {
				throw new ProblemException(Problem.FOREIGN_SIGNATURE,
						"Device %s is not empty: it has no label of Holdfast, and unknown content at byte %d. %s"
							.formatted(name, offset + i, ADVICE))
					.with("found", "unknown content")
					.with("offset", offset + i);
			}
		}
	}

}
