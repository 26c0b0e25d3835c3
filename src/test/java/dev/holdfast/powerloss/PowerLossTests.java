package dev.holdfast.powerloss;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whenever the power goes, what was acknowledged is there and nobody sees anything else.
 * {@code -Dholdfast.powerloss.seeds} says how many histories, and
 * {@code -Dholdfast.powerloss.first} which comes first: a failure names its seed.
 */
class PowerLossTests {

	private static final int SEEDS = Integer.getInteger("holdfast.powerloss.seeds", 3000);

	private static final int FIRST = Integer.getInteger("holdfast.powerloss.first", 0);

	@TempDir
	private Path directory;

	@Test
	void shouldKeepItsPromisesWheneverThePowerGoes() throws IOException {
		try (Bench bench = new Bench(this.directory)) {
			for (int seed = FIRST; seed < FIRST + SEEDS; seed++) {
				History.run(bench, seed, Sabotage.NONE);
			}
		}
	}

	@Test
	void shouldRepeatAHistoryFromItsSeed() throws IOException {
		try (Bench bench = new Bench(this.directory)) {
			for (int seed = 0; seed < 50; seed++) {
				assertThat(durableCalls(bench, seed)).as("seed %d", seed).isEqualTo(durableCalls(bench, seed));
			}
		}
	}

	private static List<String> durableCalls(Bench bench, long seed) {
		List<String> calls = new ArrayList<>();
		History.run(bench, seed, (operation) -> {
			calls.add("%s %d %d".formatted(operation.kind(), operation.offset(), operation.length()));
			return false;
		});
		return calls;
	}

}
