package dev.holdfast.ops;

import java.time.Duration;

import dev.holdfast.engine.IoEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine, which at the stop finishes what it has accepted, within a limit.
 *
 * @param engine that does the I/O
 * @param limit how long the stop may wait
 */
record DrainedEngine(IoEngine engine, Duration limit) implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(DrainedEngine.class);

	@Override
	public void close() {
		int left = this.engine.close(this.limit);
		if (left > 0) {
			log.warn("{} operations did not end within {}: the kernel still has them", left, this.limit);
		}
		else {
			log.info("Engine closed");
		}
	}

}
