package dev.holdfast.uring.sys;

import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.annotations.SaveError;
import jnr.ffi.provider.jffi.NoX86;
import jnr.ffi.types.size_t;

/**
 * The functions of the C library that Holdfast calls. Fixed arity throughout: varargs
 * cost 0.4 to 2 µs and garbage a call. Each returns a negative value on failure and
 * leaves errno to be read at once, on the same platform thread.
 * <p>
 * {@link NoX86} is not optional: without it jnr-ffi 2.3.3 and 2.3.7 pass a wrong sixth
 * integer argument on x86-64.
 */
@NoX86
public interface LibC {

	/** The one instance: loading is costly. */
	LibC INSTANCE = LibraryLoader.create(LibC.class).option(LibraryOption.LoadNow, true).library("c").load();

	@SaveError
	long syscall(long number, long a, long b, long c, long d, long e);

	/** Slow path of jnr-ffi (over six arguments): for waits with a time-out only. */
	@SaveError
	long syscall(long number, long a, long b, long c, long d, long e, long f);

	@SaveError
	long mmap(long address, @size_t long length, int protection, int flags, int descriptor, long offset);

	@SaveError
	int munmap(long address, @size_t long length);

	@SaveError
	int open(CharSequence path, int flags, int mode);

	@SaveError
	int close(int descriptor);

	@SaveError
	int flock(int descriptor, int operation);

	@SaveError
	int fcntl(int descriptor, int command, long argument);

	@SaveError
	int ioctl(int descriptor, long request, long argument);

	@SaveError
	long lseek(int descriptor, long offset, int whence);

	@SaveError
	int ftruncate(int descriptor, long length);

	@SaveError
	int fallocate(int descriptor, int mode, long offset, long length);

	@SaveError
	int fdatasync(int descriptor);

	@SaveError
	long pread(int descriptor, long address, @size_t long length, long offset);

	@SaveError
	long pwrite(int descriptor, long address, @size_t long length, long offset);

	@SaveError
	long read(int descriptor, long address, @size_t long length);

	@SaveError
	long write(int descriptor, long address, @size_t long length);

	@SaveError
	int eventfd(int initial, int flags);

	@SaveError
	int socket(int domain, int type, int protocol);

	@SaveError
	int bind(int socket, long address, int length);

	@SaveError
	int poll(long descriptors, long count, int timeoutMillis);

	@SaveError
	int memfd_create(CharSequence name, int flags);

	@SaveError
	int getrlimit(int resource, long address);

	@SaveError
	int statx(int directory, CharSequence path, int flags, int mask, long address);

}
