package dev.holdfast.api.rest;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.tenant.IssuedToken;
import dev.holdfast.tenant.Right;
import dev.holdfast.tenant.Role;
import dev.holdfast.tenant.Tenants;
import dev.holdfast.tenant.Token;
import dev.holdfast.tenant.TokenSpec;
import dev.holdfast.tenant.Tokens;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tokens of a tenant, for administrators. The secret is answered once.
 */
@RestController
class TokensController {

	private final Tenants tenants;

	private final Tokens tokens;

	TokensController(Tenants tenants, Tokens tokens) {
		this.tenants = tenants;
		this.tokens = tokens;
	}

	@Needs(Right.ADMINISTER)
	@PutMapping("/v1/tenants/{tenant}/tokens/{name}")
	ResponseEntity<TokenResponse> create(@PathVariable String tenant, @PathVariable String name,
			@RequestBody TokenRequest request) {
		this.tenants.require(tenant);
		IssuedToken issued = this.tokens.issue(new TokenSpec(tenant, name, request.parsedRole(), request.end()));
		return ResponseEntity.status((issued.token() != null) ? HttpStatus.CREATED : HttpStatus.OK)
			.body(TokenResponse.of(issued));
	}

	/**
	 * The body of a declaration of a token.
	 *
	 * @param role {@code tenant} or {@code reader}
	 * @param expiresAt when it ends, or nothing if it does not
	 */
	record TokenRequest(@Nullable String role, @Nullable Instant expiresAt) {

		Role parsedRole() {
			if (Role.TENANT.label().equals(this.role)) {
				return Role.TENANT;
			}
			if (Role.READER.label().equals(this.role)) {
				return Role.READER;
			}
			throw new ProblemException(Problem.MALFORMED_REQUEST, "role is tenant or reader");
		}

		@Nullable Instant end() {
			return (this.expiresAt != null) ? this.expiresAt.truncatedTo(ChronoUnit.MILLIS) : null;
		}

	}

	/**
	 * A token.
	 *
	 * @param name in its tenant
	 * @param role what it is for
	 * @param expiresAt when it ends, if it does
	 * @param createdAt when it was made
	 * @param token with its secret, in the answer that made it and never again
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record TokenResponse(String name, String role, @Nullable Instant expiresAt, Instant createdAt,
			@Nullable String token) {

		static TokenResponse of(IssuedToken issued) {
			TokenSpec spec = issued.spec();
			Token token = issued.token();
			return new TokenResponse(spec.name(), spec.role().label(), spec.expiresAt(), issued.createdAt(),
					(token != null) ? token.reveal() : null);
		}

	}

}
