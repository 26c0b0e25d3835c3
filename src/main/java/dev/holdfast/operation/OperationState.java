package dev.holdfast.operation;

import java.util.Locale;

/**
 * Where an operation is in its life.
 */
public enum OperationState {

	/** Somebody works on it, or will after a restart. */
	RUNNING,
	/** It did what was asked. */
	SUCCEEDED,
	/** It ended with an error. */
	FAILED,
	/** It ended since somebody asked for that. */
	CANCELLED;

	private final String label = name().toLowerCase(Locale.ROOT);

	/**
	 * The name in the API.
	 * @return lower case
	 */
	public String label() {
		return this.label;
	}

}
