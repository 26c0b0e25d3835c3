package dev.holdfast.volume;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Who gets which extents, step by step beside a model that keeps the state of every
 * single extent. Nothing is committed, so that there is time for many steps.
 */
class AllocatorTests {

	private static SparseDevices devices;

	@BeforeContainer
	static void attach() throws IOException {
		devices = SparseDevices.ofExtents(24, 9, 16, 60);
	}

	@AfterContainer
	static void detach() throws IOException {
		devices.close();
	}

	@Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
	void isWhatANaiveModelSays(@ForAll @IntRange(min = 1, max = 4) int count,
			@ForAll @Size(max = 80) List<@From("steps") Step> steps) {
		AllocatorModel model = new AllocatorModel(devices.list().subList(0, count));
		for (Step step : steps) {
			step.action().accept(model);
			model.check();
		}
		model.endAll();
	}

	@Provide
	Arbitrary<Step> steps() {
		Arbitrary<Integer> which = Arbitraries.integers().between(0, 1000);
		Arbitrary<Boolean> either = Arbitraries.of(true, false);
		Arbitrary<Integer> extents = Arbitraries.integers().between(1, 40);
		Arbitrary<Integer> named = Arbitraries.frequencyOf(Tuple.of(2, Arbitraries.just(0)),
				Tuple.of(1, Arbitraries.integers().between(1, 15)));
		return Arbitraries.oneOf(
				Combinators.combine(either, extents, named)
					.as((striped, count, bits) -> new Step("place %s %d on %d".formatted(striped, count, bits),
							(model) -> model.place(striped, count, bits))),
				Combinators.combine(which, extents)
					.as((volume, count) -> new Step("grow %d by %d".formatted(volume, count),
							(model) -> model.grow(volume, count))),
				which.map((taken) -> new Step("complete " + taken, (model) -> model.complete(taken))),
				which.map((taken) -> new Step("give back " + taken, (model) -> model.giveBack(taken))),
				Combinators.combine(which, either)
					.as((volume, revert) -> new Step((revert ? "revert " : "delete ") + volume,
							(model) -> model.delete(volume, revert))),
				Combinators.combine(which, extents)
					.as((device, most) -> new Step("scrub %d of %d".formatted(most, device),
							(model) -> model.beginScrub(device, most))),
				Combinators.combine(which, either)
					.as((device, clean) -> new Step("scrubbed %d: %s".formatted(device, clean),
							(model) -> model.endScrub(device, clean))));
	}

	/**
	 * What is done next, with its description for a report.
	 */
	record Step(String what, Consumer<AllocatorModel> action) {

		@Override
		public String toString() {
			return this.what;
		}

	}

}
