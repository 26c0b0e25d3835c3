package dev.holdfast.api.rest;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import io.swagger.v3.oas.annotations.Operation;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * What the {@code type} of a problem points to.
 */
@RestController
class ProblemsController {

	@Operation(summary = "Explains a problem")
	@GetMapping("/problems/{code}")
	Explanation explain(@PathVariable String code) {
		ProblemType type = ProblemType.ofCode(code);
		if (type == null) {
			throw new ProblemException(Problem.NOT_FOUND, "No problem has this name");
		}
		return new Explanation(type.code(), type.status(), type.title(), type.explanation());
	}

	/**
	 * A problem explained.
	 *
	 * @param code its name
	 * @param status of the answers that have it
	 * @param title in a few words
	 * @param explanation in a sentence
	 */
	record Explanation(String code, int status, String title, String explanation) {

	}

}
