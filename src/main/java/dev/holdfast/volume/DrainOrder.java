package dev.holdfast.volume;

import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * What a drain is to do, as an operation keeps it.
 *
 * @param device to be emptied
 * @param replacement that everything goes to; {@code null} for all other devices
 */
record DrainOrder(UUID device, @Nullable UUID replacement) {

	private static final String DRAIN = "drain-device";

	private static final String REPLACE = "replace-device";

	static final List<String> KINDS = List.of(DRAIN, REPLACE);

	String kind() {
		return (this.replacement != null) ? REPLACE : DRAIN;
	}

}
