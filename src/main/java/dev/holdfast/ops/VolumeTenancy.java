package dev.holdfast.ops;

import dev.holdfast.tenant.Tenant;
import dev.holdfast.tenant.Tenants;
import dev.holdfast.volume.Tenancy;

/**
 * The tenants that can have volumes, and how much each.
 */
final class VolumeTenancy implements Tenancy {

	private final Tenants tenants;

	VolumeTenancy(Tenants tenants) {
		this.tenants = tenants;
	}

	@Override
	public boolean exists(String tenant) {
		return this.tenants.find(tenant).isPresent();
	}

	@Override
	public long capacityBytes(String tenant) {
		Tenant there = this.tenants.find(tenant).orElse(null);
		Long capacity = (there != null) ? there.quotas().capacityBytes() : null;
		return (capacity != null) ? capacity : Long.MAX_VALUE;
	}

}
