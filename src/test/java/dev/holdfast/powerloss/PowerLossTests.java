package dev.holdfast.powerloss;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whenever the power goes, what was acknowledged is there and nobody sees anything else.
 * {@code -Dholdfast.powerloss.seeds} says how many histories, and
 * {@code -Dholdfast.powerloss.first} which comes first: a failure names its seed.
 */
@ExtendWith(QuietHistories.class)
class PowerLossTests {

	private static final int SEEDS = Integer.getInteger("holdfast.powerloss.seeds", 3000);

	private static final int FIRST = Integer.getInteger("holdfast.powerloss.first", 0);

	@TempDir
	private Path directory;

	@Test
	void shouldKeepItsPromisesWheneverThePowerGoes() throws Exception {
		Violation violation = new Seeds(this.directory, FIRST, SEEDS).run(Sabotage.NONE);
		if (violation != null) {
			throw violation;
		}
	}

	/**
	 * Else the test above would say nothing.
	 */
	@Test
	void shouldDoAllThatMayBeCutShort() throws Exception {
		Seeds seeds = new Seeds(this.directory, 0, 400);
		seeds.run(Sabotage.NONE);
		assertThat(seeds.seen()).containsKeys("linear volume over 1 devices in blocks of 512",
				"linear volume over 1 devices in blocks of 4096", "linear volume over 2 devices in blocks of 4096",
				"striped volume over 2 devices in blocks of 512", "striped volume over 2 devices in blocks of 4096",
				"striped volume over 3 devices in blocks of 4096",
				"growth of linear volume over 1 devices in blocks of 512",
				"growth of linear volume over 1 devices in blocks of 4096",
				"growth of striped volume over 2 devices in blocks of 4096",
				"growth of striped volume over 3 devices in blocks of 4096", "growth to another device",
				"deletion of SERVING", "deletion of DELETING", "deletion of AWAY",
				"a drive that comes while tenants are at work", "a step of the background scrub",
				"an error while there is power", "a move of a linear volume over 1 devices in blocks of 512",
				"a move of a striped volume over 2 devices in blocks of 4096", "a move that failed", "a stop in order");
	}

	@Test
	void shouldRepeatAHistoryFromItsSeed() throws IOException {
		try (Bench bench = new Bench(this.directory)) {
			for (int seed = 0; seed < 100; seed++) {
				assertThat(calls(bench, seed)).as("seed %d", seed).isEqualTo(calls(bench, seed));
			}
		}
	}

	private static List<String> calls(Bench bench, long seed) {
		List<String> calls = new ArrayList<>();
		History.run(bench, seed, (operation) -> {
			calls.add("%s %d %d".formatted(operation.kind(), operation.offset(), operation.length()));
			return false;
		});
		return calls;
	}

}
