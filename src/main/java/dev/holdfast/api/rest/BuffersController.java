package dev.holdfast.api.rest;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.buffer.BufferRemovals;
import dev.holdfast.buffer.BufferStatus;
import dev.holdfast.buffer.Buffers;
import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.operation.OperationSnapshot;
import dev.holdfast.tenant.Right;
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
 * Buffers of a tenant. Administrators have nothing to do with them.
 */
@RestController
@RequestMapping("/v1/tenants/{tenant}/buffers")
class BuffersController {

	private final Buffers buffers;

	private final BufferRemovals removals;

	private final BufferLookup lookup;

	BuffersController(Buffers buffers, BufferRemovals removals, BufferLookup lookup) {
		this.buffers = buffers;
		this.removals = removals;
		this.lookup = lookup;
	}

	@Operation(summary = "Declares a buffer")
	@Needs(Right.WRITE)
	@PutMapping("/{buffer}")
	ResponseEntity<BufferResponse> create(@PathVariable String tenant, @PathVariable String buffer,
			@RequestBody BufferRequest request, Conditions conditions) {
		Precondition<BufferStatus> demanded = demanded(conditions);
		Buffers.Declared declared;
		try {
			declared = this.buffers.declare(BufferLookup.key(tenant, buffer), request.spec(), demanded);
		}
		catch (ProblemException ex) {
			// Nothing of a buffer can be changed, so that replacing it is only
			// confirming.
			if (conditions.replaces() && ex.problem() == Problem.ALREADY_EXISTS) {
				throw new ProblemException(Problem.NOT_SUPPORTED,
						"Size and pages of a buffer stay as they are: delete it and declare it anew", ex);
			}
			throw ex;
		}
		BufferResponse body = BufferResponse.of(declared.status());
		return ResponseEntity.status(declared.created() ? HttpStatus.CREATED : HttpStatus.OK)
			.eTag(body.tag().toString())
			.body(body);
	}

	private static Precondition<BufferStatus> demanded(Conditions conditions) {
		return conditions.on((status) -> BufferResponse.of(status).tag());
	}

	@Operation(summary = "Shows a buffer")
	@Needs(Right.READ)
	@GetMapping("/{buffer}")
	ResponseEntity<BufferResponse> show(@PathVariable String tenant, @PathVariable String buffer,
			Conditions conditions) {
		BufferResponse found = BufferResponse.of(this.lookup.require(tenant, buffer));
		return conditions.answer(found.tag(), found);
	}

	@Operation(summary = "Lists a tenant's buffers")
	@Needs(Right.READ)
	@GetMapping
	BufferList list(@PathVariable String tenant, HttpServletRequest request) {
		Page<BufferStatus> page = Page.of(this.buffers.list(tenant), (status) -> status.declaration().key().name(),
				request);
		return new BufferList(page.items().stream().map(BufferResponse::of).toList(), page.nextToken());
	}

	@Operation(summary = "Deletes a buffer, its mappings and its bytes")
	@Needs(Right.WRITE)
	@LongWork(Void.class)
	@DeleteMapping("/{buffer}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	ResponseEntity<Object> delete(@PathVariable String tenant, @PathVariable String buffer, Conditions conditions) {
		OperationSnapshot operation = this.removals.delete(BufferLookup.key(tenant, buffer), demanded(conditions));
		return (operation != null) ? OperationResponse.accepted(operation) : ResponseEntity.noContent().build();
	}

	/**
	 * One page of a tenant's buffers.
	 *
	 * @param buffers ordered by name
	 * @param nextPageToken for the next page, if there is one
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record BufferList(List<BufferResponse> buffers, @Nullable String nextPageToken) {

	}

}
