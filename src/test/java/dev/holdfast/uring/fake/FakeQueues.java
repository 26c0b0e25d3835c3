package dev.holdfast.uring.fake;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Deque;

import dev.holdfast.uring.sys.RingAbi;

/**
 * The kernel's side of a ring's memory. Completions wait in {@code pending} until the
 * ring's thread asks for them, as with {@code DEFER_TASKRUN}. Under the kernel's lock.
 */
final class FakeQueues {

	private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

	private static final int SQ_HEAD = 0;

	private static final int SQ_TAIL = 64;

	private static final int SQ_FLAGS = 128;

	private static final int CQ_HEAD = 192;

	private static final int CQ_TAIL = 256;

	private static final int CQ_OVERFLOW = 320;

	private static final int CQES = 384;

	private final boolean direct;

	private final int entries;

	private final int completions;

	private final int array;

	private final Arena ringsArena = Arena.ofShared();

	private final Arena submissionsArena = Arena.ofShared();

	private final MemorySegment rings;

	private final MemorySegment submissions;

	private int submissionHead;

	private int completionTail;

	private int overflows;

	private int overflowNext;

	private final Deque<Completion> pending = new ArrayDeque<>();

	private final Deque<Completion> overflowed = new ArrayDeque<>();

	FakeQueues(boolean direct, int entries, int completions, int firstIndex) {
		this.direct = direct;
		this.entries = entries;
		this.completions = completions;
		this.array = CQES + completions * (int) RingAbi.CQE_SIZE;
		this.rings = this.ringsArena.allocate(this.array + entries * 4L, 64);
		this.submissions = this.submissionsArena.allocate(entries * RingAbi.SQE_SIZE, 64);
		this.submissionHead = firstIndex;
		this.completionTail = firstIndex;
		for (int field : new int[] { SQ_HEAD, SQ_TAIL, CQ_HEAD, CQ_TAIL }) {
			INT.set(this.rings, (long) field, firstIndex);
		}
	}

	void describe(MemorySegment params) {
		params.set(ValueLayout.JAVA_INT, RingAbi.PARAMS_SQ_ENTRIES, this.entries);
		params.set(ValueLayout.JAVA_INT, RingAbi.PARAMS_CQ_ENTRIES, this.completions);
		params.set(ValueLayout.JAVA_INT, RingAbi.PARAMS_SQ_HEAD, SQ_HEAD);
		params.set(ValueLayout.JAVA_INT, RingAbi.PARAMS_SQ_TAIL, SQ_TAIL);
		params.set(ValueLayout.JAVA_INT, RingAbi.PARAMS_SQ_FLAGS, SQ_FLAGS);
		params.set(ValueLayout.JAVA_INT, RingAbi.PARAMS_SQ_ARRAY, this.direct ? 0 : this.array);
		params.set(ValueLayout.JAVA_INT, RingAbi.PARAMS_CQ_HEAD, CQ_HEAD);
		params.set(ValueLayout.JAVA_INT, RingAbi.PARAMS_CQ_TAIL, CQ_TAIL);
		params.set(ValueLayout.JAVA_INT, RingAbi.PARAMS_CQ_OVERFLOW, CQ_OVERFLOW);
		params.set(ValueLayout.JAVA_INT, RingAbi.PARAMS_CQ_CQES, CQES);
	}

	MemorySegment map(long offset, long size) {
		return ((offset == RingAbi.MAP_ENTRIES) ? this.submissions : this.rings).asSlice(0, size);
	}

	/** Who touches the memory after this gets an exception. */
	void unmap(MemorySegment memory) {
		((memory.address() == this.rings.address()) ? this.ringsArena : this.submissionsArena).close();
	}

	/** Takes the next entry. */
	Entry consume() {
		if ((int) INT.getAcquire(this.rings, (long) SQ_TAIL) == this.submissionHead) {
			throw new AssertionError("asked to submit more than was published");
		}
		int place = this.submissionHead & (this.entries - 1);
		int index = this.direct ? place : this.rings.get(ValueLayout.JAVA_INT, this.array + 4L * place);
		Entry entry = Entry.read(this.submissions, index * RingAbi.SQE_SIZE);
		this.submissionHead++;
		INT.setRelease(this.rings, (long) SQ_HEAD, this.submissionHead);
		return entry;
	}

	void post(long userData, int result) {
		this.pending.add(new Completion(userData, result));
	}

	void overflowNext(int count) {
		this.overflowNext = count;
	}

	int available() {
		return this.completionTail - (int) INT.getAcquire(this.rings, (long) CQ_HEAD);
	}

	/** Nothing is there for the ring's thread to see. */
	boolean isQuiet() {
		return this.pending.isEmpty() && this.overflowed.isEmpty() && available() == 0;
	}

	/** A wait ends so that the caller can have the rest. */
	boolean hasOverflowed() {
		return !this.overflowed.isEmpty();
	}

	/** Makes visible what has been posted, as far as there is room. */
	void deliver() {
		for (Completion completion = this.pending.poll(); completion != null; completion = this.pending.poll()) {
			if (this.overflowNext > 0 || !this.overflowed.isEmpty() || available() == this.completions) {
				this.overflowNext = Math.max(this.overflowNext - 1, 0);
				this.overflowed.add(completion);
				INT.setOpaque(this.rings, (long) CQ_OVERFLOW, ++this.overflows);
				INT.setOpaque(this.rings, (long) SQ_FLAGS, RingAbi.SQ_CQ_OVERFLOW);
			}
			else {
				write(completion);
			}
		}
	}

	/** Delivers what was kept. */
	void flushOverflow() {
		while (!this.overflowed.isEmpty() && available() < this.completions) {
			write(this.overflowed.poll());
		}
		if (this.overflowed.isEmpty()) {
			INT.setOpaque(this.rings, (long) SQ_FLAGS, 0);
		}
	}

	private void write(Completion completion) {
		long at = CQES + (this.completionTail & (this.completions - 1)) * RingAbi.CQE_SIZE;
		this.rings.set(ValueLayout.JAVA_LONG, at, completion.userData());
		this.rings.set(ValueLayout.JAVA_INT, at + 8, completion.result());
		this.rings.set(ValueLayout.JAVA_INT, at + 12, 0);
		this.completionTail++;
		INT.setRelease(this.rings, (long) CQ_TAIL, this.completionTail);
	}

	private record Completion(long userData, int result) {

	}

}
