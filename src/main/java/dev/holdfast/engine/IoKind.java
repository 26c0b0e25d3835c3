package dev.holdfast.engine;

import java.util.Locale;

/**
 * What an operation does.
 */
public enum IoKind {

	READ, WRITE, FLUSH, ZERO, DISCARD;

	private final String label = name().toLowerCase(Locale.ROOT);

	/**
	 * The name in the API and in metrics.
	 * @return lower case
	 */
	public String label() {
		return this.label;
	}

}
