package dev.holdfast.buffer;

/**
 * What a buffer is called.
 *
 * @param tenant whose it is
 * @param name unique among the tenant's buffers
 */
public record BufferKey(String tenant, String name) {

	/**
	 * Whose the service's own buffers are. No tenant can have this name, and no request
	 * can say it.
	 */
	public static final String SYSTEM = "_system";

	/**
	 * Whether it is a buffer of the service's own.
	 */
	public boolean ofSystem() {
		return SYSTEM.equals(this.tenant);
	}

}
