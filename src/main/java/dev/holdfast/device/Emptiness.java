package dev.holdfast.device;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.engine.IoFailedException;

/**
 * Whether a device may be formatted: its first and last MiB, where other programs keep
 * their signatures, are all zero.
 */
final class Emptiness {

	private static final int MEBIBYTE = 1 << 20;

	private Emptiness() {
	}

	/**
	 * Refuses a device that holds something.
	 * @throws ProblemException {@link Problem#FOREIGN_SIGNATURE}
	 */
	static void require(String name, BlockFile file, DeviceBytes bytes) throws IoFailedException {
		requireZero(name, bytes, 0);
		requireZero(name, bytes, file.size() - MEBIBYTE);
	}

	private static void requireZero(String name, DeviceBytes bytes, long offset) throws IoFailedException {
		byte[] content = bytes.read(offset, MEBIBYTE);
		for (int i = 0; i < content.length; i++) {
			if (content[i] != 0) {
				throw new ProblemException(Problem.FOREIGN_SIGNATURE,
						"Device %s is not empty and has no label of Holdfast. If what it holds may go, erase its first and last MiB (for a block device: wipefs -a, then blkdiscard -z or dd) and attach it again"
							.formatted(name))
					.with("found", "data at byte %d".formatted(offset + i));
			}
		}
	}

}
