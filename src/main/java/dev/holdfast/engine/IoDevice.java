package dev.holdfast.engine;

/**
 * A device that an engine serves. Valid from {@link IoEngine#attach} to
 * {@link IoEngine#detach}.
 */
public interface IoDevice {

	String name();

	/**
	 * Logical block size.
	 * @return bytes
	 */
	int blockSize();

	/**
	 * Operations accepted and not yet released.
	 * @return a snapshot
	 */
	int inFlight();

}
