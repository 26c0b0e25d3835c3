package dev.holdfast.mapping;

import java.util.Locale;

/**
 * Where a member is in its life (mapping contract):
 * {@code pending -> mapped -> stale -> remapping -> mapped}; {@code pending} and
 * {@code remapping} may turn {@code stale}; {@code unmapping -> gone} from any.
 */
public enum MemberState {

	/** Being made for the first time. */
	PENDING,
	/** In use. */
	MAPPED,
	/** The device went away or came back as another generation. */
	STALE,
	/** Being made again, the old one no longer in use. */
	REMAPPING,
	/** Being ended; I/O may still be in flight. */
	UNMAPPING,
	/** Ended. */
	GONE;

	private final String label = name().toLowerCase(Locale.ROOT);

	/**
	 * The name in the API.
	 * @return lower case
	 */
	public String label() {
		return this.label;
	}

	/**
	 * Whether the contract knows the step.
	 */
	boolean mayBecome(MemberState next) {
		return switch (next) {
			case PENDING -> false;
			case MAPPED -> this == PENDING || this == REMAPPING;
			case STALE -> this == PENDING || this == MAPPED || this == REMAPPING;
			case REMAPPING -> this == STALE || this == MAPPED;
			case UNMAPPING -> this != UNMAPPING && this != GONE;
			case GONE -> this == UNMAPPING;
		};
	}

}
