package dev.holdfast.event;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link EventLog}.
 */
class EventLogTests {

	private static final Duration NOW = Duration.ZERO;

	private static final Duration LONG = Duration.ofSeconds(30);

	private final EventLog log = new EventLog(Clock.systemUTC(), "run1", 16, 5);

	@Test
	void shouldTellWhatHappensInOrder() throws Exception {
		publish("acme", "before");
		try (EventStream stream = this.log.follow("acme", null)) {
			publish("acme", "a");
			publish("acme", "b");
			assertThat(subjects(stream)).containsExactly("a", "b");
			assertThat(stream.next(NOW)).isEmpty();
			assertThat(stream.place()).hasToString("run1-3");
		}
	}

	@Test
	void shouldShowTenantsTheirOwnAndAdministratorsAll() throws Exception {
		try (EventStream acme = this.log.follow("acme", null);
				EventStream other = this.log.follow("other", null);
				EventStream administrator = this.log.follow(null, null)) {
			publish("acme", "a");
			publish("other", "o");
			publish(null, "device");
			assertThat(subjects(acme)).containsExactly("a");
			assertThat(subjects(other)).containsExactly("o");
			assertThat(subjects(administrator)).containsExactly("a", "o", "device");
		}
	}

	@Test
	void shouldWakeWhoeverWaits() throws Exception {
		try (EventStream stream = this.log.follow("acme", null)) {
			CompletableFuture<List<String>> waiting = CompletableFuture.supplyAsync(() -> subjects(stream, LONG));
			publish("other", "not theirs");
			publish("acme", "a");
			assertThat(waiting.get(10, TimeUnit.SECONDS)).containsExactly("a");
		}
	}

	@Test
	void shouldResumeAfterTheEventThatWasSeenLast() throws Exception {
		publish("acme", "a");
		publish("acme", "b");
		publish("acme", "c");
		try (EventStream stream = this.log.follow("acme", new EventPlace("run1", 1))) {
			assertThat(stream.gap()).isFalse();
			assertThat(subjects(stream)).containsExactly("b", "c");
		}
	}

	@Test
	void shouldSayThatEventsAreMissingOnceTheyAreForgotten() throws Exception {
		LongStream.rangeClosed(1, 7).forEach((number) -> publish("acme", "e" + number));
		try (EventStream oldest = this.log.follow("acme", new EventPlace("run1", 2));
				EventStream tooOld = this.log.follow("acme", new EventPlace("run1", 1))) {
			assertThat(oldest.gap()).isFalse();
			assertThat(subjects(oldest)).containsExactly("e3", "e4", "e5", "e6", "e7");
			assertThat(tooOld.gap()).isTrue();
			publish("acme", "after");
			assertThat(subjects(tooOld)).containsExactly("after");
		}
	}

	@Test
	void shouldNotForgetATenantsEventsBecauseOfOthers() throws Exception {
		publish("acme", "a");
		LongStream.rangeClosed(1, 20).forEach((number) -> publish("other", "o" + number));
		try (EventStream stream = this.log.follow("acme", new EventPlace("run1", 0))) {
			assertThat(stream.gap()).isFalse();
			assertThat(subjects(stream)).containsExactly("a");
		}
	}

	@Test
	void shouldSayThatEventsAreMissingAfterAnotherRunOrAPlaceThatIsYetToCome() {
		publish("acme", "a");
		for (EventPlace place : List.of(new EventPlace("run0", 1), new EventPlace("run1", 2))) {
			try (EventStream stream = this.log.follow("acme", place)) {
				assertThat(stream.gap()).as(place.toString()).isTrue();
			}
		}
	}

	@Test
	void shouldEndAStreamThatFallsBehindAndLetItResumeWithAGap() throws Exception {
		EventPlace place;
		try (EventStream slow = this.log.follow("acme", null)) {
			publish("acme", "seen");
			assertThat(subjects(slow)).containsExactly("seen");
			place = slow.place();
			LongStream.rangeClosed(1, 6).forEach((number) -> publish("acme", "e" + number));
			assertThat(this.log.dropped()).isZero();
			assertThat(slow.next(NOW)).isNull();
			assertThat(this.log.dropped()).as("one event it has not had").isEqualTo(1);
		}
		try (EventStream again = this.log.follow("acme", place)) {
			assertThat(again.gap()).isTrue();
			LongStream.rangeClosed(1, 8).forEach((number) -> publish("acme", "f" + number));
			assertThat(again.next(NOW)).isNull();
			assertThat(this.log.dropped()).as("three more").isEqualTo(4);
		}
	}

	@Test
	void shouldRefuseTheSeventeenthStreamOfATenantUntilOneCloses() {
		List<EventStream> streams = new ArrayList<>();
		for (int i = 0; i < 16; i++) {
			streams.add(this.log.follow("acme", null));
		}
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> this.log.follow("acme", null))
			.satisfies((ex) -> {
				assertThat(ex.problem()).isEqualTo(Problem.RATE_LIMITED);
				assertThat(ex.properties()).containsEntry("limit", 16);
			});
		this.log.follow("other", null).close();
		streams.getFirst().close();
		streams.getFirst().close();
		this.log.follow("acme", null);
		assertThat(this.log.streams()).isEqualTo(16);
	}

	@Test
	void shouldForgetATenantThatIsGone() throws Exception {
		publish("acme", "secret");
		try (EventStream stream = this.log.follow("acme", null)) {
			CompletableFuture<Boolean> ended = CompletableFuture.supplyAsync(() -> ends(stream));
			this.log.forget("acme");
			assertThat(ended.get(10, TimeUnit.SECONDS)).isTrue();
		}
		try (EventStream next = this.log.follow("acme", new EventPlace("run1", 0))) {
			assertThat(next.gap()).isTrue();
			assertThat(next.next(NOW)).isEmpty();
		}
	}

	@Test
	void shouldEndAllStreamsWhenItCloses() throws Exception {
		try (EventStream stream = this.log.follow("acme", null)) {
			CompletableFuture<Boolean> ended = CompletableFuture.supplyAsync(() -> ends(stream));
			this.log.close();
			assertThat(ended.get(10, TimeUnit.SECONDS)).isTrue();
		}
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> this.log.follow("acme", null))
			.satisfies((ex) -> assertThat(ex.problem()).isEqualTo(Problem.OVERLOADED));
	}

	@Test
	void shouldReadItsOwnIdsAndNothingElse() {
		assertThat(EventPlace.parse("run1-17")).isEqualTo(new EventPlace("run1", 17));
		for (String wrong : List.of("", "run1", "run1-", "-1", "run1--1", "run1-x", "run1-1234567890123456789", "RUN-1",
				"run1-1\n")) {
			assertThat(EventPlace.parse(wrong)).as(wrong).isNull();
		}
	}

	private static boolean ends(EventStream stream) {
		try {
			return stream.next(LONG) == null;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static List<String> subjects(EventStream stream) {
		return subjects(stream, NOW);
	}

	private static List<String> subjects(EventStream stream, Duration wait) {
		try {
			return stream.next(wait).stream().map(Event::subject).toList();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void publish(String tenant, String subject) {
		this.log.publish(EventKind.OPERATION_STARTED, tenant, subject, new Thing(subject));
	}

	private record Thing(String name) {

	}

}
