package dev.holdfast.buffer;

import java.util.Locale;

/**
 * Where a buffer is in its life.
 */
public enum BufferState {

	/** Declared; its memory is being made. */
	PREPARING,
	/** In memory. */
	READY,
	/** Declared; its memory could not be made, which is tried again. */
	FAILED,
	/** No longer declared; somebody still uses its memory. */
	DELETING;

	private final String label = name().toLowerCase(Locale.ROOT);

	/**
	 * The name in the API.
	 * @return lower case
	 */
	public String label() {
		return this.label;
	}

}
