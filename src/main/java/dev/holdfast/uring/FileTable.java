package dev.holdfast.uring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.RegisterOpcode;
import dev.holdfast.uring.sys.RingSyscalls;

/**
 * A ring's table of descriptors. A slot that is emptied is released by the kernel, with
 * its tag as a completion, after the I/O that uses it.
 */
public final class FileTable {

	private static final int EMPTY = -1;

	private final RingSyscalls kernel;

	private final int ring;

	FileTable(RingSyscalls kernel, int ring, int slots) throws ErrnoException {
		this.kernel = kernel;
		this.ring = ring;
		if (slots > 0) {
			ResourceTables.registerSparse(kernel, ring, RegisterOpcode.FILES2, slots);
		}
	}

	/**
	 * Fills a slot.
	 * @param tag user data of the completion that tells that the kernel let go of it
	 * @return 0 or a negative errno
	 */
	public int put(int slot, int descriptor, long tag) {
		return update(slot, descriptor, tag);
	}

	/**
	 * Empties a slot.
	 * @return 0 or a negative errno
	 */
	public int clear(int slot) {
		return update(slot, EMPTY, 0);
	}

	private int update(int slot, int descriptor, long tag) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment descriptors = arena.allocate(ValueLayout.JAVA_LONG);
			descriptors.set(ValueLayout.JAVA_INT, 0, descriptor);
			int done = ResourceTables.update(this.kernel, this.ring, RegisterOpcode.FILES_UPDATE2, slot, descriptors,
					arena.allocateFrom(ValueLayout.JAVA_LONG, tag), 1);
			return ResourceTables.allOf(done, 1, Errno.EAGAIN);
		}
	}

}
