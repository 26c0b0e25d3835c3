package dev.holdfast.operation;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * All who follow operations, as one.
 */
final class OperationFollowers implements OperationListener {

	private final List<OperationListener> listeners = new CopyOnWriteArrayList<>();

	void add(OperationListener listener) {
		this.listeners.add(listener);
	}

	@Override
	public void started(OperationSnapshot operation) {
		this.listeners.forEach((listener) -> listener.started(operation));
	}

	@Override
	public void progressed(OperationSnapshot operation) {
		this.listeners.forEach((listener) -> listener.progressed(operation));
	}

	@Override
	public void finished(OperationSnapshot operation) {
		this.listeners.forEach((listener) -> listener.finished(operation));
	}

}
