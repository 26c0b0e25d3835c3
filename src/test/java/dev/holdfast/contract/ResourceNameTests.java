package dev.holdfast.contract;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ResourceNameTests {

	private static final String LONGEST = "a23456789012345678901234567890123456789012345678901234567890123";

	@ParameterizedTest
	@ValueSource(strings = { "a", "0", "v1", "my-volume", "a--b", LONGEST })
	void shouldTakeLabels(String name) {
		assertThat(ResourceName.require("volume", name)).isEqualTo(name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "-", "-a", "a-", "A", "a_b", "a.b", "..", "a/b", "ä", "a\n", LONGEST + "4" })
	void shouldRefuseOthersWithoutRepeatingThem(String name) {
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> ResourceName.require("volume", name))
			.satisfies((ex) -> assertThat(ex.problem()).isEqualTo(Problem.BAD_NAME))
			.withMessageContaining("The name of a volume has 1 to 63 lower-case letters");
	}

}
