package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ExtentSetTests {

	@Test
	void isWhatANaiveModelSays() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		ExtentSet set = new ExtentSet();
		BitSet model = new BitSet();
		BitSet out = new BitSet();
		set.add(new ExtentRange(0, 400));
		model.set(0, 400);
		List<ExtentRange> taken = new ArrayList<>();
		for (int step = 0; step < 5000; step++) {
			String where = "seed %d, step %d".formatted(seed, step);
			if (random.nextBoolean()) {
				int wanted = random.nextInt(30);
				List<ExtentRange> ranges = set.take(wanted);
				long got = ranges.stream().mapToLong(ExtentRange::count).sum();
				assertThat(got).as(where).isEqualTo(Math.min(wanted, model.cardinality()));
				for (ExtentRange range : ranges) {
					assertThat(model.get(range.start(), range.end()).cardinality()).as(where).isEqualTo(range.count());
					model.clear(range.start(), range.end());
					out.set(range.start(), range.end());
				}
				taken.addAll(ranges);
			}
			else if (!taken.isEmpty()) {
				ExtentRange range = taken.remove(random.nextInt(taken.size()));
				set.add(range);
				model.set(range.start(), range.end());
				out.clear(range.start(), range.end());
			}
			assertThat(ranges(model)).as(where).isEqualTo(set.ranges());
			assertThat(set.count()).as(where).isEqualTo(model.cardinality());
			assertThat(set.rangeCount()).as(where).isEqualTo(set.ranges().size());
		}
	}

	@Test
	void prefersOneRangeThatIsLongEnough() {
		ExtentSet set = new ExtentSet();
		set.add(new ExtentRange(0, 2));
		set.add(new ExtentRange(10, 5));
		set.add(new ExtentRange(20, 3));
		assertThat(set.take(3)).containsExactly(new ExtentRange(10, 3));
		assertThat(set.take(6)).containsExactly(new ExtentRange(0, 2), new ExtentRange(13, 2), new ExtentRange(20, 2));
	}

	@Test
	void refusesWhatItHas() {
		ExtentSet set = new ExtentSet();
		set.add(new ExtentRange(5, 5));
		assertThatIllegalStateException().isThrownBy(() -> set.add(new ExtentRange(9, 2)));
		assertThatIllegalStateException().isThrownBy(() -> set.add(new ExtentRange(4, 2)));
		assertThatIllegalStateException().isThrownBy(() -> set.add(new ExtentRange(6, 1)));
		assertThatIllegalStateException().isThrownBy(() -> set.add(new ExtentRange(5, 5)));
	}

	private static List<ExtentRange> ranges(BitSet model) {
		List<ExtentRange> ranges = new ArrayList<>();
		for (int start = model.nextSetBit(0); start >= 0;) {
			int end = model.nextClearBit(start);
			ranges.add(new ExtentRange(start, end - start));
			start = model.nextSetBit(end);
		}
		return ranges;
	}

}
