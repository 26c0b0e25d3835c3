package dev.holdfast.device;

import java.util.Locale;

/**
 * Whether a device serves I/O.
 */
public enum DeviceState {

	/** It belongs here and is not there, or cannot be used. */
	ABSENT,
	/** It serves I/O. */
	ONLINE,
	/** It serves I/O while its volumes move to other devices, and gets no new ones. */
	DRAINING,
	/** An operator has suspended it: I/O is held until it is resumed. */
	SUSPENDED,
	/** The drive went away: I/O is held for some time, until it is back. */
	AWAY,
	/** The drive did not come back in time: I/O fails. It may still come back. */
	LOST,
	/** It was let go of; its descriptor is closed or about to be. */
	DETACHED;

	private final String label = name().toLowerCase(Locale.ROOT);

	/**
	 * The name in the API.
	 * @return lower case
	 */
	public String label() {
		return this.label;
	}

}
