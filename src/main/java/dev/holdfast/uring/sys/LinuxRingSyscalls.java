package dev.holdfast.uring.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The running kernel. System call numbers are the same on x86-64 and aarch64. One
 * instance may serve all rings and threads.
 */
public final class LinuxRingSyscalls implements RingSyscalls {

	private static final long SETUP = 425;

	private static final long ENTER = 426;

	private static final long REGISTER = 427;

	private static final int PROT_READ_WRITE = 3;

	private static final int MAP_SHARED_POPULATE = 0x8001;

	private static final int GETEVENTS_ARG_SIZE = 24;

	private static final long NANOS = 1_000_000_000L;

	private static final LibC C = LibC.INSTANCE;

	@Override
	public int setup(int entries, MemorySegment params) {
		return result(C.syscall(SETUP, entries, params.address(), 0, 0, 0));
	}

	@Override
	public int enter(int ring, int toSubmit, int minComplete, int flags) {
		return result(C.syscall(ENTER, ring, toSubmit, minComplete, flags, 0));
	}

	@Override
	public int enter(int ring, int toSubmit, int minComplete, int flags, long timeoutNanos) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment time = arena.allocate(ValueLayout.JAVA_LONG, 2);
			time.setAtIndex(ValueLayout.JAVA_LONG, 0, timeoutNanos / NANOS);
			time.setAtIndex(ValueLayout.JAVA_LONG, 1, timeoutNanos % NANOS);
			MemorySegment argument = arena.allocate(ValueLayout.JAVA_LONG, 3);
			argument.setAtIndex(ValueLayout.JAVA_LONG, 2, time.address());
			return result(C.syscall(ENTER, ring, toSubmit, minComplete, flags | RingAbi.ENTER_EXT_ARG,
					argument.address(), GETEVENTS_ARG_SIZE));
		}
	}

	@Override
	public int register(int ring, int opcode, MemorySegment argument, int count) {
		if (opcode == RegisterOpcode.SEED_MAP || opcode == RegisterOpcode.SEED_UNMAP) {
			throw new IllegalArgumentException("register opcode " + opcode + " is not the seed's in mainline");
		}
		return result(C.syscall(REGISTER, ring, opcode, argument.address(), count, 0));
	}

	@Override
	public MemorySegment map(int ring, long offset, long size) throws ErrnoException {
		long address = C.mmap(0, size, PROT_READ_WRITE, MAP_SHARED_POPULATE, ring, offset);
		if (address < 0) {
			throw new ErrnoException("mmap of a ring", Posix.errno());
		}
		return MemorySegment.ofAddress(address).reinterpret(size);
	}

	@Override
	public void unmap(MemorySegment memory) {
		C.munmap(memory.address(), memory.byteSize());
	}

	@Override
	public void close(int ring) {
		C.close(ring);
	}

	private static int result(long value) {
		return (value < 0) ? -Posix.errno() : (int) value;
	}

}
