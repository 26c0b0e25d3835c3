package dev.holdfast.volume;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

import static org.assertj.core.api.Assertions.assertThat;

/** What is refused, and how. */
final class Refusals {

	private Refusals() {
	}

	static ProblemException of(Problem problem, ThrowingCallable call) {
		ProblemException refused = Assertions.catchThrowableOfType(ProblemException.class, call);
		assertThat(refused).isNotNull();
		assertThat(refused.problem()).as(refused.detail()).isEqualTo(problem);
		return refused;
	}

}
