package dev.holdfast.ops;

import java.time.Duration;

import dev.holdfast.engine.IoEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine, which at the stop finishes what it has accepted, within a limit.
 *
 * @param engine that does the I/O
 * @param time that the stop has
 */
record DrainedEngine(IoEngine engine, DrainTime time) implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(DrainedEngine.class);

	/** However long the requests took. */
	private static final Duration LEAST = Duration.ofSeconds(1);

	@Override
	public void close() {
		Duration left = this.time.left();
		int operations = this.engine.close((left.compareTo(LEAST) < 0) ? LEAST : left);
		if (operations > 0) {
			log.warn("{} operations did not end within {}: the kernel still has them", operations, this.time.limit());
		}
		else {
			log.info("Engine closed");
		}
	}

}
