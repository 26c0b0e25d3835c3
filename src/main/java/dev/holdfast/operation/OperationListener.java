package dev.holdfast.operation;

/**
 * Who follows operations. On the thread of the work, which waits: must be quick and must
 * not throw.
 */
public interface OperationListener {

	void started(OperationSnapshot operation);

	void finished(OperationSnapshot operation);

}
