package dev.holdfast.api.rest;

import dev.holdfast.buffer.BufferSpec;
import dev.holdfast.buffer.Pages;
import dev.holdfast.contract.ByteSize;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of a declaration of a buffer.
 *
 * @param sizeBytes a multiple of 4 KiB, or of the pages that are asked for; or a string
 * with a unit
 * @param pages that it is to be made of, if they are there; {@code auto} unless declared
 */
record BufferRequest(@Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable ByteSize sizeBytes,
		@Schema(allowableValues = {
				"auto", "4k", "2m", "1g" }) @Nullable String pages){

	BufferSpec spec() {
		if (this.sizeBytes == null) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, "sizeBytes is needed, such as 1048576 or \"1MiB\"");
		}
		return new BufferSpec(this.sizeBytes.bytes(), (this.pages != null) ? pages(this.pages) : Pages.AUTO);
	}

	private static Pages pages(String label) {
		for (Pages pages : Pages.values()) {
			if (pages.label().equals(label)) {
				return pages;
			}
		}
		throw new ProblemException(Problem.MALFORMED_REQUEST, "pages are auto, 4k, 2m or 1g");
	}

}
