package dev.holdfast.uring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.RegisterOpcode;
import dev.holdfast.uring.sys.RingAbi;
import dev.holdfast.uring.sys.RingSyscalls;

/**
 * A ring's table of registered memory. Emptying a slot is asynchronous: it returns at
 * once, I/O in flight goes on into the memory, and only then comes the tag; the tag does
 * not wait for I/O of other rings that cloned the slot.
 */
public final class BufferTable {

	private final RingSyscalls kernel;

	private final int ring;

	BufferTable(RingSyscalls kernel, int ring, int slots) throws ErrnoException {
		this.kernel = kernel;
		this.ring = ring;
		if (slots > 0) {
			ResourceTables.registerSparse(kernel, ring, RegisterOpcode.BUFFERS2, slots);
		}
	}

	/**
	 * Registers memory in one slot. It should be faulted in: registering 1 GiB of
	 * untouched pages takes 768 ms, else 27 ms.
	 * @param memory at most {@link RingAbi#LARGEST_BUFFER} bytes
	 * @param tag user data of the completion that tells that the kernel let go of it, or
	 * 0 for none
	 * @return 0 or a negative errno: {@code ENOMEM} if {@code RLIMIT_MEMLOCK} is too
	 * small, {@code EFAULT} if this kind of memory cannot be registered
	 */
	public int put(int slot, MemorySegment memory, long tag) {
		return update(slot, memory.address(), memory.byteSize(), tag);
	}

	/**
	 * Empties a slot.
	 * @return 0 or a negative errno
	 */
	public int clear(int slot) {
		return update(slot, 0, 0, 0);
	}

	/**
	 * Shares slots of another ring's table under the same numbers (6.13). The source must
	 * be {@link RingOptions#shared}.
	 * @return 0 or a negative errno, {@code EINVAL} if the kernel is older
	 */
	public int cloneFrom(Ring source, int slot, int count) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment argument = arena.allocate(RingAbi.CLONE_SIZE, Long.BYTES);
			argument.set(ValueLayout.JAVA_INT, 0, source.descriptor());
			argument.set(ValueLayout.JAVA_INT, 4, RingAbi.CLONE_DST_REPLACE);
			argument.set(ValueLayout.JAVA_INT, 8, slot);
			argument.set(ValueLayout.JAVA_INT, 12, slot);
			argument.set(ValueLayout.JAVA_INT, 16, count);
			return this.kernel.register(this.ring, RegisterOpcode.CLONE_BUFFERS, argument, 1);
		}
	}

	private int update(int slot, long address, long length, long tag) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment vector = arena.allocate(ValueLayout.JAVA_LONG, 2);
			vector.setAtIndex(ValueLayout.JAVA_LONG, 0, address);
			vector.setAtIndex(ValueLayout.JAVA_LONG, 1, length);
			int done = ResourceTables.update(this.kernel, this.ring, RegisterOpcode.BUFFERS_UPDATE, slot, vector,
					arena.allocateFrom(ValueLayout.JAVA_LONG, tag), 1);
			return ResourceTables.allOf(done, 1, Errno.EAGAIN);
		}
	}

}
