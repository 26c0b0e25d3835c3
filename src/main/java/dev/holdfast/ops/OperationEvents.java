package dev.holdfast.ops;

import dev.holdfast.event.EventKind;
import dev.holdfast.event.EventLog;
import dev.holdfast.operation.OperationListener;
import dev.holdfast.operation.OperationSnapshot;

/**
 * Publishes what begins, how far it is, and what ends.
 */
final class OperationEvents implements OperationListener {

	private final EventLog log;

	OperationEvents(EventLog log) {
		this.log = log;
	}

	@Override
	public void started(OperationSnapshot operation) {
		publish(EventKind.OPERATION_STARTED, operation);
	}

	@Override
	public void progressed(OperationSnapshot operation) {
		publish(EventKind.OPERATION_PROGRESSED, operation);
	}

	@Override
	public void finished(OperationSnapshot operation) {
		publish(EventKind.OPERATION_FINISHED, operation);
	}

	private void publish(EventKind kind, OperationSnapshot operation) {
		this.log.publish(kind, operation.tenant(), "operations/" + operation.id(), operation);
	}

}
