package dev.holdfast.api.rest;

import dev.holdfast.contract.ByteSize;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.volume.VolumeSpec;
import org.jspecify.annotations.Nullable;

/**
 * The body of a declaration of a volume.
 *
 * @param sizeBytes bytes, or a string with a unit
 * @param blockSize 4096 unless another is asked for
 */
record VolumeRequest(@Nullable ByteSize sizeBytes, @Nullable Integer blockSize) {

	VolumeSpec spec() {
		if (this.sizeBytes == null) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, "sizeBytes is needed, such as 1048576 or \"1MiB\"");
		}
		return (this.blockSize != null) ? new VolumeSpec(this.sizeBytes.bytes(), this.blockSize)
				: VolumeSpec.ofSize(this.sizeBytes.bytes());
	}

}
