package dev.holdfast.testing;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

import static org.assertj.core.api.Assertions.assertThat;

/** What is refused, and how. */
public final class Refusals {

	private Refusals() {
	}

	public static ProblemException of(Problem problem, ThrowingCallable call) {
		ProblemException refused = Assertions.catchThrowableOfType(ProblemException.class, call);
		assertThat(refused).isNotNull();
		assertThat(refused.problem()).as(refused.detail()).isEqualTo(problem);
		return refused;
	}

}
