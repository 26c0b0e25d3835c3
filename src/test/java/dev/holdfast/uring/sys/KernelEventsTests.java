package dev.holdfast.uring.sys;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class KernelEventsTests {

	private static final Duration LONG = Duration.ofDays(1);

	/** Devices may come meanwhile, of other tests. */
	@Test
	void shouldEndItsWaitWhenAsked() throws Exception {
		try (KernelEvents events = KernelEvents.open()) {
			CompletableFuture<Void> ended = CompletableFuture.runAsync(() -> untilNothingIsSaid(events),
					(task) -> Thread.ofPlatform().daemon().start(task));
			events.end();
			assertThat(ended).succeedsWithin(Duration.ofSeconds(10));
			untilNothingIsSaid(events);
		}
	}

	private static void untilNothingIsSaid(KernelEvents events) {
		boolean heard = true;
		while (heard) {
			heard = events.await(LONG);
		}
	}

}
