package dev.holdfast.mapping;

import java.util.Locale;

/**
 * The tier that a tenant asks for.
 */
public enum TierChoice {

	/** The best that can be had now. */
	AUTO,
	/** Premapped, or refused. */
	DMA,
	/** Registered and not premapped. */
	BVEC,
	/** By plain address. */
	NONE;

	private final String label = name().toLowerCase(Locale.ROOT);

	/**
	 * The name in the API.
	 * @return lower case
	 */
	public String label() {
		return this.label;
	}

}
