package dev.holdfast.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.holdfast.testing.RequiresIoUring;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A loop without work sleeps in the kernel, also right after a burst and with a deadline
 * that is far away.
 */
@RequiresIoUring
class IdleTests {

	private static final Duration STILL = Duration.ofMillis(300);

	@TempDir
	Path directory;

	@Test
	void shouldNotEnterTheKernelWhileThereIsNothingToDo() throws Exception {
		try (EngineFixture fixture = EngineFixture.onFile(EngineKind.URING, this.directory, EngineFixture.MIB)) {
			IoBuffer buffer = fixture.buffer(EngineFixture.MIB);
			SyncIo io = fixture.io();
			for (int i = 0; i < 1000; i++) {
				io.operation()
					.read(fixture.device(), 0, buffer, 0, 4096)
					.deadline(System.nanoTime() + TimeUnit.HOURS.toNanos(1));
				io.run();
			}

			long[] enters = { -1 };
			Awaitility.await().atMost(Duration.ofSeconds(30)).during(STILL).until(() -> {
				long before = enters[0];
				enters[0] = fixture.engine().statistics().rings().getFirst().enters();
				return enters[0] == before;
			});
		}
	}

}
