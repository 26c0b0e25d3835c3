package dev.holdfast.uring.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

import jnr.ffi.Runtime;

/**
 * Plain file calls, off the hot path. Constants are those of Linux on x86-64 and aarch64
 * ({@code O_DIRECT} differs between the two).
 */
public final class Posix {

	public static final int O_RDONLY = 0;

	public static final int O_RDWR = 2;

	public static final int O_CREAT = 0x40;

	public static final int O_EXCL = 0x80;

	public static final int O_CLOEXEC = 0x80000;

	public static final int O_DIRECT = System.getProperty("os.arch").equals("aarch64") ? 0x10000 : 0x4000;

	public static final int LOCK_EX = 2;

	public static final int LOCK_NB = 4;

	public static final int FALLOC_FL_KEEP_SIZE = 1;

	public static final int FALLOC_FL_PUNCH_HOLE = 2;

	public static final int FALLOC_FL_ZERO_RANGE = 0x10;

	private static final int F_GETFL = 3;

	private static final int F_SETFL = 4;

	private static final int SEEK_END = 2;

	private static final long BLKSSZGET = 0x1268;

	private static final long BLKPBSZGET = 0x127B;

	private static final long BLKDISCARD = 0x1277;

	private static final int RLIMIT_MEMLOCK = 8;

	private static final int PROT_READ_WRITE = 3;

	private static final int MAP_SHARED = 1;

	private static final int MAP_POPULATE = 0x8000;

	private static final int MFD_CLOEXEC = 1;

	private static final int MFD_HUGETLB = 4;

	private static final int MFD_HUGE_SHIFT = 26;

	/** The page size of memory that asks for no other, in bytes. */
	public static final int PAGE_SIZE = 4096;

	private static final int EFD_CLOEXEC = 0x80000;

	private static final LibC C = LibC.INSTANCE;

	private static final Runtime RUNTIME = Runtime.getRuntime(C);

	private Posix() {
	}

	/**
	 * The error number of the last failed call on this platform thread.
	 * @return positive
	 */
	static int errno() {
		return RUNTIME.getLastError();
	}

	/**
	 * Opens a file ({@code open(2)}).
	 * @return the descriptor
	 */
	public static int open(Path path, int flags) throws ErrnoException {
		return (int) check("open", C.open(path.toString(), flags | O_CLOEXEC, 0600));
	}

	public static void close(int descriptor) throws ErrnoException {
		check("close", C.close(descriptor));
	}

	public static void flock(int descriptor, int operation) throws ErrnoException {
		check("flock", C.flock(descriptor, operation));
	}

	/**
	 * Sets or clears {@code O_DIRECT} of an open file ({@code F_SETFL} of
	 * {@code fcntl(2)}), for all descriptors and rings that share it. For when nothing
	 * does I/O on it.
	 * @param descriptor of the file
	 * @param direct whether I/O is to be direct
	 */
	public static void setDirect(int descriptor, boolean direct) throws ErrnoException {
		long flags = check("fcntl F_GETFL", C.fcntl(descriptor, F_GETFL, 0));
		check("fcntl F_SETFL", C.fcntl(descriptor, F_SETFL, direct ? flags | O_DIRECT : flags & ~O_DIRECT));
	}

	/**
	 * Size of a regular file or block device, by seeking to its end.
	 * @return bytes
	 */
	public static long size(int descriptor) throws ErrnoException {
		return check("lseek", C.lseek(descriptor, 0, SEEK_END));
	}

	public static void truncate(int descriptor, long size) throws ErrnoException {
		check("ftruncate", C.ftruncate(descriptor, size));
	}

	/**
	 * Logical block size of a block device.
	 * @return bytes
	 */
	public static int logicalBlockSize(int descriptor) throws ErrnoException {
		return intByIoctl(descriptor, "BLKSSZGET", BLKSSZGET);
	}

	public static int physicalBlockSize(int descriptor) throws ErrnoException {
		return intByIoctl(descriptor, "BLKPBSZGET", BLKPBSZGET);
	}

