package dev.holdfast.buffer;

import dev.holdfast.contract.ByteSize;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;

/**
 * What a tenant declares of a buffer.
 *
 * @param sizeBytes a positive multiple of 4 KiB
 * @param pages that it is to be made of, if they are there
 */
public record BufferSpec(long sizeBytes, Pages pages) {

	/** The largest buffer, in bytes. */
	public static final long LARGEST = 64L << 30;

	/**
	 * Checks it.
	 * @throws ProblemException {@link Problem#MALFORMED_REQUEST}
	 */
	public BufferSpec {
		long page = Math.max(pages.bytes(), Pages.SMALL.bytes());
		if (sizeBytes <= 0 || sizeBytes % page != 0) {
			throw new ProblemException(Problem.MALFORMED_REQUEST,
					"sizeBytes is a positive multiple of %s".formatted(new ByteSize(page)));
		}
		if (sizeBytes > LARGEST) {
			throw new ProblemException(Problem.TOO_LARGE, "A buffer has at most %s".formatted(new ByteSize(LARGEST)))
				.with("limit", LARGEST);
		}
	}

}
