package dev.holdfast.uring.sys;

import java.io.IOException;

/**
 * A system call that failed outside the hot path.
 */
public final class ErrnoException extends IOException {

	private static final long serialVersionUID = 1L;

	private final int errno;

	public ErrnoException(String call, int errno) {
		super(call + ": " + Errno.name(errno));
		this.errno = errno;
	}

	/**
	 * The error number.
	 * @return positive
	 */
	public int errno() {
		return this.errno;
	}

}
