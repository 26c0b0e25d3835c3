package dev.holdfast.tenant;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What an administrator declares of a token.
 *
 * @param tenant whose it is; {@code null} for an administrator's
 * @param name unique within the tenant
 * @param role what it is for
 * @param expiresAt when it ends, or {@code null} if it does not
 */
public record TokenSpec(@Nullable String tenant, String name, Role role, @Nullable Instant expiresAt) {

	/** The token of whoever administers. */
	public static final TokenSpec ADMINISTRATOR = new TokenSpec(null, "admin", Role.ADMIN, null);

}
