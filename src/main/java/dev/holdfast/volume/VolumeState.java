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

	/** In use, and extents are being prepared for more. */
	GROWING,

	/** Its name is still taken; I/O gets {@code not-found}. */
	DELETING,

	/** A device that it needs is away, and I/O does not wait for it. */
	UNAVAILABLE,

	/** A device that it needs was never attached here. */
	INCOMPLETE,

	/** The labels of its devices do not agree about it. */
	FAILED;

	private final String label = name().toLowerCase(Locale.ROOT);

	/**
	 * The name in the API.
	 * @return lower case
	 */
	public String label() {
		return this.label;
	}

	/**
	 * Whether there are bytes to read and write.
	 * @return {@code true} if so
	 */
	public boolean serves() {
		return this == READY || this == GROWING;
	}

	/**
	 * Whether it waits for a device.
	 * @return {@code true} if so
	 */
	public boolean away() {
		return this == UNAVAILABLE || this == INCOMPLETE;
	}

}
