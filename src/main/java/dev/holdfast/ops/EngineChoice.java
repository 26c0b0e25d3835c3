package dev.holdfast.ops;

/**
 * Which engine does the I/O.
 */
public enum EngineChoice {

	/** io_uring where this host allows it, else blocking calls. */
	AUTO,
	/** io_uring, or no start. */
	IO_URING,
	/** Blocking calls on helper threads. */
	PSYNC

}
