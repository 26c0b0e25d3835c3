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
		later.settle(this.other, later.begin(this.other));
		assertTold(later);
		later.settle(this.volume, later.begin(this.volume));
		assertThat(this.store.load()).isEmpty();
	}

	@Test
	void shouldTellAgainIfNoFlushHasSucceededBeforeTheProcessEnded() {
		new PossibleLosses(this.store).mayHaveLost(DEVICE, Map.of(this.volume, 3L));
		assertTold(new PossibleLosses(this.store));
		PossibleLosses later = new PossibleLosses(this.store);
		assertTold(later);
		later.begin(this.volume);
		assertTold(new PossibleLosses(this.store));
	}

	@Test
	void shouldNotSettleWhatWasLostAfterAFlushBegan() {
		PossibleLosses losses = new PossibleLosses(this.store);
		losses.mayHaveLost(DEVICE, Map.of(this.volume, 3L));
		long begun = losses.begin(this.volume);
		losses.mayHaveLost(DEVICE, Map.of(this.volume, 1L));
		losses.settle(this.volume, begun);
		assertTold(new PossibleLosses(this.store));
		losses.settle(this.volume, losses.begin(this.volume));
		assertThat(this.store.load()).isEmpty();
	}

	@Test
	void shouldNotTellOfThisProcess() {
		PossibleLosses losses = new PossibleLosses(this.store);
		losses.mayHaveLost(DEVICE, Map.of(this.volume, 3L));
		losses.settle(this.volume, losses.begin(this.volume));
		assertThat(this.store.load()).isEmpty();
	}

	private void assertTold(PossibleLosses losses) {
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> losses.begin(this.volume))
			.satisfies((problem) -> assertThat(problem.problem()).isEqualTo(Problem.WRITE_LOSS_POSSIBLE));
	}

}
