package dev.holdfast.api.rest;

import dev.holdfast.block.Rate;
import dev.holdfast.block.Rates;
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

	private final Rates rates;

	TenantUse(Volumes volumes, Buffers buffers, Mappings mappings, Rates rates) {
		this.volumes = volumes;
		this.buffers = buffers;
		this.mappings = mappings;
		this.rates = rates;
	}

	TenantResponse response(Tenant tenant) {
		String name = tenant.name();
		Buffers.Use use = this.buffers.use(name);
		Rate rate = this.rates.used(name);
		return TenantResponse.of(tenant,
				new TenantResponse.Used(this.volumes.used(name), use.bytes(), this.mappings.premappedBytes(name),
						use.count(), this.mappings.count(name), rate.iops(), rate.bytesPerSecond()));
	}

}
