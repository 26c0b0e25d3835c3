package dev.holdfast.engine;

import dev.holdfast.uring.sys.Errno;

/**
 * An operation that failed, at the engine's edge.
 */
public final class IoFailedException extends Exception {

	private static final long serialVersionUID = 1L;

	private final IoKind kind;

	private final int errno;

	private final long offset;

	private final long bytes;

	private final String device;

	public IoFailedException(IoOperation operation) {
		super("%s of %d bytes at %d on %s: %s after %d bytes".formatted(operation.kind().label(), operation.length(),
				operation.offset(), operation.device().name(), Errno.name(operation.errno()), operation.bytes()));
		this.kind = operation.kind();
		this.errno = operation.errno();
		this.offset = operation.offset();
		this.bytes = operation.bytes();
		this.device = operation.device().name();
	}

	public IoKind kind() {
		return this.kind;
	}

	/**
	 * Why.
	 * @return a positive errno; {@code ETIMEDOUT} if the deadline passed, in which case
	 * the outcome is unknown
	 */
	public int errno() {
		return this.errno;
	}

	/**
	 * Where the operation began.
	 * @return offset on the device in bytes
	 */
	public long offset() {
		return this.offset;
	}

	/**
	 * How much is intact.
	 * @return bytes from the start of the operation
	 */
	public long bytes() {
		return this.bytes;
	}

	public String device() {
		return this.device;
	}

}
