package dev.holdfast.uring;

/**
 * Takes completions, on the ring's thread.
 */
@FunctionalInterface
public interface CompletionHandler {

	/**
	 * One completion.
	 * @param userData as given with the entry, or the tag of a resource
	 * @param result of the operation, or a negative errno
	 */
	void completed(long userData, int result);

}
