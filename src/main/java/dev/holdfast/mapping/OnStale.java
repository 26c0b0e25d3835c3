package dev.holdfast.mapping;

import java.util.Locale;

/**
 * What becomes of an I/O whose mapping is not made, or no longer holds.
 */
public enum OnStale {

	/** It goes without the mapping. */
	FALLBACK,
	/** It fails, and the tenant remaps. */
	FAIL;

	private final String label = name().toLowerCase(Locale.ROOT);

	/**
	 * The name in the API.
	 * @return lower case
	 */
	public String label() {
		return this.label;
	}

}
