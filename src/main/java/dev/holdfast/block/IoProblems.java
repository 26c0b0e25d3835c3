package dev.holdfast.block;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.engine.IoFailedException;
import dev.holdfast.uring.sys.Errno;

/**
 * What a failed operation is to a client.
 */
final class IoProblems {

	private IoProblems() {
	}

	static ProblemException of(IoFailedException failed) {
		return switch (failed.errno()) {
			case Errno.ETIMEDOUT -> new ProblemException(Problem.DEADLINE_EXCEEDED,
					"The %s did not end in time; whether it will is not known".formatted(failed.kind().label()), failed)
				.with("outcome", "unknown");
			case Errno.EAGAIN ->
				new ProblemException(Problem.OVERLOADED, "The device has too much to do: try again", failed)
					.with("retryable", true);
			default -> new ProblemException(Problem.IO_ERROR,
					"The %s failed: %s".formatted(failed.kind().label(), Errno.name(failed.errno())), failed)
				.with("errno", Errno.name(failed.errno()));
		};
	}

	/**
	 * The caller's time is over.
	 * @param sent whether something may have been done already
	 */
	static ProblemException late(boolean sent) {
		return notWaitedFor("The time that the caller has given is over", sent);
	}

	/**
	 * Nobody would take the answer.
	 * @param sent as above
	 */
	static ProblemException gone(boolean sent) {
		return notWaitedFor("The caller has closed its side of the connection while a drive was waited for", sent);
	}

	private static ProblemException notWaitedFor(String why, boolean sent) {
		return new ProblemException(Problem.DEADLINE_EXCEEDED, why + ": what was not sent to a drive by then is not")
			.with("outcome", sent ? "unknown" : "not-done");
	}

	/**
	 * The same for who has done other things before.
	 */
	static ProblemException afterOthers(ProblemException failure) {
		return failure.properties().containsKey("outcome") ? failure.with("outcome", "unknown") : failure;
	}

	/**
	 * What was answered before the drive went may not be on it.
	 */
	static ProblemException writeLoss() {
		return new ProblemException(Problem.WRITE_LOSS_POSSIBLE,
				"A drive of the volume was away, and has a cache that may have lost writes which were answered and not flushed: check or write them again. This is told once; flushes count anew from here on")
			.with("retryable", false);
	}

	/**
	 * The engine takes no more for this device.
	 */
	static ProblemException notOnline(IllegalStateException cause) {
		return new ProblemException(Problem.DEVICE_NOT_ONLINE, "The device is being detached", cause);
	}

	static ProblemException outside(long size) {
		return new ProblemException(Problem.RANGE_NOT_SATISFIABLE,
				"The range is not inside the volume, which has %d bytes".formatted(size))
			.with("size", size);
	}

}
