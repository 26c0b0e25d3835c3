package dev.holdfast.uring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

import dev.holdfast.uring.sys.RingAbi;

/**
 * The queue from the kernel: the tail is read with acquire, the head released once a
 * batch.
 */
public final class CompletionQueue {

	private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

	private final MemorySegment queues;

	private final long headOffset;

	private final long tailOffset;

	private final long overflowOffset;

	private final long entriesOffset;

	private final int mask;

	private int head;

	CompletionQueue(MemorySegment queues, MemorySegment params, int capacity) {
		this.queues = queues;
		this.mask = capacity - 1;
		this.headOffset = params.get(ValueLayout.JAVA_INT, RingAbi.PARAMS_CQ_HEAD);
		this.tailOffset = params.get(ValueLayout.JAVA_INT, RingAbi.PARAMS_CQ_TAIL);
		this.overflowOffset = params.get(ValueLayout.JAVA_INT, RingAbi.PARAMS_CQ_OVERFLOW);
		this.entriesOffset = params.get(ValueLayout.JAVA_INT, RingAbi.PARAMS_CQ_CQES);
		this.head = (int) INT.get(queues, this.headOffset);
	}

	/**
	 * Completions that wait to be taken.
	 */
	public int available() {
		return (int) INT.getAcquire(this.queues, this.tailOffset) - this.head;
	}

	/**
	 * Completions that the kernel had to drop or keep for want of room.
	 */
	public int overflows() {
		return (int) INT.getOpaque(this.queues, this.overflowOffset);
	}

	/**
	 * Takes all completions that are there. If the handler throws, the one that it was
	 * given counts as taken and the rest stay.
	 * @return how many were taken
	 */
	public int drain(CompletionHandler handler) {
		return drain(handler, Integer.MAX_VALUE);
	}

	/**
	 * Takes completions that are there, up to a number.
	 * @return how many were taken
	 */
	public int drain(CompletionHandler handler, int most) {
		int count = Math.min(available(), most);
		int tail = this.head + count;
		if (count == 0) {
			return 0;
		}
		try {
			while (this.head != tail) {
				long entry = this.entriesOffset + (this.head & this.mask) * RingAbi.CQE_SIZE;
				long userData = this.queues.get(ValueLayout.JAVA_LONG, entry);
				int result = this.queues.get(ValueLayout.JAVA_INT, entry + 8);
				this.head++;
				handler.completed(userData, result);
			}
		}
		finally {
			INT.setRelease(this.queues, this.headOffset, this.head);
		}
		return count;
	}

}
