package dev.holdfast.api.rest;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.tenant.Quotas;
import dev.holdfast.tenant.Tenant;
import org.jspecify.annotations.Nullable;

/**
 * A tenant.
 *
 * @param name unique
 * @param capacityBytes what its volumes may have together, if that was declared
 * @param registeredBytes what its buffers may have together, if that was declared
 * @param premappedBytes what of its buffers may be mapped to devices; 0 if it may not
 * premap
 * @param buffers how many it may have
 * @param mappings how many it may have
 * @param iops operations a second that it may do, if that was declared
 * @param bytesPerSecond that it may read and write, if that was declared
 * @param used what it has of what is limited
 * @param createdAt when it was made
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TenantResponse(String name, @Nullable Long capacityBytes, @Nullable Long registeredBytes, long premappedBytes,
		long buffers, long mappings, @Nullable Long iops, @Nullable Long bytesPerSecond, Used used, Instant createdAt) {

	/** What it uses is nothing that a change of the tenant is based on. */
	EntityTag tag() {
		return EntityTag.of(new Object[] { this.name, this.createdAt, this.capacityBytes, this.registeredBytes,
				this.premappedBytes, this.buffers, this.mappings, this.iops, this.bytesPerSecond }, this);
	}

	static TenantResponse of(Tenant tenant, Used used) {
		Quotas quotas = tenant.quotas();
		return new TenantResponse(tenant.name(), quotas.capacityBytes(), quotas.registeredBytes(),
				quotas.premappedLimit(), quotas.bufferLimit(), quotas.mappingLimit(), quotas.iops(),
				quotas.bytesPerSecond(), used, tenant.createdAt());
	}

	/**
	 * What a tenant has of what is limited.
	 *
	 * @param capacityBytes of its volumes, with those that are being made or grow, and
	 * those whose devices are away
	 * @param registeredBytes of its buffers, with those that are being deleted
	 * @param premappedBytes of its buffers that are mapped to devices ahead of I/O
	 * @param buffers how many
	 * @param mappings how many
	 * @param iops of what it may do in a second what it has done, or what it has still to
	 * wait for; if that is limited
	 * @param bytesPerSecond the same of what it may read and write
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Used(long capacityBytes, long registeredBytes, long premappedBytes, long buffers, long mappings,
			@Nullable Long iops, @Nullable Long bytesPerSecond) {

	}

}
