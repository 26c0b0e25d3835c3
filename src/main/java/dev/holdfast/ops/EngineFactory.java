package dev.holdfast.ops;

import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoEngines;
import dev.holdfast.engine.UringRefusedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Opens the engine that was chosen and says what it is.
 */
final class EngineFactory {

	private static final Logger log = LoggerFactory.getLogger(EngineFactory.class);

	private EngineFactory() {
	}

	static IoEngine open(EngineChoice choice, int rings) {
		EngineOptions options = EngineOptions.DEFAULT.withLoops(rings);
		IoEngine engine = switch (choice) {
			case AUTO -> IoEngines.best(options);
			case PSYNC -> IoEngines.psync(options, "io_uring is not used: holdfast.engine is psync");
			case IO_URING -> uring(options);
		};
		report(choice, engine);
		return engine;
	}

	/**
	 * Warns if nobody asked for the slower engine.
	 */
	static void report(EngineChoice choice, IoEngine engine) {
		Level level = (choice == EngineChoice.AUTO && engine.name().equals("psync")) ? Level.WARN : Level.INFO;
		log.atLevel(level).log("Engine {}", engine.name());
		engine.findings().forEach((finding) -> log.atLevel(level).log("Engine: {}", finding));
	}

	private static IoEngine uring(EngineOptions options) {
		try {
			return IoEngines.uring(options);
		}
		catch (UringRefusedException ex) {
			throw new StartRefusedException("holdfast.engine is io_uring and this host refuses it: " + ex.getMessage(),
					"Change the host as it says, or write holdfast.engine: auto to do without.", ex);
		}
	}

}
