package dev.holdfast.api.rest;

import dev.holdfast.contract.ByteSize;
import dev.holdfast.tenant.Quotas;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of a declaration of a tenant.
 *
 * @param capacityBytes bytes of all its volumes together, or a string with a unit;
 * nothing if only the devices limit them
 */
record TenantRequest(@Nullable ByteSize capacityBytes) {

	Quotas quotas() {
		return new Quotas((this.capacityBytes != null) ? this.capacityBytes.bytes() : null);
	}

	/**
	 * The body of a change of a tenant, by RFC 7386: what is not there stays, and null is
	 * as if it had not been declared.
	 */
	@Schema(name = "TenantChange")
	static final class Change {

		private @Nullable ByteSize capacityBytes;

		private boolean changesCapacity;

		public void setCapacityBytes(@Nullable ByteSize size) {
			this.capacityBytes = size;
			this.changesCapacity = true;
		}

		Quotas of(Quotas before) {
			return this.changesCapacity ? new TenantRequest(this.capacityBytes).quotas() : before;
		}

	}

}
