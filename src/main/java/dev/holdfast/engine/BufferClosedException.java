package dev.holdfast.engine;

/**
 * An operation names a buffer that has been unregistered. Nothing was done; it may be
 * submitted again with another.
 */
public final class BufferClosedException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	public BufferClosedException() {
		super("the buffer is unregistered");
	}

}
