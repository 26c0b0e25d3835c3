package dev.holdfast.uring.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Whether this kernel registers dma-bufs for a device, the live successor of the seed's
 * premapping: {@code BUFFERS_UPDATE} with {@code IORING_RSRC_UPDATE_EXTENDED} and a
 * {@code struct io_uring_regbuf_desc} (seventh posting, September 2026; in no release
 * yet).
 * <p>
 * Safe to ask anywhere: the descriptors named are -1, so that nothing can be registered,
 * and the ring is one of its own. A kernel without it refuses the flag with
 * {@code EINVAL}.
 */
public final class DmaBufferProbe {

	private static final int EXTENDED = 1 << 1;

	private static final int TYPE_DMA_BUFFER = 2;

	private static final long DESCRIPTION_SIZE = 80;

	private static final int NO_DESCRIPTOR = -1;

	private DmaBufferProbe() {
	}

	/**
	 * Asks the kernel. Sets up a small ring and closes it again.
	 * @return {@code false} also where there is no io_uring
	 */
	public static boolean run(RingSyscalls kernel) {
		try (Arena arena = Arena.ofConfined()) {
			int ring = kernel.setup(2, arena.allocate(RingAbi.PARAMS_SIZE, Long.BYTES));
			if (ring < 0) {
				return false;
			}
			try {
				return hasTable(kernel, ring, arena) && knowsDescription(kernel, ring, arena);
			}
			finally {
				kernel.close(ring);
			}
		}
	}

	private static boolean hasTable(RingSyscalls kernel, int ring, Arena arena) {
		MemorySegment table = arena.allocate(RingAbi.RSRC_REGISTER_SIZE, Long.BYTES);
		table.set(ValueLayout.JAVA_INT, 0, 1);
		table.set(ValueLayout.JAVA_INT, 4, RingAbi.RSRC_REGISTER_SPARSE);
		return kernel.register(ring, RegisterOpcode.BUFFERS2, table, (int) RingAbi.RSRC_REGISTER_SIZE) == 0;
	}

	private static boolean knowsDescription(RingSyscalls kernel, int ring, Arena arena) {
		MemorySegment description = arena.allocate(DESCRIPTION_SIZE, Long.BYTES);
		description.set(ValueLayout.JAVA_INT, 0, TYPE_DMA_BUFFER);
		description.set(ValueLayout.JAVA_INT, 24, NO_DESCRIPTOR);
		description.set(ValueLayout.JAVA_INT, 28, NO_DESCRIPTOR);
		MemorySegment update = arena.allocate(RingAbi.RSRC_UPDATE_SIZE, Long.BYTES);
		update.set(ValueLayout.JAVA_INT, 4, EXTENDED);
		update.set(ValueLayout.JAVA_LONG, 8, description.address());
		update.set(ValueLayout.JAVA_INT, 24, 1);
		int result = kernel.register(ring, RegisterOpcode.BUFFERS_UPDATE, update, (int) RingAbi.RSRC_UPDATE_SIZE);
		return result != -Errno.EINVAL;
	}

}
