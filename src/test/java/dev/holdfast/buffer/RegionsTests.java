package dev.holdfast.buffer;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link Regions}.
 */
class RegionsTests {

	private final Regions regions = new Regions();

	@Test
	@DisplayName("Rule 14: uses that overlap are in conflict if either changes memory")
	void shouldRefuseOverlapsOfWhichEitherChangesMemory() {
		Region looks = this.regions.tryTake(100, 50, false);
		assertThat(this.regions.tryTake(120, 10, false)).isNotNull();
		assertThat(this.regions.tryTake(149, 1, true)).isNull();
		assertThat(this.regions.tryTake(99, 2, true)).isNull();
		assertThat(this.regions.tryTake(150, 10, true)).isNotNull();
		assertThat(this.regions.tryTake(155, 1, false)).isNull();
		assertThat(this.regions.tryTake(0, 100, true)).isNotNull();
		looks.close();
		assertThat(this.regions.tryTake(140, 10, true)).isNotNull();
	}

	@Test
	void shouldForgetARegionOnce() {
		Region region = this.regions.tryTake(0, 10, true);
		region.close();
		this.regions.tryTake(0, 10, true);
		region.close();
		assertThat(this.regions.count()).isEqualTo(1);
		assertThat(this.regions.tryTake(0, 10, true)).isNull();
	}

	@Test
	void shouldTellWhenTheLastUseHasEndedAfterItWasClosed() {
		Region region = this.regions.tryTake(0, 10, true);
		CompletableFuture<Void> idle = this.regions.close();
		assertThat(this.regions.tryTake(20, 10, false)).isNull();
		assertThat(idle).isNotDone();
		region.close();
		assertThat(idle).isCompleted();
	}

	@Property(tries = 300)
	void shouldDecideAsIfEachByteWereLookedAt(@ForAll @LongRange(min = 0, max = 1000) long seed,
			@ForAll @IntRange(min = 1, max = 60) int steps) {
		Random random = new Random(seed);
		Regions real = new Regions();
		List<Region> open = new ArrayList<>();
		int[] looking = new int[64];
		boolean[] changing = new boolean[64];
		for (int step = 0; step < steps; step++) {
			if (!open.isEmpty() && random.nextInt(3) == 0) {
				Region gone = open.remove(random.nextInt(open.size()));
				for (long at = gone.offset; at < gone.end; at++) {
					looking[(int) at] -= gone.changes ? 0 : 1;
					changing[(int) at] &= !gone.changes;
				}
				gone.close();
				continue;
			}
			int offset = random.nextInt(60);
			int length = 1 + random.nextInt(64 - offset);
			boolean changes = random.nextBoolean();
			boolean free = true;
			for (int at = offset; at < offset + length; at++) {
				free &= !changing[at] && !(changes && looking[at] > 0);
			}
			Region taken = real.tryTake(offset, length, changes);
			assertThat(taken != null).as("seed %d step %d", seed, step).isEqualTo(free);
			if (taken != null) {
				open.add(taken);
				for (int at = offset; at < offset + length; at++) {
					looking[at] += changes ? 0 : 1;
					changing[at] |= changes;
				}
			}
		}
		assertThat(real.count()).isEqualTo(open.size());
	}

}
