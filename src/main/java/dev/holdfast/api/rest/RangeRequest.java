package dev.holdfast.api.rest;

import dev.holdfast.contract.ByteSize;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of an action on a range of a volume.
 *
 * @param offset of the first byte
 * @param length how many
 */
record RangeRequest(@Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable ByteSize offset,
		@Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable ByteSize length) {

	long first() {
		return required(this.offset, "offset");
	}

	long count() {
		return required(this.length, "length");
	}

	private static long required(@Nullable ByteSize value, String name) {
		if (value == null) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, name + " is needed, in bytes");
		}
		return value.bytes();
	}

}
