package dev.holdfast.engine;

/**
 * This host does not let the process use io_uring. The message says why and what to
 * change.
 */
public final class UringRefusedException extends Exception {

	private static final long serialVersionUID = 1L;

	public UringRefusedException(String message) {
		super(message);
	}

}
