package dev.holdfast.powerloss;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.holdfast.buffer.Staging;
import dev.holdfast.buffer.StagingPool;
import dev.holdfast.device.Rig;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoEngines;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.volume.MemoryIndex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code kill -9} at random moments, over and over on the same files: the process is
 * killed once it has said a random number of lines, or while it attaches, wherever it is
 * by then. The next process is started meanwhile and waits for its turn.
 */
@ExtendWith(QuietHistories.class)
@RequiresIoUring
class CrashTests {

	private static final int ROUNDS = Integer.getInteger("holdfast.crash.rounds", 50);

	private static final int MOST_LINES = 150;

	private static final long SIZE = 40L << 20;

	private static final List<String> FILES = List.of("one.img", "two.img", "three.img");

	@TempDir
	private Path directory;

	@Test
	void shouldKeepEveryAnsweredWriteWhenKilled() throws Exception {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		List<Path> files = new ArrayList<>();
		for (String name : FILES) {
			files.add(Rig.sparse(this.directory, name, SIZE));
		}
		CrashLog log = new CrashLog();
		try (IoEngine engine = IoEngines.best(EngineOptions.DEFAULT);
				StagingPool pool = Staging.open(engine, 8 << 20, Duration.ofSeconds(10))) {
			Process next = victim(files, 1);
			try {
				for (int round = 1; round <= ROUNDS; round++) {
					Process victim = next;
					next = victim(files, round + 1);
					int lines = (random.nextInt(8) == 0) ? 0 : random.nextInt(MOST_LINES);
					follow(victim, lines, log);
					check(engine, files, pool, log, "seed %d, round %d".formatted(seed, round));
				}
			}
			finally {
				next.destroyForcibly().waitFor();
			}
		}
		assertThat(log.answers()).isGreaterThan(10 * ROUNDS);
		assertThat(log.answered()).containsKeys("create", "grow", "delete", "write");
	}

	private static Process victim(List<Path> files, int number) throws IOException {
		List<String> command = new ArrayList<>(List.of(
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
				"-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
				"-cp", System.getProperty("java.class.path"), CrashVictim.class.getName(), Integer.toString(number)));
		files.forEach((file) -> command.add(file.toString()));
		return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
	}

	private static void follow(Process victim, int lines, CrashLog log) throws Exception {
		try (BufferedReader said = victim.inputReader(StandardCharsets.US_ASCII)) {
			victim.getOutputStream().write('\n');
			victim.getOutputStream().flush();
			for (int i = 0; i < lines; i++) {
				String line = said.readLine();
				assertThat(line).as("the process ended by itself").isNotNull();
				log.hear(line);
			}
			// By its handle: that of the process would close the pipe with what is in it.
			victim.toHandle().destroyForcibly();
			String line = said.readLine();
			while (line != null) {
				log.hear(line);
				line = said.readLine();
			}
		}
		finally {
			victim.destroyForcibly();
		}
		assertThat(victim.waitFor()).as("killed").isEqualTo(128 + 9);
	}

	private static void check(IoEngine engine, List<Path> files, StagingPool pool, CrashLog log, String where)
			throws IOException {
		try (Stack stack = Stack.onFiles(engine, new MemoryIndex(), pool, files)) {
			log.check(stack);
		}
		catch (Violation | RuntimeException ex) {
			throw new Violation(where + ": " + ex.getMessage(), ex);
		}
	}

}
