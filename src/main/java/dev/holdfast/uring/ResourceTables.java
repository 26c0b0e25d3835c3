package dev.holdfast.uring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.RingAbi;
import dev.holdfast.uring.sys.RingSyscalls;

/**
 * What the tables of files and of buffers share: both are registered sparse and updated
 * by {@code struct io_uring_rsrc_update2}.
 */
final class ResourceTables {

	private ResourceTables() {
	}

	static void registerSparse(RingSyscalls kernel, int ring, int opcode, int slots) throws ErrnoException {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment argument = arena.allocate(RingAbi.RSRC_REGISTER_SIZE, Long.BYTES);
			argument.set(ValueLayout.JAVA_INT, 0, slots);
			argument.set(ValueLayout.JAVA_INT, 4, RingAbi.RSRC_REGISTER_SPARSE);
			int result = kernel.register(ring, opcode, argument, (int) RingAbi.RSRC_REGISTER_SIZE);
			if (result < 0) {
				throw new ErrnoException("io_uring_register of an empty table of " + slots, -result);
			}
		}
	}

	/**
	 * Updates slots.
	 * @return how many were done, which may be fewer than asked, or a negative errno
	 */
	static int update(RingSyscalls kernel, int ring, int opcode, int slot, MemorySegment data, MemorySegment tags,
			int count) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment argument = arena.allocate(RingAbi.RSRC_UPDATE_SIZE, Long.BYTES);
			argument.set(ValueLayout.JAVA_INT, 0, slot);
			argument.set(ValueLayout.JAVA_LONG, 8, data.address());
			argument.set(ValueLayout.JAVA_LONG, 16, tags.address());
			argument.set(ValueLayout.JAVA_INT, 24, count);
			return kernel.register(ring, opcode, argument, (int) RingAbi.RSRC_UPDATE_SIZE);
		}
	}

	static int allOf(int done, int wanted, int errnoIfFewer) {
		if (done < 0) {
			return done;
		}
		return (done == wanted) ? 0 : -errnoIfFewer;
	}

}
