package dev.holdfast.device;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.contract.Problem;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PatienceTests {

	private static final Duration MOST = Duration.ofMillis(400);

	@TempDir
	private Path directory;

	@Test
	void isOneForAllDrivesThatOthersHold() throws IOException {
		List<BlockFile> held = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			held.add(BlockFile.create(this.directory.resolve("drive" + i), 4096));
		}
		try {
			Patience patience = new Patience(MOST);
			long begin = System.nanoTime();
			refused(patience, held.getFirst().path());
			assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(MOST.toNanos());
			held.forEach((each) -> refused(patience, each.path()));
			assertThat(System.nanoTime() - begin).as("not as long for each").isLessThan(10 * MOST.toNanos());
			// Later it waits again, and gets what was let go of meanwhile.
			Path last = held.getLast().path();
			Awaitility.await().pollInterval(MOST.multipliedBy(2)).untilAsserted(() -> {
				long again = System.nanoTime();
				refused(patience, last);
				assertThat(System.nanoTime() - again).isGreaterThanOrEqualTo(MOST.toNanos() / 2);
			});
		}
		finally {
			for (BlockFile each : held) {
				each.close();
			}
		}
	}

	@Test
	void waitsForADriveThatIsLetGoOf() throws IOException {
		BlockFile held = BlockFile.create(this.directory.resolve("drive"), 4096);
		Patience patience = new Patience(Duration.ofSeconds(60));
		CompletableFuture<BlockFile> waiting = CompletableFuture.supplyAsync(() -> {
			try {
				return patience.open(held.path());
			}
			catch (DeviceException ex) {
				throw new IllegalStateException(ex);
			}
		});
		assertThat(waiting).isNotDone();
		held.close();
		waiting.join().close();
	}

	private static void refused(Patience patience, Path path) {
		assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> patience.open(path))
			.satisfies((ex) -> assertThat(ex.problem()).isEqualTo(Problem.IN_USE));
	}

}
