package dev.holdfast.engine;

/**
 * What an engine outside this package, which only tests have, needs of an operation.
 */
public final class OperationAccess {

	private OperationAccess() {
	}

	/**
	 * Where in its buffer the bytes of an operation are.
	 */
	public static long bufferOffset(IoOperation operation) {
		return operation.bufferOffset;
	}

	/**
	 * Answers and releases.
	 * @param errno 0 for all done, else nothing was
	 */
	public static void end(IoOperation operation, int errno) {
		operation.errno = errno;
		operation.bytes = (errno == 0) ? operation.length : 0;
		operation.listener.answered(operation);
		operation.listener.released(operation);
	}

}
