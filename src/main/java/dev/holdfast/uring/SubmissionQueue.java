package dev.holdfast.uring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

import dev.holdfast.uring.sys.Opcode;
import dev.holdfast.uring.sys.RingAbi;

/**
 * The queue to the kernel. Entries are written in place; {@link #publish} makes them
 * visible with a release of the tail. Each method that adds an entry needs
 * {@link #room()}, and its {@code userData} comes back with the completion.
 */
public final class SubmissionQueue {

	private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

	private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

	private static final int FIXED = RingAbi.SQE_FIXED_FILE;

	private final MemorySegment queues;

	private final MemorySegment entries;

	private final long headOffset;

	private final long tailOffset;

	private final long flagsOffset;

	private final int capacity;

	private int tail;

	SubmissionQueue(MemorySegment queues, MemorySegment params, MemorySegment entries, int capacity) {
		this.queues = queues;
		this.entries = entries;
		this.capacity = capacity;
		this.headOffset = params.get(ValueLayout.JAVA_INT, RingAbi.PARAMS_SQ_HEAD);
		this.tailOffset = params.get(ValueLayout.JAVA_INT, RingAbi.PARAMS_SQ_TAIL);
		this.flagsOffset = params.get(ValueLayout.JAVA_INT, RingAbi.PARAMS_SQ_FLAGS);
		this.tail = (int) INT.get(queues, this.tailOffset);
	}

	/**
	 * Free entries.
	 */
	public int room() {
		return this.capacity - queued();
	}

	/**
	 * Entries that the kernel has not consumed yet.
	 */
	public int queued() {
		return this.tail - (int) INT.getAcquire(this.queues, this.headOffset);
	}

	/**
	 * Whether the kernel keeps completions that did not fit into the completion queue.
	 */
	public boolean completionsOverflowed() {
		return ((int) INT.getOpaque(this.queues, this.flagsOffset) & RingAbi.SQ_CQ_OVERFLOW) != 0;
	}

	public void nop(long userData) {
		put(Opcode.NOP, 0, -1, 0, 0, 0, 0, userData, 0);
	}

	/**
	 * Reads into registered memory.
	 * @param file slot of the file table
	 * @param buffer slot of the buffer table
	 * @param address inside that buffer
	 */
	public void readFixed(int file, long offset, int buffer, long address, int length, long userData) {
		put(Opcode.READ_FIXED, FIXED, file, offset, address, length, 0, userData, buffer);
	}

	/**
	 * Writes from registered memory.
	 * @param durable {@code RWF_DSYNC}
	 */
	public void writeFixed(int file, long offset, int buffer, long address, int length, boolean durable,
			long userData) {
		put(Opcode.WRITE_FIXED, FIXED, file, offset, address, length, durable ? RingAbi.RWF_DSYNC : 0, userData,
				buffer);
	}

	public void read(int file, long offset, long address, int length, long userData) {
		put(Opcode.READ, FIXED, file, offset, address, length, 0, userData, 0);
	}

	public void write(int file, long offset, long address, int length, boolean durable, long userData) {
		put(Opcode.WRITE, FIXED, file, offset, address, length, durable ? RingAbi.RWF_DSYNC : 0, userData, 0);
	}

	/**
	 * Reads from an ordinary descriptor without an offset, such as an eventfd.
	 */
	public void readDescriptor(int descriptor, long address, int length, long userData) {
		put(Opcode.READ, 0, descriptor, -1, address, length, 0, userData, 0);
	}

	/**
	 * Makes data durable ({@code FSYNC} with {@code DATASYNC}); runs on io-wq.
	 */
	public void dataSync(int file, long userData) {
		put(Opcode.FSYNC, FIXED, file, 0, 0, 0, RingAbi.FSYNC_DATASYNC, userData, 0);
	}

	/**
	 * {@code fallocate(2)}; runs on io-wq.
	 */
	public void fallocate(int file, int mode, long offset, long length, long userData) {
		put(Opcode.FALLOCATE, FIXED, file, offset, length, mode, 0, userData, 0);
	}

	/**
	 * Discards a range of a block device (6.12).
	 */
	public void discard(int file, long offset, long length, long userData) {
		long entry = put(Opcode.URING_CMD, FIXED, file, RingAbi.BLOCK_URING_CMD_DISCARD, offset, 0, 0, userData, 0);
		this.entries.set(LONG, entry + 48, length);
	}

	/**
	 * Cancels what has the given user data: {@code ENOENT} if the device has it already.
	 */
	public void cancel(long target, long userData) {
		put(Opcode.ASYNC_CANCEL, 0, -1, 0, target, 0, 0, userData, 0);
	}

	/**
	 * Completes with {@code ETIME} after a while.
	 * @param time address of a {@code struct __kernel_timespec} that stays valid
	 */
	public void timeout(long time, long userData) {
		put(Opcode.TIMEOUT, 0, -1, 0, time, 1, 0, userData, 0);
	}

	/**
	 * Gives a running time-out another length (5.11).
	 */
	public void updateTimeout(long target, long time, long userData) {
		put(Opcode.TIMEOUT_REMOVE, 0, -1, time, target, 0, RingAbi.TIMEOUT_UPDATE, userData, 0);
	}

	/**
	 * Makes what was added visible to the kernel.
	 * @return entries that it has not consumed
	 */
	int publish() {
		INT.setRelease(this.queues, this.tailOffset, this.tail);
		return queued();
	}

	private long put(int opcode, int flags, int descriptor, long offset, long address, int length, int operationFlags,
			long userData, int buffer) {
		if (room() == 0) {
			throw new IllegalStateException("submission queue is full");
		}
		long entry = (this.tail & (this.capacity - 1)) * RingAbi.SQE_SIZE;
		this.entries.set(LONG, entry, opcode | (long) flags << 8 | (long) descriptor << 32);
		this.entries.set(LONG, entry + 8, offset);
		this.entries.set(LONG, entry + 16, address);
		this.entries.set(LONG, entry + 24, Integer.toUnsignedLong(length) | (long) operationFlags << 32);
		this.entries.set(LONG, entry + 32, userData);
		this.entries.set(LONG, entry + 40, buffer);
		this.entries.set(LONG, entry + 48, 0L);
		this.entries.set(LONG, entry + 56, 0L);
		this.tail++;
		return entry;
	}

}
