package dev.holdfast.api.rest;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.tenant.Identity;
import dev.holdfast.tenant.Role;
import io.swagger.v3.oas.annotations.Operation;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Who the caller is.
 */
@RestController
class MeController {

	@Operation(summary = "Shows whose token it is")
	@GetMapping("/v1/me")
	Me show(TokenAuthentication caller) {
		Identity identity = caller.getPrincipal();
		return new Me(identity.role().label(), identity.tenant(), identity.tokenName(), identity.expiresAt());
	}

	/**
	 * What a token says of its holder.
	 *
	 * @param role what it is for
	 * @param tenant whose it is, but for an administrator's
	 * @param token its name
	 * @param expiresAt when it ends, if it does
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Me(@OneOf(Role.class) String role, @Nullable String tenant, String token, @Nullable Instant expiresAt) {

	}

}
