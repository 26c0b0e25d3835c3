package dev.holdfast.hotplug;

import java.util.stream.LongStream;

import dev.holdfast.operation.OperationState;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random sequences of what operators and hands do to drives, under writers that verify;
 * in every tenth the node is killed. Another seed: {@code -Dholdfast.hotplug.first=N};
 * more of them: {@code -Dholdfast.hotplug.sequences=N}.
 */
@RequiresRoot
@RequiresIoUring
@RequiresTool("losetup")
class HotplugSequencesTests {

	private static final Logger log = LoggerFactory.getLogger(HotplugSequencesTests.class);

	private static final long FIRST = Long.getLong("holdfast.hotplug.first", 1);

	private static final int COUNT = Integer.getInteger("holdfast.hotplug.sequences", 200);

	private static final int KILL_EVERY = 10;

	/** Each may take as long as a test may. */
	private static final int MOST_FAILURES = 5;

	private static int failures;

	private static int killed;

	private static int interrupted;

	@BeforeAll
	static void begin() {
		log.info("{} sequences from seed {}", COUNT, FIRST);
	}

	static LongStream seeds() {
		return LongStream.range(FIRST, FIRST + COUNT);
	}

	@ParameterizedTest(name = "seed {0}")
	@MethodSource("seeds")
	void shouldLoseNothingAndFailNothing(long seed) throws Exception {
		assertThat(failures).as("sequences that have failed: the rest is not run").isLessThan(MOST_FAILURES);
		failures++;
		try (HotplugSequence sequence = new HotplugSequence(seed)) {
			if (seed % KILL_EVERY == 0) {
				killed++;
				interrupted += (sequence.runAndKill() == OperationState.RUNNING) ? 1 : 0;
			}
			else {
				sequence.run();
			}
		}
		catch (Exception | AssertionError ex) {
			throw new AssertionError("seed " + seed, ex);
		}
		failures--;
	}

	@AfterAll
	static void end() {
		log.info("The node was killed in {} sequences, in {} of them while all data was being moved from a device",
				killed, interrupted);
	}

}
