package dev.holdfast.uring.sys;

import java.lang.foreign.MemorySegment;

/**
 * What a ring asks of the kernel. Under it stands {@link LinuxRingSyscalls}, or in tests
 * a kernel written by hand. Failures are negative errno.
 */
public interface RingSyscalls {

	/**
	 * {@code io_uring_setup(2)}.
	 * @param entries wanted
	 * @param params {@code struct io_uring_params}, read and written
	 * @return the ring's descriptor or a negative errno
	 */
	int setup(int entries, MemorySegment params);

	/**
	 * {@code io_uring_enter(2)}.
	 * @return entries consumed or a negative errno
	 */
	int enter(int ring, int toSubmit, int minComplete, int flags);

	/**
	 * {@code io_uring_enter(2)} with a time-out ({@code EXT_ARG}); slower and makes
	 * garbage, so only for idle paths.
	 * @return entries consumed or a negative errno, {@code ETIME} if nothing came
	 */
	int enter(int ring, int toSubmit, int minComplete, int flags, long timeoutNanos);

	/**
	 * {@code io_uring_register(2)}.
	 * @return what the operation says or a negative errno
	 */
	int register(int ring, int opcode, MemorySegment argument, int count);

	/**
	 * Maps a part of the ring.
	 * @param offset {@link RingAbi#MAP_RINGS} or {@link RingAbi#MAP_ENTRIES}
	 * @return memory that {@link #unmap} gives back
	 */
	MemorySegment map(int ring, long offset, long size) throws ErrnoException;

	void unmap(MemorySegment memory);

	void close(int ring);

}
