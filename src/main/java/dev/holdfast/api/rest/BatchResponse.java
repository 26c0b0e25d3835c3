package dev.holdfast.api.rest;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.block.BatchResult;
import dev.holdfast.contract.ProblemException;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.ProblemDetail;

/**
 * How the operations of a batch ended.
 *
 * @param results one for each operation, in their order
 */
record BatchResponse(List<BatchItemResult> results) {

	static BatchResponse of(List<BatchResult> results, HttpServletRequest request) {
		return new BatchResponse(results.stream().map((result) -> result(result, request)).toList());
	}

	private static BatchItemResult result(BatchResult result, HttpServletRequest request) {
		if (!result.attempted()) {
			ProblemType type = ProblemType.NOT_ATTEMPTED;
			return new BatchItemResult(0, null, null, ProblemAnswer.of(type, type.explanation(), request));
		}
		ProblemException problem = result.problem();
		return (problem != null) ? new BatchItemResult(result.bytes(), null, null, ProblemAnswer.of(problem, request))
				: new BatchItemResult(result.bytes(), result.tier(), result.micros(), null);
	}

	/**
	 * How one operation ended.
	 *
	 * @param bytes moved; of a read or write that failed those from its start without a
	 * gap
	 * @param tier that was used, the lowest if there were several; not if no bytes were
	 * moved
	 * @param micros that the devices and the wait for them took; not if it failed
	 * @param problem why it failed, or was not attempted
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	@Schema(name = "BatchResult")
	record BatchItemResult(long bytes, @Nullable String tier, @Nullable Long micros,
			@Schema(ref = "#/components/schemas/Problem") @Nullable ProblemDetail problem) {

	}

}
