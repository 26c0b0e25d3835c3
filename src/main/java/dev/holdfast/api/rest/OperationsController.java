package dev.holdfast.api.rest;

import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.operation.OperationSnapshot;
import dev.holdfast.operation.Operations;
import dev.holdfast.tenant.Right;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Operations of the caller's tenant; all of them for an administrator.
 */
@RestController
@RequestMapping("/v1/operations")
class OperationsController {

	private final Operations operations;

	OperationsController(Operations operations) {
		this.operations = operations;
	}

	@Operation(summary = "Lists operations, newest first")
	@Needs(value = Right.LIST, inTenant = false)
	@GetMapping
	OperationList list(TokenAuthentication caller, HttpServletRequest request) {
		List<OperationSnapshot> seen = this.operations.list()
			.stream()
			.filter((operation) -> caller.getPrincipal().sees(operation.tenant()))
			.toList();
		Page<OperationSnapshot> page = Page.newestFirst(seen, (operation) -> operation.id().toString(), request);
		return new OperationList(page.items().stream().map(OperationResponse::of).toList(), page.nextToken());
	}

	@Operation(summary = "Shows an operation")
	@Needs(value = Right.LIST, inTenant = false)
	@GetMapping("/{id}")
	OperationResponse show(@PathVariable String id, TokenAuthentication caller) {
		return OperationResponse.of(require(id, caller));
	}

	@Operation(summary = "Forgets a finished operation")
	@Needs(value = Right.MANAGE, inTenant = false)
	@DeleteMapping("/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void forget(@PathVariable String id, TokenAuthentication caller) {
		this.operations.forget(require(id, caller).id());
	}

	@Operation(summary = "Cancels an operation")
	@Needs(value = Right.MANAGE, inTenant = false)
	@PostMapping("/{id}:cancel")
	OperationResponse cancel(@PathVariable String id, TokenAuthentication caller) {
		return OperationResponse.of(this.operations.cancel(require(id, caller).id()));
	}

	private OperationSnapshot require(String id, TokenAuthentication caller) {
		try {
			return this.operations.find(UUID.fromString(id))
				.filter((operation) -> caller.getPrincipal().sees(operation.tenant()))
				.orElseThrow(OperationsController::notFound);
		}
		catch (IllegalArgumentException ex) {
			throw notFound();
		}
	}

	private static ProblemException notFound() {
		return new ProblemException(Problem.NOT_FOUND, "There is no such operation");
	}

	/**
	 * One page of operations.
	 *
	 * @param operations newest first
	 * @param nextPageToken for the next page, if there is one
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record OperationList(List<OperationResponse> operations, @Nullable String nextPageToken) {

	}

}
