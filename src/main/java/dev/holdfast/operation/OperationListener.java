package dev.holdfast.operation;

/**
 * Who follows operations. On the thread of the work, which waits: must be quick and must
 * not throw.
 */
public interface OperationListener {

	void started(OperationSnapshot operation);

	/**
	 * It is further than it was: by at least a hundredth of the whole, and no more often
	 * than once a second.
	 */
	void progressed(OperationSnapshot operation);

	void finished(OperationSnapshot operation);

}
