package dev.holdfast.api.rest;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.tenant.IssuedToken;
import dev.holdfast.tenant.Right;
import dev.holdfast.tenant.Tenants;
import dev.holdfast.tenant.TokenSpec;
import dev.holdfast.tenant.TokenStatus;
import dev.holdfast.tenant.Tokens;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tokens of a tenant, for administrators. The secret is answered once.
 */
@RestController
@RequestMapping("/v1/tenants/{tenant}/tokens")
class TokensController {

	private final Tenants tenants;

	private final Tokens tokens;

	TokensController(Tenants tenants, Tokens tokens) {
		this.tenants = tenants;
		this.tokens = tokens;
	}

	@Operation(summary = "Declares a token, and answers its secret once")
	@Needs(Right.ADMINISTER)
	@PutMapping("/{name}")
	ResponseEntity<TokenResponse> create(@PathVariable String tenant, @PathVariable String name,
			@RequestBody TokenRequest request, Conditions conditions) {
		TokenSpec spec = request.spec(tenant, name);
		Precondition<TokenStatus> demanded = demanded(conditions);
		IssuedToken issued = this.tenants.within(tenant, (there) -> conditions.replaces()
				? new IssuedToken(this.tokens.change(spec, demanded), null) : this.tokens.issue(spec, demanded));
		TokenResponse body = TokenResponse.of(issued);
		return ResponseEntity.status((issued.token() != null) ? HttpStatus.CREATED : HttpStatus.OK)
			.eTag(body.tag().toString())
			.body(body);
	}

	@Operation(summary = "Shows a token")
	@Needs(Right.ADMINISTER)
	@GetMapping("/{name}")
	ResponseEntity<TokenResponse> show(@PathVariable String tenant, @PathVariable String name, Conditions conditions) {
		this.tenants.require(tenant);
		TokenResponse found = TokenResponse
			.of(this.tokens.status(tenant, name).orElseThrow(TokensController::notFound));
		return conditions.answer(found.tag(), found);
	}

	@Operation(summary = "Lists a tenant's tokens")
	@Needs(Right.ADMINISTER)
	@GetMapping
	TokenList list(@PathVariable String tenant, HttpServletRequest request) {
		this.tenants.require(tenant);
		Page<TokenStatus> page = Page.of(this.tokens.list(tenant), (status) -> status.spec().name(), request);
		return new TokenList(page.items().stream().map(TokenResponse::of).toList(), page.nextToken());
	}

	/**
	 * Ends a token. Requests that it has begun go on; its next one is refused.
	 */
	@Operation(summary = "Revokes a token at once")
	@Needs(Right.ADMINISTER)
	@DeleteMapping("/{name}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void revoke(@PathVariable String tenant, @PathVariable String name, Conditions conditions) {
		this.tenants.require(tenant);
		if (!this.tokens.revoke(tenant, name, demanded(conditions))) {
			throw notFound();
		}
	}

	private static Precondition<TokenStatus> demanded(Conditions conditions) {
		return conditions.on((status) -> TokenResponse.of(status).tag());
	}

	private static ProblemException notFound() {
		return new ProblemException(Problem.NOT_FOUND, "There is no such token");
	}

	/**
	 * One page of a tenant's tokens.
	 *
	 * @param tokens ordered by name
	 * @param nextPageToken for the next page, if there is one
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record TokenList(List<TokenResponse> tokens, @Nullable String nextPageToken) {

	}

}
