package dev.holdfast.operation;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class OperationsTests {

	private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

	private final SettableClock clock = new SettableClock(START);

	@TempDir
	Path directory;

	private Catalog catalog;

	private Operations operations;

	@BeforeEach
	void start() {
		this.catalog = openCatalog();
		this.operations = new Operations(this.catalog, this.clock);
	}

	Catalog openCatalog() {
		return Catalog.open(this.directory.resolve("catalog.db"));
	}

	@AfterEach
	void stop() {
		this.catalog.close();
	}

	@Test
	void shouldShowWhatHasBegun() {
		Operation operation = this.operations
			.begin(new OperationSpec("create-volume", "acme", "tenants/acme/volumes/db", "bytes", 4096, "opaque"));
		OperationSnapshot shown = new OperationSnapshot(operation.id(), "create-volume", "acme",
				"tenants/acme/volumes/db", OperationState.RUNNING, 0, 4096, "bytes", START, null, null, false);
		assertThat(this.operations.find(operation.id())).hasValue(shown);
		assertThat(this.operations.list()).containsExactly(shown);
		assertThat(this.operations.find(UUID.randomUUID())).isEmpty();
	}

	@Test
	void shouldFindWhatHasBegunAfterARestart() {
		OperationSpec spec = new OperationSpec("scrub", null, "devices/nvme0", "bytes", 1L << 44, "{\"from\":7}");
		Operation operation = this.operations.begin(spec);
		OperationSnapshot before = operation.snapshot();
		restart();
		assertThat(this.operations.find(operation.id())).hasValue(before);
		Operation resumed = this.operations.unfinished("scrub").getFirst();
		assertThat(resumed.spec()).isEqualTo(spec);
		resumed.succeed();
		assertThat(this.operations.find(operation.id()))
			.hasValueSatisfying((snapshot) -> assertThat(snapshot.state()).isEqualTo(OperationState.SUCCEEDED));
	}

	@Test
	void shouldGoOnFromTheProgressThatWasStored() {
		Operation operation = this.operations.begin(spec("scrub"));
		this.clock.advance(Duration.ofSeconds(2));
		operation.progress(40, 200);
		operation.progress(50);
		restart();
		Operation resumed = this.operations.unfinished("scrub").getFirst();
		assertThat(resumed.id()).isEqualTo(operation.id());
		assertThat(resumed.snapshot().done()).isEqualTo(40);
		assertThat(resumed.snapshot().total()).isEqualTo(200);
		resumed.progress(60);
		assertThat(resumed.snapshot().done()).isEqualTo(60);
		assertThat(resumed.snapshot().total()).isEqualTo(200);
	}

	@Test
	void shouldForgetTheOldestOfATenantThatHasTooMany() {
		Operations few = new Operations(this.catalog, this.clock, 3);
		Operation running = few.begin(of("acme"));
		UUID others = ended(few.begin(of("globex")));
		UUID administrators = ended(few.begin(of(null)));
		List<UUID> ended = Stream.generate(() -> ended(few.begin(of("acme")))).limit(5).toList();
		UUID last = few.begin(of("globex")).id();
		List<UUID> kept = List.of(last, ended.get(4), ended.get(3), ended.get(2), administrators, others, running.id());
		assertThat(few.list()).extracting(OperationSnapshot::id).isEqualTo(kept);
		restart();
		assertThat(this.operations.list()).extracting(OperationSnapshot::id).isEqualTo(kept);
	}

	private static OperationSpec of(@Nullable String tenant) {
		return new OperationSpec("scrub", tenant, "devices/nvme0", "bytes", 1, "");
	}

	private static UUID ended(Operation operation) {
		operation.succeed();
		return operation.id();
	}

	@Test
	void shouldFindHowItEndedAfterARestart() {
		Operation good = this.operations.begin(spec("good"));
		Operation bad = this.operations.begin(spec("bad"));
		Operation stopped = this.operations.begin(spec("stopped"));
		this.clock.advance(Duration.ofMillis(1500));
		good.progress(100);
		good.succeed();
		bad.fail(new ProblemException(Problem.NO_SPACE, "There is no room for it"));
		stopped.cancelled();
		List<OperationSnapshot> before = this.operations.list();
		restart();
		assertThat(this.operations.list()).isEqualTo(before)
			.extracting(OperationSnapshot::state)
			.containsExactly(OperationState.CANCELLED, OperationState.FAILED, OperationState.SUCCEEDED);
		assertThat(before).extracting(OperationSnapshot::finishedAt).containsOnly(START.plus(Duration.ofMillis(1500)));
		assertThat(before).extracting(OperationSnapshot::error)
			.containsExactly(null, new OperationError("no-space", "There is no room for it"), null);
		assertThat(before.getLast().done()).isEqualTo(100);
		assertThat(this.operations.unfinished("good")).isEmpty();
	}

	@Test
	void shouldForgetAllOfATenant() {
		Operation gone = this.operations.begin(new OperationSpec("grow", "acme", "volumes/a", "bytes", 1, "{}"));
		Operation running = this.operations.begin(new OperationSpec("grow", "acme", "volumes/b", "bytes", 1, "{}"));
		Operation other = this.operations.begin(new OperationSpec("grow", "globex", "volumes/a", "bytes", 1, "{}"));
		Operation nobodys = this.operations.begin(new OperationSpec("scrub", null, "devices/d", "bytes", 1, "{}"));
		gone.succeed();
		this.operations.forgetAll("acme");
		running.succeed();
		assertThat(this.operations.list()).extracting(OperationSnapshot::id)
			.containsExactlyInAnyOrder(other.id(), nobodys.id());
		restart();
		assertThat(this.operations.list()).extracting(OperationSnapshot::id)
			.containsExactlyInAnyOrder(other.id(), nobodys.id());
	}

	@Test
	void shouldRememberOverARestartThatItIsToBeCancelled() {
		AtomicInteger told = new AtomicInteger();
		Operation operation = this.operations.begin(spec("scrub"));
		operation.onCancel(() -> {
		});
		this.operations.cancel(operation.id());
		restart();
		Operation resumed = this.operations.unfinished("scrub").getFirst();
		assertThat(resumed.cancelRequested()).isTrue();
		assertThat(resumed.snapshot().cancellable()).isFalse();
		assertThat(this.operations.cancel(resumed.id()).state()).isEqualTo(OperationState.RUNNING);
		resumed.onCancel(told::incrementAndGet);
		assertThat(told).hasValue(1);
		this.operations.cancel(resumed.id());
		assertThat(told).hasValue(1);
	}

	@Test
	void shouldListTheNewestFirstHoweverTheClockIsSet() {
		UUID first = this.operations.begin(spec("a")).id();
		UUID second = this.operations.begin(spec("b")).id();
		this.clock.advance(Duration.ofHours(-1));
		UUID third = this.operations.begin(spec("c")).id();
		restart();
		UUID fourth = this.operations.begin(spec("d")).id();
		assertThat(this.operations.list()).extracting(OperationSnapshot::id)
			.containsExactly(fourth, third, second, first);
	}

	@Test
	void shouldGiveWhatIsUnfinishedOfAKindOldestFirst() {
		Operation done = this.operations.begin(spec("scrub"));
		Operation first = this.operations.begin(spec("scrub"));
		Operation other = this.operations.begin(spec("create-volume"));
		Operation second = this.operations.begin(spec("scrub"));
		done.succeed();
		restart();
		Operation third = this.operations.begin(spec("scrub"));
		assertThat(this.operations.unfinished("scrub")).extracting(Operation::id)
			.containsExactly(first.id(), second.id(), third.id());
		assertThat(this.operations.unfinished("create-volume")).extracting(Operation::id).containsExactly(other.id());
		assertThat(this.operations.unfinished("nothing")).isEmpty();
	}

	@Test
	void shouldForgetWhatHasFinished() {
		Operation operation = this.operations.begin(spec("scrub"));
		operation.succeed();
		this.operations.forget(operation.id());
		assertThat(this.operations.list()).isEmpty();
		assertRefused(Problem.NOT_FOUND, () -> this.operations.forget(operation.id()));
		restart();
		assertThat(this.operations.list()).isEmpty();
	}

	@Test
	void shouldNotForgetWhatRuns() {
		Operation operation = this.operations.begin(spec("scrub"));
		assertRefused(Problem.IN_USE, () -> this.operations.forget(operation.id()));
		assertThat(this.operations.find(operation.id())).isPresent();
	}

	@Test
	void shouldDropWhatFinishedMoreThanSevenDaysAgoWhenAnotherBegins() {
		Operation old = this.operations.begin(spec("scrub"));
		Operation running = this.operations.begin(spec("scrub"));
		old.succeed();
		this.clock.advance(Duration.ofDays(7));
		Operation young = this.operations.begin(spec("scrub"));
		assertThat(this.operations.find(old.id())).isPresent();
		young.succeed();
		this.clock.advance(Duration.ofMillis(1));
		Operation another = this.operations.begin(spec("scrub"));
		assertThat(this.operations.list()).extracting(OperationSnapshot::id)
			.containsExactly(another.id(), young.id(), running.id());
		assertThat(rows()).isEqualTo(3);
	}

	@Test
	void shouldDropWhatFinishedMoreThanSevenDaysAgoWhenItStarts() {
		this.operations.begin(spec("scrub")).succeed();
		Operation running = this.operations.begin(spec("scrub"));
		this.clock.advance(Duration.ofDays(8));
		restart();
		assertThat(this.operations.list()).extracting(OperationSnapshot::id).containsExactly(running.id());
		assertThat(rows()).isOne();
	}

	@Test
	void shouldBeginNothingThatCannotBeStored() {
		this.catalog.write((client) -> client.sql("DROP TABLE operations").update());
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> this.operations.begin(spec("scrub")));
		assertThat(this.operations.list()).isEmpty();
	}

	private void restart() {
		this.catalog.close();
		start();
	}

	private int rows() {
		return this.catalog
			.read((client) -> client.sql("SELECT count(*) FROM operations").query(Integer.class).single());
	}

	private static void assertRefused(Problem problem, Runnable action) {
		assertThatExceptionOfType(ProblemException.class).isThrownBy(action::run)
			.satisfies((ex) -> assertThat(ex.problem()).isEqualTo(problem));
	}

	private static OperationSpec spec(String kind) {
		return new OperationSpec(kind, "acme", "tenants/acme/volumes/db", "bytes", 100, "");
	}

}
