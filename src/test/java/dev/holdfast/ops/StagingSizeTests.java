package dev.holdfast.ops;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class StagingSizeTests {

	/** In MiB, but for the limit. */
	@ParameterizedTest
	@CsvSource({ "9223372036854775807,1,1,64", "67108864,1,1,63", "8388608,1,1,7", "8388608,1,2,6", "8388608,2,1,64",
			"65536,1,1,64", "134217728,2,1,63" })
	void shouldTakeWhatMayBeRegistered(long lockable, int rings, int devices, long mib) {
		assertThat(StagingSize.automatic(lockable, rings, devices)).isEqualTo(mib << 20);
	}

}
