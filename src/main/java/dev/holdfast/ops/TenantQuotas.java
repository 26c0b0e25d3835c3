package dev.holdfast.ops;

import dev.holdfast.block.Rate;
import dev.holdfast.block.RateQuota;
import dev.holdfast.buffer.BufferQuota;
import dev.holdfast.buffer.Buffers;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.mapping.MappingQuota;
import dev.holdfast.tenant.Tenant;
import dev.holdfast.tenant.Tenants;

/**
 * What tenants may have in buffers and mappings.
 */
final class TenantQuotas implements BufferQuota, MappingQuota, RateQuota {

	private final Tenants tenants;

	TenantQuotas(Tenants tenants) {
		this.tenants = tenants;
	}

	@Override
	public void require(String tenant, long bytes, Buffers.Use use) {
		Tenant there = this.tenants.require(tenant);
		require("buffers", there.quotas().bufferLimit(), use.count(), 1);
		require("registeredBytes", there.quotas().registeredLimit(), use.bytes(), bytes);
	}

	@Override
	public void require(String tenant, int present, int more) {
		require("mappings", this.tenants.require(tenant).quotas().mappingLimit(), present, more);
	}

	@Override
	public long premappedBytes(String tenant) {
		return this.tenants.find(tenant).map((there) -> there.quotas().premappedLimit()).orElse(0L);
	}

	@Override
	public Rate rate(String tenant) {
		return this.tenants.find(tenant)
			.map((there) -> new Rate(there.quotas().iops(), there.quotas().bytesPerSecond()))
			.orElse(Rate.UNLIMITED);
	}

	private static void require(String quota, long limit, long used, long requested) {
		if (requested > limit - used) {
			throw new ProblemException(Problem.QUOTA_EXCEEDED,
					"The tenant's quota %s is %d; %d are in use, and %d more were asked for".formatted(quota, limit,
							used, requested))
				.with("limit", limit)
				.with("quota", quota)
				.with("used", used)
				.with("requested", requested);
		}
	}

}
