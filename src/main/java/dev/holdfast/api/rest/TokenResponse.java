package dev.holdfast.api.rest;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.tenant.IssuedToken;
import dev.holdfast.tenant.Token;
import dev.holdfast.tenant.TokenSpec;
import dev.holdfast.tenant.TokenStatus;
import org.jspecify.annotations.Nullable;

/**
 * A token.
 *
 * @param name in its tenant
 * @param id its public part, by which the audit names it
 * @param role what it is for
 * @param expiresAt when it ends, if it does
 * @param createdAt when it was made
 * @param lastUsedAt when it was used last, by the minute, if it was
 * @param token with its secret, in the answer that made it and never again
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TokenResponse(String name, String id, String role, @Nullable Instant expiresAt, Instant createdAt,
		@Nullable Instant lastUsedAt, @Nullable String token) {

	/** That it was used is nothing that a change of the token is based on. */
	EntityTag tag() {
		TokenResponse shown = new TokenResponse(this.name, this.id, this.role, this.expiresAt, this.createdAt,
				this.lastUsedAt, null);
		return EntityTag.of(new Object[] { this.name, this.id, this.role, this.expiresAt }, shown);
	}

	static TokenResponse of(IssuedToken issued) {
		Token token = issued.token();
		return of(issued.status(), (token != null) ? token.reveal() : null);
	}

	static TokenResponse of(TokenStatus status) {
		return of(status, null);
	}

	private static TokenResponse of(TokenStatus status, @Nullable String secret) {
		TokenSpec spec = status.spec();
		return new TokenResponse(spec.name(), status.id(), spec.role().label(), spec.expiresAt(), status.createdAt(),
				status.lastUsedAt(), secret);
	}

}
