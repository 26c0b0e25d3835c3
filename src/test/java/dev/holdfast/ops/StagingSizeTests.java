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
		assertThat(StagingSize.automatic(lockable, rings, devices, 0)).isEqualTo(mib << 20);
	}

	/** What tenants have declared comes back at the start, as far as it fits. */
	@ParameterizedTest
	@CsvSource({ "67108864,1,1,16,47", "67108864,1,1,62,4", "67108864,1,1,1000000,4", "67108864,2,1,3,30",
			"9223372036854775807,1,1,64,64" })
	void shouldLeaveRoomForBuffers(long lockable, int rings, int devices, long buffers, long mib) {
		assertThat(StagingSize.automatic(lockable, rings, devices, buffers << 20)).isEqualTo(mib << 20);
	}

}
