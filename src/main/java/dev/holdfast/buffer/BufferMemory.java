package dev.holdfast.buffer;

import java.lang.foreign.MemorySegment;

import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.Posix;
import org.jspecify.annotations.Nullable;

/**
 * Memory of a buffer: a {@code memfd} of its own. The kernel gives it zeroed and zeroes
 * its pages again before anybody else gets them, so that no tenant sees another's bytes.
 *
 * @param segment all of it, faulted in
 * @param pages that it is made of
 * @param reason why these and no larger ones, or {@code null} if it is as was asked
 */
record BufferMemory(MemorySegment segment, Pages pages, @Nullable String reason) {

	/**
	 * Takes memory. Takes about a third of a second for each GiB, so not on a thread that
	 * others wait for.
	 * @throws ErrnoException if there is not as much
	 */
	static BufferMemory allocate(BufferSpec spec) throws ErrnoException {
		Pages wanted = wanted(spec);
		if (wanted == Pages.SMALL) {
			return small(spec.sizeBytes(), null);
		}
		try {
			return new BufferMemory(map(spec.sizeBytes(), wanted), wanted, null);
		}
		catch (ErrnoException ex) {
			String reason = "pages of %s: %s".formatted(wanted.label(), explain(ex.errno()));
			return small(spec.sizeBytes(), reason);
		}
	}

	private static Pages wanted(BufferSpec spec) {
		if (spec.pages() != Pages.AUTO) {
			return spec.pages();
		}
		return (spec.sizeBytes() % Pages.LARGE.bytes() == 0) ? Pages.LARGE : Pages.SMALL;
	}

	private static BufferMemory small(long size, @Nullable String reason) throws ErrnoException {
		return new BufferMemory(map(size, Pages.SMALL), Pages.SMALL, reason);
	}

	private static MemorySegment map(long size, Pages pages) throws ErrnoException {
		return Posix.mapMemory("holdfast-buffer", size, pages.bytes());
	}

	private static String explain(int errno) {
		return switch (errno) {
			case Errno.ENOMEM, Errno.ENOSPC ->
				"not enough of them are free (/proc/sys/vm/nr_hugepages, or the pod's hugepages resource)";
			case Errno.ENODEV, Errno.EINVAL -> "this machine has none";
			default -> Errno.name(errno);
		};
	}

	/**
	 * Gives it back, once the kernel's I/O has let go of it.
	 */
	void free() throws ErrnoException {
		Posix.unmap(this.segment);
	}

}
