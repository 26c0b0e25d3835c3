package dev.holdfast.volume;

import java.util.Locale;

/**
 * Where a volume is in its life.
 */
public enum VolumeState {

	/** Its extents are being prepared; there is nothing to read or write yet. */
	CREATING,
	/** In use. */
	READY,
	/** Its name is still taken; I/O gets {@code not-found}. */
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
