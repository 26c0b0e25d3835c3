package dev.holdfast.uring.fake;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import dev.holdfast.uring.sys.LibC;

/**
 * Looks at a real descriptor without blocking ({@code ppoll(2)}).
 */
final class Bell {

	private static final long PPOLL = System.getProperty("os.arch").equals("aarch64") ? 73 : 271;

	private static final short POLLIN = 1;

	private Bell() {
	}

	static boolean isReadable(int descriptor) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment poll = arena.allocate(ValueLayout.JAVA_LONG);
			poll.set(ValueLayout.JAVA_INT, 0, descriptor);
			poll.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
			MemorySegment now = arena.allocate(ValueLayout.JAVA_LONG, 2);
			long ready = LibC.INSTANCE.syscall(PPOLL, poll.address(), 1, now.address(), 0, 0);
			return ready == 1 && (poll.get(ValueLayout.JAVA_SHORT, 6) & POLLIN) != 0;
		}
	}

	/** Reads what {@link #isReadable} has promised. */
	static int read(int descriptor, long address, int length) {
		return (int) LibC.INSTANCE.read(descriptor, address, length);
	}

}
