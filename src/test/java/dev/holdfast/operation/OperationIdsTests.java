package dev.holdfast.operation;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OperationIdsTests {

	private static final Instant START = Instant.parse("2026-01-01T00:00:00.123Z");

	@Test
	void shouldHoldTheTime() {
		UUID id = new OperationIds(new SettableClock(START)).next();
		assertThat(id.version()).isEqualTo(7);
		assertThat(id.variant()).isEqualTo(2);
		assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(START.toEpochMilli());
	}

	@Property
	void shouldGrowHoweverTheClockIsSet(
			@ForAll @Size(max = 100) List<@IntRange(min = -1000, max = 1000) Integer> steps) {
		SettableClock clock = new SettableClock(START);
		OperationIds ids = new OperationIds(clock);
		UUID last = ids.next();
		for (int step : steps) {
			clock.advance(Duration.ofMillis(step));
			UUID next = ids.next();
			assertGrows(last, next);
			last = next;
		}
	}

	@Test
	void shouldGrowAlsoWhenAMillisecondHasMoreThanTheCounterHolds() {
		OperationIds ids = new OperationIds(new SettableClock(START));
		UUID last = ids.next();
		for (int i = 0; i < 10_000; i++) {
			UUID next = ids.next();
			assertGrows(last, next);
			last = next;
		}
	}

	@Test
	void shouldGoOnAfterTheLargestThatWasSeen() {
		SettableClock clock = new SettableClock(START);
		UUID seen = new OperationIds(clock).next();
		clock.advance(Duration.ofDays(-1));
		OperationIds ids = new OperationIds(clock);
		UUID older = ids.next();
		ids.seen(seen);
		ids.seen(older);
		assertGrows(seen, ids.next());
	}

	private static void assertGrows(UUID last, UUID next) {
		assertThat(next).isGreaterThan(last);
		assertThat(next.toString()).isGreaterThan(last.toString());
		assertThat(next.version()).isEqualTo(7);
		assertThat(next.variant()).isEqualTo(2);
	}

}
