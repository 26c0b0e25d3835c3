package dev.holdfast.uring.fake;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import dev.holdfast.uring.sys.RingAbi;

/**
 * A submission queue entry as the kernel has read it.
 *
 * @param opcode one of {@link dev.holdfast.uring.sys.Opcode}
 * @param flags of the entry
 * @param file descriptor or slot
 * @param offset on the file; the command of {@code URING_CMD}
 * @param address of memory; the length of {@code FALLOCATE}
 * @param length in bytes; the mode of {@code FALLOCATE}
 * @param operationFlags of the operation
 * @param userData that comes back
 * @param buffer slot
 * @param extra {@code addr3}
 */
public record Entry(int opcode, int flags, int file, long offset, long address, int length, int operationFlags,
		long userData, int buffer, long extra) {

	static Entry read(MemorySegment entries, long at) {
		return new Entry(Byte.toUnsignedInt(entries.get(ValueLayout.JAVA_BYTE, at)),
				Byte.toUnsignedInt(entries.get(ValueLayout.JAVA_BYTE, at + 1)),
				entries.get(ValueLayout.JAVA_INT, at + 4), entries.get(ValueLayout.JAVA_LONG, at + 8),
				entries.get(ValueLayout.JAVA_LONG, at + 16), entries.get(ValueLayout.JAVA_INT, at + 24),
				entries.get(ValueLayout.JAVA_INT, at + 28), entries.get(ValueLayout.JAVA_LONG, at + 32),
				Short.toUnsignedInt(entries.get(ValueLayout.JAVA_SHORT, at + 40)),
				entries.get(ValueLayout.JAVA_LONG, at + 48));
	}

	boolean fixedFile() {
		return (this.flags & RingAbi.SQE_FIXED_FILE) != 0;
	}

}
