package dev.holdfast.api.rest;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.tenant.Tenant;
import org.jspecify.annotations.Nullable;

/**
 * A tenant.
 *
 * @param name unique
 * @param capacityBytes what its volumes may have together, if that was declared
 * @param used what it has of what is limited
 * @param createdAt when it was made
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TenantResponse(String name, @Nullable Long capacityBytes, Used used, Instant createdAt) {

	/** What it uses is nothing that a change of the tenant is based on. */
	EntityTag tag() {
		return EntityTag.of(new Object[] { this.name, this.createdAt, this.capacityBytes }, this);
	}

	static TenantResponse of(Tenant tenant, long capacityUsed) {
		return new TenantResponse(tenant.name(), tenant.quotas().capacityBytes(), new Used(capacityUsed),
				tenant.createdAt());
	}

	/**
	 * What a tenant has of what is limited.
	 *
	 * @param capacityBytes of its volumes, with those that are being made or grow, and
	 * those whose devices are away
	 */
	record Used(long capacityBytes) {

	}

}
