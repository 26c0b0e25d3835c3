package dev.holdfast.tenant;

/**
 * Who follows tenants. On the thread of the change, which waits: must be quick and must
 * not throw.
 */
public interface TenantListener {

	void created(Tenant tenant);

	void changed(Tenant tenant);

	/**
	 * A tenant is gone, and all that it had.
	 */
	void deleted(Tenant tenant);

}
