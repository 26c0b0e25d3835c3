package dev.holdfast.device;

/**
 * Whether a drive may answer a write before the data is durable. It is the kernel's view
 * ({@code queue/write_cache}), which root can change without changing the drive
 * (Documentation/ABI/stable/sysfs-block).
 */
public enum WriteCache {

	/**
	 * Only a flush makes what was written durable. Also where the kernel says nothing we
	 * know: a flush too many loses nothing.
	 */
	WRITE_BACK("write-back"),

	/** No cache that loses anything, or none that the kernel would flush. */
	WRITE_THROUGH("write-through");

	private final String label;

	WriteCache(String label) {
		this.label = label;
	}

	/**
	 * The name in the API.
	 * @return lower case
	 */
	public String label() {
		return this.label;
	}

}
