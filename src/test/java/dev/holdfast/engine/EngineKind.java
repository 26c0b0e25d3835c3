package dev.holdfast.engine;

import dev.holdfast.uring.sys.LinuxRingSyscalls;

/**
 * The engines that the suite runs on.
 */
enum EngineKind {

	URING, URING_TWO_LOOPS, PSYNC;

	IoEngine open() {
		try {
			return switch (this) {
				case URING -> IoEngines.uring(new LinuxRingSyscalls(), EngineOptions.DEFAULT);
				case URING_TWO_LOOPS -> IoEngines.uring(new LinuxRingSyscalls(), EngineOptions.DEFAULT.withLoops(2));
				case PSYNC -> IoEngines.psync(EngineOptions.DEFAULT, "asked for");
			};
		}
		catch (UringRefusedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
