package dev.holdfast.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import dev.holdfast.uring.sys.LibC;

/**
 * Whether a regular file has any data. {@code stx_blocks} of {@code statx(2)} counts the
 * blocks that the file system keeps for it, also those only preallocated: a file with
 * none is one hole and reads as zeroes.
 */
final class Holes {

	private static final int AT_EMPTY_PATH = 0x1000;

	private static final int STATX_BLOCKS = 0x400;

	private static final int STRUCT_SIZE = 256;

	private static final int STX_MASK = 0;

	private static final int STX_BLOCKS = 48;

	private Holes() {
	}

	static boolean only(BlockFile file) {
		if (file.blockDevice()) {
			return false;
		}
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment answer = arena.allocate(STRUCT_SIZE, Long.BYTES);
			int result = LibC.INSTANCE.statx(file.descriptor(), "", AT_EMPTY_PATH, STATX_BLOCKS, answer.address());
			return result == 0 && (answer.get(ValueLayout.JAVA_INT, STX_MASK) & STATX_BLOCKS) != 0
					&& answer.get(ValueLayout.JAVA_LONG, STX_BLOCKS) == 0;
		}
	}

}
