package dev.holdfast.operation;

import dev.holdfast.contract.ProblemException;

/**
 * Why an operation failed.
 *
 * @param code the name of the problem, such as {@code no-space}
 * @param detail a sentence for the client
 */
public record OperationError(String code, String detail) {

	static OperationError of(ProblemException problem) {
		return new OperationError(problem.problem().code(), problem.detail());
	}

}
