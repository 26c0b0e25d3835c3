package dev.holdfast.contract;

import org.jspecify.annotations.Nullable;

/**
 * What a client demands of a thing for its request to have any effect. Whoever changes
 * the thing asks at a moment from which nobody else changes it until the change is done:
 * of several who demand the same, only one has it.
 *
 * @param <T> the thing
 */
@FunctionalInterface
public interface Precondition<T> {

	/**
	 * Refuses what does not hold.
	 * @param present as it is now, {@code null} if it is not there
	 * @throws ProblemException {@link Problem#PRECONDITION_FAILED}
	 */
	void check(@Nullable T present);

	/**
	 * Whether anything is demanded.
	 */
	default boolean demands() {
		return true;
	}

	/**
	 * Nothing is demanded.
	 * @param <T> of anything
	 * @return what always holds
	 */
	static <T> Precondition<T> none() {
		return new Precondition<>() {

			@Override
			public void check(@Nullable T present) {
				// it is fine
			}

			@Override
			public boolean demands() {
				return false;
			}

		};
	}

}
