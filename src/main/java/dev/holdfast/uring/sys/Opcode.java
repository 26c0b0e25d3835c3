package dev.holdfast.uring.sys;

/**
 * Operations of a submission queue entry ({@code enum io_uring_op} of
 * {@code linux/io_uring.h}), those that Holdfast issues.
 */
public final class Opcode {

	public static final int NOP = 0;

	public static final int FSYNC = 3;

	public static final int READ_FIXED = 4;

	public static final int WRITE_FIXED = 5;

	public static final int TIMEOUT = 11;

	public static final int TIMEOUT_REMOVE = 12;

	public static final int ASYNC_CANCEL = 14;

	public static final int FALLOCATE = 17;

	public static final int READ = 22;

	public static final int WRITE = 23;

	public static final int URING_CMD = 46;

	private Opcode() {
	}

}
