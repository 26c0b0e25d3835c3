package dev.holdfast.operation;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class OperationTests {

	private static final Duration LONG = Duration.ofMinutes(1);

	private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));

	private final AtomicInteger told = new AtomicInteger();

	@TempDir
	Path directory;

	private Catalog catalog;

	private Operations operations;

	private Operation operation;

	@BeforeEach
	void start() {
		open();
		this.operation = this.operations
			.begin(new OperationSpec("scrub", null, "devices/nvme0", "bytes", 1L << 44, ""));
	}

	private void open() {
		this.catalog = Catalog.open(this.directory.resolve("catalog.db"));
		this.operations = new Operations(this.catalog, this.clock);
	}

	@AfterEach
	void stop() {
		this.catalog.close();
	}

	@Test
	void shouldShowProgressAtOnceAndStoreItOnceASecond() {
		countUpdates();
		for (int i = 1; i <= 1000; i++) {
			this.clock.advance(Duration.ofMillis(10));
			this.operation.progress(i);
			assertThat(shown().done()).isEqualTo(i);
		}
		assertThat(updates()).isEqualTo(10);
		assertThat(stored().done()).isEqualTo(1000);
	}

	@Test
	void shouldStoreProgressAlsoWhenTheClockIsSetBack() {
		this.clock.advance(Duration.ofHours(-5));
		this.operation.progress(1);
		assertThat(stored().done()).isOne();
	}

	@Test
	void shouldStoreTheLastProgressWithTheEnd() {
		this.operation.progress(7, 8);
		assertThat(stored().done()).isZero();
		this.operation.succeed();
		assertThat(stored().done()).isEqualTo(7);
		assertThat(stored().total()).isEqualTo(8);
	}

	@Test
	void shouldWorkOnWhenProgressCannotBeStored(CapturedOutput output) {
		this.catalog.write((client) -> client
			.sql("CREATE TRIGGER full BEFORE UPDATE ON operations BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
			.update());
		this.clock.advance(Duration.ofSeconds(1));
		this.operation.progress(1);
		assertThat(shown().done()).isOne();
		assertThat(stored().done()).isZero();
		assertThat(output).contains("Progress of operation " + this.operation.id())
			.contains("was not stored")
			.contains("the disk is full");
		this.catalog.write((client) -> client.sql("DROP TRIGGER full").update());
		this.clock.advance(Duration.ofSeconds(1));
		this.operation.progress(2);
		assertThat(stored().done()).isEqualTo(2);
	}

	@Test
	void shouldEndWhenTheEndCannotBeStoredAndBeResumedAfterARestart(CapturedOutput output) {
		this.catalog.close();
		this.operation.progress(1);
		this.operation.succeed();
		assertThat(this.operation.await(Duration.ZERO)).isTrue();
		assertThat(shown().state()).isEqualTo(OperationState.SUCCEEDED);
		assertThat(output).contains("The end of operation " + this.operation.id());
		open();
		assertThat(this.operations.unfinished("scrub")).extracting(Operation::id).containsExactly(this.operation.id());
	}

	@Test
	void shouldEndOnceWhoeverIsFirst() throws Exception {
		List<Callable<Void>> ends = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			ends.add(end(this.operation::succeed));
			ends.add(end(this.operation::cancelled));
			ends.add(end(() -> this.operation.fail(new ProblemException(Problem.IO_ERROR, "The device is broken"))));
		}
		countUpdates();
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			assertThat(threads.invokeAll(ends)).extracting(Future::state).containsOnly(Future.State.SUCCESS);
		}
		assertThat(updates()).isOne();
		OperationSnapshot ended = shown();
		assertThat(ended.state()).isNotEqualTo(OperationState.RUNNING);
		assertThat(stored()).isEqualTo(ended);
		this.clock.advance(LONG);
		this.operation.progress(5);
		this.operation.onCancel(this.told::incrementAndGet);
		this.operation.succeed();
		assertThat(shown()).isEqualTo(ended);
		assertThat(stored()).isEqualTo(ended);
	}

	@Test
	void shouldShowProgressWhileTheCatalogIsBusyAndStoreTheLatestThen() {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch free = new CountDownLatch(1);
		CompletableFuture<Boolean> busy = CompletableFuture.supplyAsync(() -> this.catalog.write((client) -> {
			begun.countDown();
			return await(free);
		}));
		assertThat(await(begun)).isTrue();
		this.clock.advance(Duration.ofSeconds(1));
		CompletableFuture<Void> first = CompletableFuture.runAsync(() -> this.operation.progress(1));
		Awaitility.await().until(() -> shown().done() == 1);
		CompletableFuture<Void> second = CompletableFuture.runAsync(() -> this.operation.progress(2));
		Awaitility.await().until(() -> shown().done() == 2);
		free.countDown();
		CompletableFuture.allOf(busy, first, second).join();
		assertThat(stored().done()).isEqualTo(2);
	}

	@Test
	void shouldTellOnceThatItIsToBeCancelled() throws Exception {
		this.operation.onCancel(this.told::incrementAndGet);
		assertThat(shown().cancellable()).isTrue();
		assertThat(this.operation.cancelRequested()).isFalse();
		UUID id = this.operation.id();
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Callable<OperationSnapshot>> asks = IntStream.range(0, 20)
				.<Callable<OperationSnapshot>>mapToObj((i) -> () -> this.operations.cancel(id))
				.toList();
			assertThat(threads.invokeAll(asks)).extracting((ask) -> ask.get().state())
				.containsOnly(OperationState.RUNNING);
		}
		assertThat(this.told).hasValue(1);
		assertThat(this.operation.cancelRequested()).isTrue();
		this.operation.cancelled();
		OperationSnapshot ended = this.operations.cancel(id);
		assertThat(ended.state()).isEqualTo(OperationState.CANCELLED);
		assertThat(ended.cancellable()).isFalse();
		assertThat(this.told).hasValue(1);
	}

	@Test
	void shouldRefuseToCancelWhatCannotBe() {
		assertRefused(Problem.NOT_SUPPORTED, this.operation.id());
		assertThat(shown().cancellable()).isFalse();
		assertThat(this.operation.cancelRequested()).isFalse();
		assertRefused(Problem.NOT_FOUND, UUID.randomUUID());
		this.operation.succeed();
		assertThat(this.operations.cancel(this.operation.id()).state()).isEqualTo(OperationState.SUCCEEDED);
	}

	@Test
	void shouldCancelNothingWhoseCancelCannotBeStored() {
		this.operation.onCancel(this.told::incrementAndGet);
		this.catalog.close();
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> this.operations.cancel(this.operation.id()));
		assertThat(this.operation.cancelRequested()).isFalse();
		assertThat(this.told).hasValue(0);
	}

	@Test
	void shouldAnswerACancelAlsoWhenTheWorkCannotBeTold(CapturedOutput output) {
		this.operation.onCancel(() -> {
			throw new IllegalStateException("nobody there");
		});
		assertThat(this.operations.cancel(this.operation.id()).state()).isEqualTo(OperationState.RUNNING);
		assertThat(this.operation.cancelRequested()).isTrue();
		assertThat(output).contains("was not told to stop");
	}

	@Test
	void shouldWaitForTheEnd() {
		assertThat(this.operation.await(Duration.ofMillis(1))).isFalse();
		CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> this.operation.await(LONG));
		this.operation.succeed();
		Awaitility.await().untilAsserted(() -> assertThat(waiting).isCompletedWithValue(true));
		assertThat(this.operation.await(Duration.ZERO)).isTrue();
		assertThat(this.operation.await(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
	}

	@Test
	void shouldShowTheEndOnlyWhenItIsStored() {
		CompletableFuture<OperationSnapshot> stored = CompletableFuture
			.supplyAsync(() -> this.operation.await(LONG) ? stored() : null);
		this.operation.succeed();
		assertThat(stored.join().state()).isEqualTo(OperationState.SUCCEEDED);
	}

	@Test
	void shouldStopWaitingWhenInterrupted() throws Exception {
		CompletableFuture<Boolean> finished = new CompletableFuture<>();
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		Thread thread = Thread.ofVirtual().start(() -> {
			finished.complete(this.operation.await(LONG));
			interrupted.complete(Thread.currentThread().isInterrupted());
		});
		thread.interrupt();
		thread.join();
		assertThat(finished).isCompletedWithValue(false);
		assertThat(interrupted).isCompletedWithValue(true);
	}

	private OperationSnapshot shown() {
		return this.operations.find(this.operation.id()).orElseThrow();
	}

	/** What a restart now would find. */
	private OperationSnapshot stored() {
		return new Operations(this.catalog, this.clock).find(this.operation.id()).orElseThrow();
	}

	private void countUpdates() {
		this.catalog.write((client) -> client.sql("CREATE TABLE updates (at BIGINT)").update());
		this.catalog.write((client) -> client
			.sql("CREATE TRIGGER counting AFTER UPDATE ON operations BEGIN INSERT INTO updates VALUES (0); END")
			.update());
	}

	private int updates() {
		return this.catalog.read((client) -> client.sql("SELECT count(*) FROM updates").query(Integer.class).single());
	}

	private void assertRefused(Problem problem, UUID id) {
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> this.operations.cancel(id))
			.satisfies((ex) -> assertThat(ex.problem()).isEqualTo(problem));
	}

	private static boolean await(CountDownLatch latch) {
		try {
			return latch.await(LONG.toSeconds(), TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Callable<Void> end(Runnable action) {
		return () -> {
			action.run();
			return null;
		};
	}

}
