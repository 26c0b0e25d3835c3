package dev.holdfast.block;

import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.DeviceSelector;
import dev.holdfast.device.DeviceStatus;
import dev.holdfast.device.KnownDevice;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is kept of possible losses, from process to process.
 */
class PossibleLossesTests {

	private static final DeviceStatus DEVICE = new DeviceStatus(
			new KnownDevice("d1", UUID.randomUUID(), DeviceSelector.at(Path.of("/dev/d1")), false), null, null, null,
			null);

	private final MemoryLosses store = new MemoryLosses();

	private final UUID volume = UUID.randomUUID();

	private final UUID other = UUID.randomUUID();

	@Test
	void shouldTellOnceAfterARestart() {
		new PossibleLosses(this.store).mayHaveLost(DEVICE, Map.of(this.volume, 3L));
		PossibleLosses later = new PossibleLosses(this.store);
		later.tell(this.other);
		assertTold(later);
		later.tell(this.volume);
		new PossibleLosses(this.store).tell(this.volume);
	}

	@Test
	void shouldTellOfEachLossAfterTheOneThatWasTold() {
		new PossibleLosses(this.store).mayHaveLost(DEVICE, Map.of(this.volume, 3L));
		PossibleLosses later = new PossibleLosses(this.store);
		assertTold(later);
		later.mayHaveLost(DEVICE, Map.of(this.volume, 1L));
		assertTold(new PossibleLosses(this.store));
	}

	@Test
	void shouldNotTellWhatAFlushOfThisProcessHasTold() {
		PossibleLosses losses = new PossibleLosses(this.store);
		losses.mayHaveLost(DEVICE, Map.of(this.volume, 3L, this.other, 1L));
		losses.tell(this.volume);
		losses.failed(this.volume, IoProblems.writeLoss("Drive d1"));
		losses.failed(this.other, new ProblemException(Problem.IO_ERROR, "another failure"));
		PossibleLosses later = new PossibleLosses(this.store);
		later.tell(this.volume);
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> later.tell(this.other));
	}

	private void assertTold(PossibleLosses losses) {
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> losses.tell(this.volume))
			.satisfies((problem) -> assertThat(problem.problem()).isEqualTo(Problem.WRITE_LOSS_POSSIBLE));
	}

}
