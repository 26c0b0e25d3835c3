package dev.holdfast.powerloss;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

import dev.holdfast.buffer.StagingPool;

/**
 * What histories share: files that give the model of a device its size, and say whether
 * it is known to be empty; nothing is written to them. And staging memory, in which each
 * history finds what others left.
 */
final class Bench implements AutoCloseable {

	static final long DEVICE_SIZE = 64L << 20;

	private final Path empty;

	private final Path used;

	private final StagingPool pool;

	Bench(Path directory) throws IOException {
		this.empty = file(directory.resolve("empty.img"), false);
		this.used = file(directory.resolve("used.img"), true);
		PowerLossEngine engine = new PowerLossEngine(new VolatileMedium(4096), new Random(0), Sabotage.NONE, true);
		this.pool = StagingPool.open(engine, 16 << 20, Duration.ofSeconds(10));
	}

	private static Path file(Path path, boolean data) throws IOException {
		try (RandomAccessFile access = new RandomAccessFile(path.toFile(), "rw")) {
			access.setLength(DEVICE_SIZE);
			if (data) {
				access.seek(DEVICE_SIZE / 2);
				access.write(new byte[4096]);
				access.getFD().sync();
			}
		}
		return path;
	}

	Path file(boolean withData) {
		return withData ? this.used : this.empty;
	}

	StagingPool pool() {
		return this.pool;
	}

	@Override
	public void close() throws IOException {
		this.pool.close();
	}

}
