package dev.holdfast.powerloss;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class VolatileMediumTests {

	private static final int UNIT = 512;

	@Test
	void shouldReadWhatWasWrittenLast() {
		VolatileMedium medium = new VolatileMedium(UNIT);
		medium.write(UNIT, filled(2, 1), 1, false);
		medium.write(2 * UNIT, filled(1, 2), 2, false);
		assertThat(read(medium, 4)).isEqualTo("0120");
		medium.zero(0, 2 * UNIT, 3);
		assertThat(read(medium, 4)).isEqualTo("0020");
	}

	@Test
	void shouldLeaveAnyPartOfWhatWasNotFlushed() {
		assertThat(afterCuts((medium) -> medium.write(0, filled(2, 1), 1, false))).containsExactlyInAnyOrder("00", "01",
				"10", "11");
	}

	@Test
	void shouldLeaveAnyOfSeveralWrites() {
		assertThat(afterCuts((medium) -> {
			medium.write(0, filled(1, 1), 1, true);
			medium.write(0, filled(1, 2), 2, false);
			medium.zero(0, UNIT, 3);
			medium.write(0, filled(1, 3), 4, false);
		})).containsExactlyInAnyOrder("00", "10", "20", "30");
	}

	@Test
	void shouldKeepWhatWasAnsweredBeforeAFlush() {
		assertThat(afterCuts((medium) -> {
			medium.write(0, filled(1, 1), 1, false);
			medium.write(UNIT, filled(1, 1), 3, false);
			medium.flush(2);
		})).containsExactlyInAnyOrder("10", "11");
	}

	@Test
	void shouldKeepWhatIsDurableAtOnce() {
		assertThat(afterCuts((medium) -> {
			medium.write(0, filled(2, 1), 1, false);
			medium.write(0, filled(2, 2), 2, true);
		})).containsExactly("22");
	}

	@Test
	void shouldForgetAnyPartOfWhatIsDiscarded() {
		Set<String> found = new HashSet<>();
		for (int seed = 0; seed < 100; seed++) {
			VolatileMedium medium = new VolatileMedium(UNIT);
			medium.write(0, filled(2, 1), 1, true);
			medium.discard(0, 2 * UNIT, 2, new Random(seed));
			found.add(read(medium, 2));
		}
		assertThat(found).containsExactlyInAnyOrder("00", "01", "10", "11");
	}

	@Test
	void shouldTellZeroesFromNothingWhereSomethingWas() {
		assertThat(afterCuts((medium) -> {
			medium.write(0, filled(1, 1), 1, true);
			medium.write(0, filled(2, 0), 2, false);
		})).containsExactlyInAnyOrder("00", "10");
	}

	private static Set<String> afterCuts(Consumer<VolatileMedium> before) {
		Set<String> found = new HashSet<>();
		for (int seed = 0; seed < 200; seed++) {
			VolatileMedium medium = new VolatileMedium(UNIT);
			before.accept(medium);
			medium.cut(new Random(seed));
			String content = read(medium, 2);
			medium.cut(new Random(seed + 1));
			assertThat(read(medium, 2)).as("what is left is durable").isEqualTo(content);
			found.add(content);
		}
		return found;
	}

	private static byte[] filled(int units, int value) {
		byte[] bytes = new byte[units * UNIT];
		Arrays.fill(bytes, (byte) value);
		return bytes;
	}

	private static String read(VolatileMedium medium, int units) {
		byte[] bytes = new byte[units * UNIT];
		medium.read(0, MemorySegment.ofArray(bytes));
		StringBuilder content = new StringBuilder();
		for (int i = 0; i < bytes.length; i += UNIT) {
			content.append(bytes[i]);
		}
		return content.toString();
	}

}
