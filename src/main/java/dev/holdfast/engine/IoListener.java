package dev.holdfast.engine;

/**
 * Hears about an operation, on a thread of the engine. Must not block and should not
 * throw (what it throws is counted and dropped).
 */
public interface IoListener {

	/**
	 * The result is there: success, failure, or the deadline has passed. After a passed
	 * deadline or a failure of one piece the kernel may still be using the memory.
	 * @param operation the operation with its result
	 */
	void answered(IoOperation operation);

	/**
	 * The kernel is done with it: operation and memory belong to the submitter again.
	 * Always called once, after {@link #answered}.
	 * @param operation the operation
	 */
	void released(IoOperation operation);

}
