package dev.holdfast.volume;

/**
 * What is asked of tenants when volumes are made. The answers are in memory: they are
 * asked for under a lock.
 */
@FunctionalInterface
public interface Tenancy {

	/**
	 * Whether there is such a tenant.
	 * @param tenant perhaps a tenant's name
	 * @return {@code true} if so
	 */
	boolean exists(String tenant);

	/**
	 * How much its volumes may have together.
	 * @param tenant a tenant's name
	 * @return bytes; {@link Long#MAX_VALUE} if only the devices limit them
	 */
	default long capacityBytes(String tenant) {
		return Long.MAX_VALUE;
	}

}
