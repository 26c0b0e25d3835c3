package dev.holdfast.mapping;

import java.util.Locale;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;

/**
 * Why a member does not have the tier that it could have had.
 *
 * @param code of few: a label of metrics
 * @param detail one sentence
 */
public record Reason(Code code, String detail) {

	ProblemException problem() {
		return new ProblemException(this.code.problem, this.detail);
	}

	/**
	 * Kinds of reasons. The first three are those of an explicit {@code dma} that is
	 * refused.
	 */
	public enum Code {

		/** The device, the engine or the kernel cannot. */
		NOT_SUPPORTED(Problem.NOT_SUPPORTED),
		/** The tenant may not premap. */
		PREMAP_NOT_PERMITTED(Problem.PREMAP_NOT_PERMITTED),
		/** No room in the budget of the tenant or of the device. */
		QUOTA_EXCEEDED(Problem.QUOTA_EXCEEDED),
		/** It could not be made. */
		FAILED(Problem.NOT_SUPPORTED),
		/** Others needed the room more. */
		DEMOTED(Problem.QUOTA_EXCEEDED),
		/** The buffer itself is not registered. */
		NOT_REGISTERED(Problem.NOT_SUPPORTED),
		/** It is not made yet. */
		PENDING(Problem.STALE_MAPPING),
		/** The device came back since. */
		STALE(Problem.STALE_MAPPING),
		/** The tenant has not mapped the buffer to the volume. */
		NOT_MAPPED(Problem.STALE_MAPPING);

		private final Problem problem;

		private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

		Code(Problem problem) {
			this.problem = problem;
		}

		/**
		 * Whether it may go as soon as there is room in a budget.
		 */
		boolean wantOfRoom() {
			return switch (this) {
				case PREMAP_NOT_PERMITTED, QUOTA_EXCEEDED, DEMOTED -> true;
				case NOT_SUPPORTED, FAILED, NOT_REGISTERED, PENDING, STALE, NOT_MAPPED -> false;
			};
		}

		/**
		 * The name in the API and in metrics.
		 * @return such as {@code not-supported}
		 */
		public String label() {
			return this.label;
		}

	}

}
