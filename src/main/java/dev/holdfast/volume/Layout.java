package dev.holdfast.volume;

import java.util.Locale;

/**
 * How a volume's bytes follow each other on its devices.
 */
public enum Layout {

	/** Segment after segment. */
	LINEAR;

	private final String label = name().toLowerCase(Locale.ROOT);

	/**
	 * The name in the API.
	 * @return lower case
	 */
	public String label() {
		return this.label;
	}

}
