package dev.holdfast.api.rest;

import dev.holdfast.buffer.Buffers;
import dev.holdfast.mapping.Mappings;
import dev.holdfast.tenant.Tenant;
import dev.holdfast.volume.Volumes;

import org.springframework.stereotype.Component;

/**
 * Tenants with what they use.
 */
@Component
class TenantUse {

	private final Volumes volumes;

	private final Buffers buffers;

	private final Mappings mappings;

	TenantUse(Volumes volumes, Buffers buffers, Mappings mappings) {
		this.volumes = volumes;
		this.buffers = buffers;
		this.mappings = mappings;
	}

	TenantResponse response(Tenant tenant) {
		String name = tenant.name();
		Buffers.Use use = this.buffers.use(name);
		return TenantResponse.of(tenant, new TenantResponse.Used(this.volumes.used(name), use.bytes(),
				this.mappings.premappedBytes(name), use.count(), this.mappings.count(name)));
	}

}
