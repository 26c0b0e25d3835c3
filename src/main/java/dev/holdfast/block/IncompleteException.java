package dev.holdfast.block;

import dev.holdfast.contract.ProblemException;

/**
 * Not all operations of a round went well.
 */
final class IncompleteException extends Exception {

	private static final long serialVersionUID = 1L;

	private final ProblemException problem;

	private final long intact;

	IncompleteException(ProblemException problem, long intact) {
		super(problem);
		this.problem = problem;
		this.intact = intact;
	}

	ProblemException problem() {
		return this.problem;
	}

	/**
	 * How much was done from the start of the round without a gap.
	 * @return bytes
	 */
	long intact() {
		return this.intact;
	}

}
