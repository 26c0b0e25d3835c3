package dev.holdfast.mapping;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.holdfast.mapping.MappingModel.Operation;
import dev.holdfast.mapping.MappingModel.Step;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import net.jqwik.api.constraints.Size;

import org.springframework.util.FileSystemUtils;

/**
 * What is made of declarations is what is declared, whatever was declared, changed and
 * deleted, whatever failed or was late, whichever device went away and came back, and
 * however often the service was restarted, with whatever a crash had left half done.
 */
class ConvergenceTests {

	private static final long MIB = 1 << 20;

	private static final long DEVICE_LIMIT = 3 * MIB;

	/** What only happens when nobody is at work. */
	private static final Set<Operation> FOR_BOTH = EnumSet.of(Operation.LEAVE_AND_RETURN, Operation.RESTART,
			Operation.CRASH);

	private static final Duration PATIENCE = Duration.ofMillis(10);

	@Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
	void shouldConvergeAfterAnyHistory(@ForAll @Size(min = 20, max = 80) List<@From("steps") Step> steps)
			throws Exception {
		try (Bench bench = new Bench()) {
			MappingModel acme = new MappingModel(bench.rig, "acme");
			MappingModel other = new MappingModel(bench.rig, "other");
			for (Step step : steps) {
				((step.tenant() == 0) ? acme : other).run(step);
			}
			MappingModel.settle(bench.rig, DEVICE_LIMIT, acme, other);
		}
	}

	/** Both tenants at the same time, and restarts when neither is at work. */
	@Property(tries = 20, edgeCases = EdgeCasesMode.NONE)
	void shouldConvergeWhenTenantsAreAtWorkAtTheSameTime(
			@ForAll @Size(min = 2, max = 4) List<@Size(min = 10, max = 40) List<@From("steps") Step>> rounds)
			throws Exception {
		try (Bench bench = new Bench()) {
			MappingModel acme = new MappingModel(bench.rig, "acme");
			MappingModel other = new MappingModel(bench.rig, "other");
			for (List<Step> round : rounds) {
				try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
					List<Future<?>> tenants = List.of(threads.submit(() -> run(acme, 0, round)),
							threads.submit(() -> run(other, 1, round)));
					for (Future<?> tenant : tenants) {
						tenant.get();
					}
				}
				acme.run(new Step(Operation.LEAVE_AND_RETURN, 0, round.size(), 0, 0));
				acme.run(new Step(Operation.RESTART, 0, 0, 0, 0));
			}
			MappingModel.settle(bench.rig, DEVICE_LIMIT, acme, other);
		}
	}

	private static void run(MappingModel model, int tenant, List<Step> steps) {
		steps.stream()
			.filter((step) -> step.tenant() == tenant && !FOR_BOTH.contains(step.operation()))
			.forEach(model::run);
	}

	@Provide
	Arbitrary<Step> steps() {
		Arbitrary<Operation> operations = Arbitraries.frequency(of(6, Operation.DECLARE),
				of(2, Operation.DELETE_BUFFER), of(4, Operation.CREATE_VOLUME), of(1, Operation.DELETE_VOLUME),
				of(1, Operation.GROW_VOLUME), of(10, Operation.MAP), of(4, Operation.MAP_TWO), of(5, Operation.CHANGE),
				of(3, Operation.UNMAP), of(3, Operation.REMAP), of(4, Operation.USE), of(6, Operation.FAULT),
				of(2, Operation.LEAVE_AND_RETURN), of(1, Operation.RESTART), of(4, Operation.CRASH));
		Arbitrary<Integer> choice = Arbitraries.integers().between(0, 59);
		return Combinators.combine(operations, Arbitraries.integers().between(0, 1), choice, choice, choice)
			.as(Step::new);
	}

	private static Tuple2<Integer, Operation> of(int frequency, Operation operation) {
		return Tuple.of(frequency, operation);
	}

	/** A rig in a directory of its own. */
	private static final class Bench implements AutoCloseable {

		private final Path directory = Files.createTempDirectory(Path.of("/dev/shm"), "holdfast-mapping-");

		private final MappingRig rig = new MappingRig(this.directory, 2, DEVICE_LIMIT, PATIENCE)
			.mayPremap("acme", 2 * MIB)
			.mayPremap("other", 3 * MIB);

		private Bench() throws Exception {
		}

		@Override
		public void close() throws Exception {
			try {
				this.rig.letGo();
				this.rig.close();
			}
			finally {
				FileSystemUtils.deleteRecursively(this.directory);
			}
		}

	}

}
