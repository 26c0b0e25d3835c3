package dev.holdfast.uring.fake;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

import dev.holdfast.uring.fake.FakeKernel.RegisterCall;
import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.RegisterOpcode;

/**
 * What has been registered with one ring. Under the kernel's lock.
 */
final class FakeTables {

	private final LongConsumer poster;

	private final Predicate<FakeSlots.Slot> inUse;

	private FakeSlots files;

	private FakeSlots buffers;

	/**
	 * Two tables without slots.
	 * @param poster posts the tags
	 * @param inUse whether I/O in flight uses what a slot held
	 */
	FakeTables(LongConsumer poster, Predicate<FakeSlots.Slot> inUse) {
		this.poster = poster;
		this.inUse = inUse;
		this.files = new FakeSlots(0, poster);
		this.buffers = new FakeSlots(0, poster);
	}

	FakeSlots files() {
		return this.files;
	}

	FakeSlots buffers() {
		return this.buffers;
	}

	void holdTags() {
		this.files.holdTags = true;
		this.buffers.holdTags = true;
	}

	void releaseTags() {
		this.files.holdTags = false;
		this.buffers.holdTags = false;
		settle();
	}

	int owedTags() {
		return this.files.owedTags() + this.buffers.owedTags();
	}

	/** Posts the tags that are due. */
	void settle() {
		this.files.settle(this.inUse);
		this.buffers.settle(this.inUse);
	}

	/** Registers an empty table. */
	int create(int opcode, MemorySegment argument) {
		FakeSlots table = new FakeSlots(argument.get(ValueLayout.JAVA_INT, 0), this.poster);
		boolean forFiles = opcode == RegisterOpcode.FILES2;
		if ((forFiles ? this.files : this.buffers).size() > 0) {
			return -Errno.EBUSY;
		}
		if (forFiles) {
			this.files = table;
		}
		else {
			this.buffers = table;
		}
		return 0;
	}

	static RegisterCall describeUpdate(FakeRing ring, int opcode, MemorySegment argument) {
		MemorySegment data = data(argument);
		boolean clears = (opcode == RegisterOpcode.FILES_UPDATE2) ? data.get(ValueLayout.JAVA_INT, 0) == -1
				: data.get(ValueLayout.JAVA_LONG, 0) == 0;
		return new RegisterCall(ring, opcode, argument.get(ValueLayout.JAVA_INT, 0), clears);
	}

	/** Fills or empties a slot. */
	int update(int opcode, MemorySegment argument) {
		boolean forFiles = opcode == RegisterOpcode.FILES_UPDATE2;
		FakeSlots table = forFiles ? this.files : this.buffers;
		int slot = argument.get(ValueLayout.JAVA_INT, 0);
		if (slot >= table.size()) {
			return -Errno.EINVAL;
		}
		MemorySegment data = data(argument);
		long tag = MemorySegment.ofAddress(argument.get(ValueLayout.JAVA_LONG, 16))
			.reinterpret(Long.BYTES)
			.get(ValueLayout.JAVA_LONG, 0);
		long address = forFiles ? data.get(ValueLayout.JAVA_INT, 0) : data.get(ValueLayout.JAVA_LONG, 0);
		table.clear(slot);
		if (address != (forFiles ? -1 : 0)) {
			table.put(slot, address, forFiles ? 0 : data.get(ValueLayout.JAVA_LONG, 8), tag);
		}
		settle();
		return 1;
	}

	private static MemorySegment data(MemorySegment argument) {
		return MemorySegment.ofAddress(argument.get(ValueLayout.JAVA_LONG, 8)).reinterpret(2 * Long.BYTES);
	}

	/** Clones carry no tags. */
	int cloneFrom(FakeTables source, MemorySegment argument) {
		int first = argument.get(ValueLayout.JAVA_INT, 8);
		int count = argument.get(ValueLayout.JAVA_INT, 16);
		for (int slot = first; slot < first + count; slot++) {
			FakeSlots.Slot original = source.buffers.get(slot);
			this.buffers.clear(slot);
			if (original != null) {
				this.buffers.put(slot, original.address(), original.length(), 0);
			}
		}
		settle();
		return 0;
	}

}
