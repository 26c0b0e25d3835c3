package dev.holdfast.engine;

import java.util.Locale;

/**
 * How the device gets at the memory of an operation.
 */
public enum Tier {

	/** Plain user address: pinned and walked for each I/O. */
	NONE,
	/** Registered buffer: pinned once. */
	BVEC,
	/** Premapped for the device: nothing is set up per I/O. */
	DMA;

	private final String label = name().toLowerCase(Locale.ROOT);

	/**
	 * The name in the API and in metrics.
	 * @return lower case
	 */
	public String label() {
		return this.label;
	}

}
