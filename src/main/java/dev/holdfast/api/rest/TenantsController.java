package dev.holdfast.api.rest;

import java.time.Instant;

import dev.holdfast.tenant.Right;
import dev.holdfast.tenant.Tenants;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tenants, for administrators.
 */
@RestController
class TenantsController {

	private final Tenants tenants;

	TenantsController(Tenants tenants) {
		this.tenants = tenants;
	}

	@Needs(Right.ADMINISTER)
	@PutMapping("/v1/tenants/{tenant}")
	ResponseEntity<TenantResponse> create(@PathVariable String tenant,
			@RequestBody(required = false) @Nullable TenantRequest request) {
		Tenants.Creation creation = this.tenants.create(tenant);
		return ResponseEntity.status(creation.created() ? HttpStatus.CREATED : HttpStatus.OK)
			.body(new TenantResponse(creation.tenant().name(), creation.tenant().createdAt()));
	}

	/**
	 * The body of a declaration of a tenant: nothing yet.
	 */
	record TenantRequest() {

	}

	/**
	 * A tenant.
	 *
	 * @param name unique
	 * @param createdAt when it was made
	 */
	record TenantResponse(String name, Instant createdAt) {

	}

}
