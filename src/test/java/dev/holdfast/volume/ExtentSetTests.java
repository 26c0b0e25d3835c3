package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ExtentSetTests {

	private static final int EXTENTS = 400;

	@Property(tries = 400)
	void isWhatANaiveModelSays(@ForAll @Size(max = 120) List<@From("steps") Step> steps) {
		ExtentSet set = new ExtentSet();
		BitSet model = new BitSet();
		set.add(new ExtentRange(0, EXTENTS));
		model.set(0, EXTENTS);
		for (Step step : steps) {
			step.run(set, model);
			assertThat(set.ranges()).as("%s", step).isEqualTo(ranges(model));
			assertThat(set.count()).as("%s", step).isEqualTo(model.cardinality());
			assertThat(set.rangeCount()).as("%s", step).isEqualTo(set.ranges().size());
		}
	}

	@Provide
	Arbitrary<Step> steps() {
		return Combinators
			.combine(Arbitraries.of(Kind.class), Arbitraries.integers().between(0, EXTENTS - 1),
					Arbitraries.integers().between(1, 30))
			.as(Step::new);
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

	/** In ascending order, as long as they can be. */
	private static List<ExtentRange> ranges(BitSet model) {
		List<ExtentRange> ranges = new ArrayList<>();
		for (int start = model.nextSetBit(0); start >= 0;) {
			int end = model.nextClearBit(start);
			ranges.add(new ExtentRange(start, end - start));
			start = model.nextSetBit(end);
		}
		return ranges;
	}

	enum Kind {

		TAKE, TAKE_FIRST, ADD, REMOVE, CONTAINS

	}

	/**
	 * One call of the set, and the same on the model.
	 */
	record Step(Kind kind, int start, int count) {

		void run(ExtentSet set, BitSet model) {
			ExtentRange range = new ExtentRange(this.start, this.count);
			switch (this.kind) {
				case TAKE -> took(set.take(this.count), available(model), model);
				case TAKE_FIRST -> {
					ExtentRange first = set.takeFirst(this.count);
					took((first != null) ? List.of(first) : List.of(), Math.min(this.count, firstRange(model)), model);
				}
				case ADD -> {
					// All of the range that is not there yet, piece by piece.
					BitSet missing = new BitSet();
					missing.set(range.start(), range.end());
					missing.andNot(model);
					ranges(missing).forEach(set::add);
					model.or(missing);
				}
				case REMOVE -> {
					BitSet there = new BitSet();
					there.set(range.start(), range.end());
					there.and(model);
					assertThat(set.remove(range)).isEqualTo(ranges(there));
					model.andNot(there);
				}
				case CONTAINS ->
					assertThat(set.contains(range)).isEqualTo(model.nextClearBit(range.start()) >= range.end());
			}
		}

		private int available(BitSet model) {
			return Math.min(this.count, model.cardinality());
		}

		private static int firstRange(BitSet model) {
			int start = model.nextSetBit(0);
			return (start < 0) ? 0 : model.nextClearBit(start) - start;
		}

		private void took(List<ExtentRange> taken, int expected, BitSet model) {
			boolean inOne = ranges(model).stream().anyMatch((range) -> range.count() >= this.count);
			int got = 0;
			for (ExtentRange range : taken) {
				assertThat(range.count()).isPositive();
				assertThat(model.nextClearBit(range.start())).as("%s is in the set", range)
					.isGreaterThanOrEqualTo(range.end());
				model.clear(range.start(), range.end());
				got += range.count();
			}
			assertThat(got).isEqualTo(expected);
			assertThat(inOne && taken.size() > 1).as("one range was long enough").isFalse();
		}

	}

}
