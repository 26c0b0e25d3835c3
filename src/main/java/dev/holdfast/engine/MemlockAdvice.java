package dev.holdfast.engine;

import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.Posix;

/**
 * What to say when memory cannot be locked.
 */
final class MemlockAdvice {

	private MemlockAdvice() {
	}

	static String sentence() {
		return ": RLIMIT_MEMLOCK is %s, for all processes of this user together; raise it (ulimit -l, LimitMEMLOCK=) or"
			.formatted(limit()) + " give CAP_IPC_LOCK";
	}

	private static String limit() {
		try {
			return Posix.memlockLimit() + " bytes";
		}
		catch (ErrnoException ex) {
			return "not known";
		}
	}

}