	private static int intByIoctl(int descriptor, String name, long request) throws ErrnoException {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
			check("ioctl " + name, C.ioctl(descriptor, request, value.address()));
			return value.get(ValueLayout.JAVA_INT, 0);
		}
	}

	/**
	 * {@code BLKDISCARD}: blocks for as long as the device takes.
	 * @return 0 or a negative errno
	 */
	public static int discard(int descriptor, long offset, long length) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment range = arena.allocate(ValueLayout.JAVA_LONG, 2);
			range.setAtIndex(ValueLayout.JAVA_LONG, 0, offset);
			range.setAtIndex(ValueLayout.JAVA_LONG, 1, length);
			return (int) negative(C.ioctl(descriptor, BLKDISCARD, range.address()));
		}
	}

	/**
	 * {@code fallocate(2)}.
	 * @return 0 or a negative errno
	 */
	public static int fallocate(int descriptor, int mode, long offset, long length) {
		return (int) negative(C.fallocate(descriptor, mode, offset, length));
	}

	/**
	 * {@code fdatasync(2)}.
	 * @return 0 or a negative errno
	 */
	public static int dataSync(int descriptor) {
		return (int) negative(C.fdatasync(descriptor));
	}

	/**
	 * {@code pread(2)}.
	 * @return bytes read or a negative errno
	 */
	public static long read(int descriptor, long address, long length, long offset) {
		return negative(C.pread(descriptor, address, length, offset));
	}

	/**
	 * {@code pwrite(2)}.
	 * @return bytes written or a negative errno
	 */
	public static long write(int descriptor, long address, long length, long offset) {
		return negative(C.pwrite(descriptor, address, length, offset));
	}

	/**
	 * An eventfd with count 0.
	 * @return the descriptor
	 */
	public static int eventfd() throws ErrnoException {
		return (int) check("eventfd", C.eventfd(0, EFD_CLOEXEC));
	}

	/**
	 * Writes eight bytes, which is how an eventfd is signalled.
	 * @return 8 or a negative errno
	 */
	public static long writeEight(int descriptor, long address) {
		return negative(C.write(descriptor, address, Long.BYTES));
	}

	/**
	 * Memory of a new {@code memfd}, mapped shared and faulted in. It is zero.
	 * @param name shown in {@code /proc/self/maps}
	 * @param size bytes, a multiple of the page size
	 * @return memory that {@link #unmap} gives back
	 */
	public static MemorySegment mapMemory(String name, long size) throws ErrnoException {
		return mapMemory(name, size, PAGE_SIZE);
	}

	/**
	 * Memory of a new {@code memfd}, mapped shared and faulted in. It is zero. All of it
	 * is taken before any is mapped, so that what is not there is an error and not a
	 * signal.
	 * @param name shown in {@code /proc/self/maps}
	 * @param size bytes, a multiple of the page size
	 * @param pageSize bytes, a power of two: larger than {@link #PAGE_SIZE} for huge
	 * pages of that size
	 * @return memory that {@link #unmap} gives back
	 * @throws ErrnoException {@code ENOMEM} or {@code ENOSPC} if there is not as much,
	 * {@code ENODEV} or {@code EINVAL} if there are no pages of this size
	 */
	public static MemorySegment mapMemory(String name, long size, long pageSize) throws ErrnoException {
		int pages = (pageSize > PAGE_SIZE) ? MFD_HUGETLB | Long.numberOfTrailingZeros(pageSize) << MFD_HUGE_SHIFT : 0;
		int descriptor = (int) check("memfd_create", C.memfd_create(name, MFD_CLOEXEC | pages));
		try {
			truncate(descriptor, size);
			check("fallocate of memory", C.fallocate(descriptor, 0, 0, size));
			long address = check("mmap", C.mmap(0, size, PROT_READ_WRITE, MAP_SHARED | MAP_POPULATE, descriptor, 0));
			return MemorySegment.ofAddress(address).reinterpret(size);
		}
		finally {
			C.close(descriptor);
		}
	}

	public static void unmap(MemorySegment memory) throws ErrnoException {
		check("munmap", C.munmap(memory.address(), memory.byteSize()));
	}

	/**
	 * The soft limit on locked memory ({@code RLIMIT_MEMLOCK}).
	 * @return bytes; {@link Long#MAX_VALUE} if there is none
	 */
	public static long memlockLimit() throws ErrnoException {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment limit = arena.allocate(ValueLayout.JAVA_LONG, 2);
			check("getrlimit", C.getrlimit(RLIMIT_MEMLOCK, limit.address()));
			long soft = limit.getAtIndex(ValueLayout.JAVA_LONG, 0);
			return (soft < 0) ? Long.MAX_VALUE : soft;
		}
	}

	private static long negative(long result) {
		return (result < 0) ? -errno() : result;
	}

	private static long check(String call, long result) throws ErrnoException {
		if (result < 0) {
			throw new ErrnoException(call, errno());
		}
		return result;
	}

}
