package dev.holdfast.volume;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;

/**
 * What is asked of a new volume.
 *
 * @param sizeBytes a positive multiple of {@code blockSize}
 * @param blockSize 512 or 4096
 */
public record VolumeSpec(long sizeBytes, int blockSize) {

	/** The block size unless another is asked for, in bytes. */
	public static final int DEFAULT_BLOCK_SIZE = 4096;

	private static final long SIZE_LIMIT = 1L << 53;

	public VolumeSpec {
		if (blockSize != 512 && blockSize != DEFAULT_BLOCK_SIZE) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, "blockSize must be 512 or 4096");
		}
		if (sizeBytes <= 0 || sizeBytes % blockSize != 0 || sizeBytes >= SIZE_LIMIT) {
			throw new ProblemException(Problem.MALFORMED_REQUEST,
					"sizeBytes must be a positive multiple of %d, below 2^53".formatted(blockSize));
		}
	}

	/**
	 * A volume with the usual block size.
	 * @param sizeBytes a positive multiple of 4096
	 * @return the specification
	 */
	public static VolumeSpec ofSize(long sizeBytes) {
		return new VolumeSpec(sizeBytes, DEFAULT_BLOCK_SIZE);
	}

}
