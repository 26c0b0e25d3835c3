package dev.holdfast.engine;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Memory that loops do I/O with. Counts the operations that name it, from submission to
 * release, on all loops together.
 */
final class LoopBuffer implements IoBuffer {

	static final int NO_SLOT = -1;

	private final MemorySegment memory;

	private final int firstSlot;

	private final long chunk;

	private final Tier tier;

	private final @Nullable String refusal;

	private final UsageCounter uses;

	private final LoopBuffer plain;

	private LoopBuffer(MemorySegment memory, int firstSlot, long chunk, Tier tier, @Nullable String refusal,
			UsageCounter uses) {
		this.memory = memory;
		this.firstSlot = firstSlot;
		this.chunk = chunk;
		this.tier = tier;
		this.refusal = refusal;
		this.uses = uses;
		this.plain = (firstSlot == NO_SLOT) ? this
				: new LoopBuffer(memory, NO_SLOT, Long.MAX_VALUE, Tier.NONE, refusal, uses);
	}

	/**
	 * A buffer in consecutive slots.
	 * @param chunk bytes in each slot but the last
	 */
	static LoopBuffer registered(MemorySegment memory, int firstSlot, long chunk) {
		return new LoopBuffer(memory, firstSlot, chunk, Tier.BVEC, null, new UsageCounter());
	}

	/**
	 * A buffer that a device reaches by a slot of its own.
	 * @param slot of the whole memory
	 */
	static LoopBuffer premapped(MemorySegment memory, int slot, long chunk) {
		return new LoopBuffer(memory, slot, chunk, Tier.DMA, null, new UsageCounter());
	}

	static LoopBuffer plain(MemorySegment memory, String refusal) {
		return new LoopBuffer(memory, NO_SLOT, Long.MAX_VALUE, Tier.NONE, refusal, new UsageCounter());
	}

	@Override
	public MemorySegment memory() {
		return this.memory;
	}

	@Override
	public Tier tier() {
		return this.tier;
	}

	@Override
	public IoBuffer plain() {
		return this.plain;
	}

	@Override
	public @Nullable String refusal() {
		return this.refusal;
	}

	int firstSlot() {
		return this.firstSlot;
	}

	long chunk() {
		return this.chunk;
	}

	/**
	 * Slots that the buffer takes.
	 */
	int slots() {
		return (this.firstSlot == NO_SLOT) ? 0 : (int) ((this.memory.byteSize() + this.chunk - 1) / this.chunk);
	}

	MemorySegment slice(int index) {
		long start = index * this.chunk;
		return this.memory.asSlice(start, Math.min(this.chunk, this.memory.byteSize() - start));
	}

	int slotOf(long offset) {
		return (this.firstSlot == NO_SLOT) ? NO_SLOT : this.firstSlot + (int) (offset / this.chunk);
	}

	/**
	 * Bytes from an offset to the end of its slot.
	 */
	long contiguous(long offset) {
		return this.chunk - offset % this.chunk;
	}

	/**
	 * Counts a use.
	 * @return {@code false} if the buffer is closed
	 */
	boolean acquire() {
		return this.uses.acquire() >= 0;
	}

	void release() {
		this.uses.release();
	}

	boolean open() {
		return this.uses.open();
	}

	/**
	 * Refuses further uses.
	 * @return completes when no operation names the buffer any more
	 */
	CompletableFuture<Void> close() {
		return this.uses.close();
	}

}
