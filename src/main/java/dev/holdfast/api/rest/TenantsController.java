package dev.holdfast.api.rest;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.contract.Precondition;
import dev.holdfast.tenant.Quotas;
import dev.holdfast.tenant.Right;
import dev.holdfast.tenant.Tenant;
import dev.holdfast.tenant.Tenants;
import dev.holdfast.volume.TenantRemoval;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tenants, for administrators. A tenant sees itself.
 */
@RestController
@RequestMapping("/v1/tenants")
class TenantsController {

	private final Tenants tenants;

	private final TenantRemoval removal;

	private final TenantUse use;

	TenantsController(Tenants tenants, TenantRemoval removal, TenantUse use) {
		this.tenants = tenants;
		this.removal = removal;
		this.use = use;
	}

	@Operation(summary = "Declares a tenant")
	@Needs(Right.ADMINISTER)
	@PutMapping("/{tenant}")
	ResponseEntity<TenantResponse> create(@PathVariable String tenant,
			@RequestBody(required = false) @Nullable TenantRequest request, Conditions conditions) {
		Quotas quotas = (request != null) ? request.quotas() : Quotas.NONE;
		if (conditions.replaces()) {
			return answer(HttpStatus.OK, this.tenants.change(tenant, demanded(conditions), (before) -> quotas));
		}
		Tenants.Creation creation = this.tenants.declare(tenant, quotas, demanded(conditions));
		return answer(creation.created() ? HttpStatus.CREATED : HttpStatus.OK, creation.tenant());
	}

	@Operation(summary = "Changes quotas of a tenant")
	@Needs(Right.ADMINISTER)
	@PatchMapping(path = "/{tenant}", consumes = { "application/merge-patch+json", MediaType.APPLICATION_JSON_VALUE })
	ResponseEntity<TenantResponse> change(@PathVariable String tenant, @RequestBody TenantRequest.Change request,
			Conditions conditions) {
		return answer(HttpStatus.OK, this.tenants.change(tenant, demanded(conditions), request::of));
	}

	@Operation(summary = "Shows a tenant, and what it uses")
	@Needs(Right.LIST)
	@GetMapping("/{tenant}")
	ResponseEntity<TenantResponse> show(@PathVariable String tenant, Conditions conditions) {
		TenantResponse found = this.use.response(this.tenants.require(tenant));
		return conditions.answer(found.tag(), found);
	}

	@Operation(summary = "Lists tenants")
	@Needs(Right.ADMINISTER)
	@GetMapping
	TenantList list(HttpServletRequest request) {
		Page<Tenant> page = Page.of(List.copyOf(this.tenants.list()), Tenant::name, request);
		return new TenantList(page.items().stream().map(this.use::response).toList(), page.nextToken());
	}

	@Operation(summary = "Deletes a tenant that owns nothing")
	@Needs(Right.ADMINISTER)
	@DeleteMapping("/{tenant}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void delete(@PathVariable String tenant, Conditions conditions) {
		this.removal.remove(tenant, demanded(conditions));
	}

	private Precondition<Tenant> demanded(Conditions conditions) {
		return conditions.on((tenant) -> this.use.response(tenant).tag());
	}

	private ResponseEntity<TenantResponse> answer(HttpStatus status, Tenant tenant) {
		TenantResponse body = this.use.response(tenant);
		return ResponseEntity.status(status).eTag(body.tag().toString()).body(body);
	}

	/**
	 * One page of tenants.
	 *
	 * @param tenants ordered by name
	 * @param nextPageToken for the next page, if there is one
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record TenantList(List<TenantResponse> tenants, @Nullable String nextPageToken) {

	}

}
