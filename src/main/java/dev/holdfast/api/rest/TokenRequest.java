package dev.holdfast.api.rest;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.tenant.Role;
import dev.holdfast.tenant.TokenSpec;
import org.jspecify.annotations.Nullable;

/**
 * The body of a declaration of a token.
 *
 * @param role {@code tenant} or {@code reader}; administrators' tokens are not made here
 * @param expiresAt when it ends, or nothing if it does not
 */
record TokenRequest(@Nullable String role, @Nullable Instant expiresAt) {

	TokenSpec spec(String tenant, String name) {
		return new TokenSpec(tenant, name, parsedRole(), end());
	}

	private Role parsedRole() {
		if (Role.TENANT.label().equals(this.role)) {
			return Role.TENANT;
		}
		if (Role.READER.label().equals(this.role)) {
			return Role.READER;
		}
		throw new ProblemException(Problem.MALFORMED_REQUEST, "role is tenant or reader");
	}

	private @Nullable Instant end() {
		return (this.expiresAt != null) ? this.expiresAt.truncatedTo(ChronoUnit.MILLIS) : null;
	}

}
