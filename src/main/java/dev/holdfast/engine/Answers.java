package dev.holdfast.engine;

/**
 * The two ends of an operation: it is answered, and it is released. On the loop's thread.
 */
final class Answers {

	private final EngineLoop loop;

	/** Time of this turn of the loop, read when first needed. */
	private long now;

	Answers(EngineLoop loop) {
		this.loop = loop;
	}

	void newTurn() {
		this.now = 0;
	}

	long now() {
		if (this.now == 0) {
			this.now = System.nanoTime();
		}
		return this.now;
	}

	/**
	 * Gives the result, counts it and tells.
	 * @param errno positive, or 0
	 * @param bytes done, or the intact prefix
	 */
	void answer(IoOperation operation, int errno, long bytes, boolean noProgress) {
		operation.errno = errno;
		operation.bytes = bytes;
		operation.noProgress = noProgress;
		operation.answeredNanos = now();
		if (operation.dispatchedNanos < operation.submittedNanos) {
			operation.dispatchedNanos = operation.answeredNanos;
		}
		operation.progress.answered = true;
		deviceOf(operation).counters.record(operation);
		this.loop.tellAnswered(operation);
	}

	/**
	 * Gives operation and memory back to the submitter.
	 */
	void release(IoOperation operation) {
		LoopDevice device = deviceOf(operation);
		operation.progress.active = false;
		if (operation.buffer instanceof LoopBuffer buffer) {
			buffer.release();
		}
		device.release();
		this.loop.tellReleased(operation);
	}

	static LoopDevice deviceOf(IoOperation operation) {
		if (operation.device instanceof LoopDevice device) {
			return device;
		}
		throw new IllegalStateException("operation without a device");
	}

}
