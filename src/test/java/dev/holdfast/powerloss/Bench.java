package dev.holdfast.powerloss;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import dev.holdfast.buffer.Staging;
import dev.holdfast.buffer.StagingPool;

/**
 * What histories share, one after the other: a file that stands in for the drives, which
 * nothing is written to, and staging memory, in which each history finds what others
 * left.
 */
final class Bench implements AutoCloseable {

	private final Path standIn;

	private final StagingPool pool;

	private final Map<String, Integer> seen = new TreeMap<>();

	Bench(Path directory) throws IOException {
		this.standIn = Files.createTempFile(directory, "drive", ".img");
		PowerLossEngine engine = new PowerLossEngine(List.of(), new Random(0), Sabotage.NONE);
		this.pool = Staging.open(engine, 16 << 20, Duration.ofSeconds(10));
	}

	Path standIn() {
		return this.standIn;
	}

	StagingPool pool() {
		return this.pool;
	}

	/**
	 * Something happened that histories are about.
	 */
	void saw(String what) {
		this.seen.merge(what, 1, Integer::sum);
	}

	/**
	 * What happened in all of them, and how often.
	 */
	Map<String, Integer> seen() {
		return this.seen;
	}

	@Override
	public void close() throws IOException {
		this.pool.close();
	}

}
