package dev.holdfast.ops;

import dev.holdfast.event.EventKind;
import dev.holdfast.event.EventLog;
import dev.holdfast.tenant.Tenant;
import dev.holdfast.tenant.TenantListener;

/**
 * Publishes what becomes of tenants. Of one that is gone only administrators hear: its
 * own events are forgotten, lest another of that name sees them.
 */
final class TenantEvents implements TenantListener {

	private final EventLog log;

	TenantEvents(EventLog log) {
		this.log = log;
	}

	@Override
	public void created(Tenant tenant) {
		publish(EventKind.TENANT_CREATED, tenant);
	}

	@Override
	public void changed(Tenant tenant) {
		publish(EventKind.TENANT_CHANGED, tenant);
	}

	@Override
	public void deleted(Tenant tenant) {
		publish(EventKind.TENANT_DELETED, tenant);
		this.log.forget(tenant.name());
	}

	private void publish(EventKind kind, Tenant tenant) {
		this.log.publish(kind, tenant.name(), "tenants/" + tenant.name(), tenant);
	}

}
