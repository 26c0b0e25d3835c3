package dev.holdfast.tenant;

import org.jspecify.annotations.Nullable;

/**
 * What a tenant may have at most, as it was declared.
 *
 * @param capacityBytes of all its volumes together, or {@code null} if only the devices
 * limit them
 */
public record Quotas(@Nullable Long capacityBytes) {

	/** No limits. */
	public static final Quotas NONE = new Quotas(null);

}
