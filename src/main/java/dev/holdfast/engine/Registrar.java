package dev.holdfast.engine;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import dev.holdfast.uring.Ring;
import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.RingAbi;
import org.jspecify.annotations.Nullable;

/**
 * Keeps memory registered. Where the kernel shares registrations between rings (6.13), a
 * ring of its own registers each buffer once, off the rings that serve I/O, and those
 * clone the slots. Elsewhere each ring registers for itself, in chunks small enough not
 * to hold up its I/O for long.
 * <p>
 * Slots have the same numbers on all rings. One thread, the registrar's, hands them out,
 * touches the registrar's ring and waits for its tags; a slot is used again only after
 * everything that rule 9 of the mapping contract names.
 */
final class Registrar implements AutoCloseable {

	/** Without clones, memory is registered in pieces of this many bytes. */
	static final long CHUNK_WITHOUT_CLONES = 64L << 20;

	private static final long TAG_POLL = TimeUnit.MILLISECONDS.toNanos(20);

	private final ExecutorService thread = Executors
		.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("holdfast-registrar").factory());

	private final List<EngineLoop> loops;

	/** The ring that others clone from, or {@code null} if the kernel cannot. */
	private final @Nullable Ring source;

	private final long chunk;

	private final int tableSize;

	private final BitSet taken = new BitSet();

	/** How many rings hold each slot with a tag. */
	private final int[] filled;

	/** Tags that have not come yet, by slot. */
	private final Map<Integer, Tags> awaited = new ConcurrentHashMap<>();

	private boolean polling;

	Registrar(List<EngineLoop> loops, @Nullable Ring source, int tableSize) {
		this.loops = loops;
		this.source = source;
		this.tableSize = tableSize;
		this.filled = new int[tableSize];
		this.chunk = (source != null) ? RingAbi.LARGEST_BUFFER : CHUNK_WITHOUT_CLONES;
		for (EngineLoop loop : loops) {
			loop.setBufferListener(this::tagCame);
		}
	}

	/**
	 * Whether a ring can clone from another one. On the thread of the ring.
	 */
	static boolean canClone(Ring ring, Ring source, MemorySegment page) {
		if (source.buffers().put(0, page, 0) < 0) {
			return false;
		}
		boolean cloned = ring.buffers().cloneFrom(source, 0, 1) == 0;
		if (cloned) {
			ring.buffers().clear(0);
		}
		source.buffers().clear(0);
		return cloned;
	}

	CompletableFuture<IoBuffer> register(MemorySegment memory) {
		return CompletableFuture.completedFuture(memory).thenComposeAsync(this::take, this.thread);
	}

	private CompletableFuture<IoBuffer> take(MemorySegment memory) {
		int count = (int) ((memory.byteSize() + this.chunk - 1) / this.chunk);
		int first = findSlots(count);
		if (first < 0) {
			return CompletableFuture.completedFuture(
					LoopBuffer.plain(memory, "all " + this.tableSize + " slots of the buffer table are taken"));
		}
		LoopBuffer buffer = LoopBuffer.registered(memory, first, this.chunk);
		this.taken.set(first, first + count);
		int result = (this.source != null) ? fill(this.source, buffer) : 0;
		if (result == 0) {
			result = onEachLoop((ring) -> (this.source != null) ? ring.buffers().cloneFrom(this.source, first, count)
					: fill(ring, buffer));
		}
		if (result == 0) {
			return CompletableFuture.completedFuture(buffer);
		}
		IoBuffer plain = LoopBuffer.plain(memory, explain(-result, memory.byteSize()));
		return giveBack(buffer, empty(buffer)).handle((nothing, failure) -> plain);
	}

	private CompletableFuture<Void> giveBack(LoopBuffer buffer, CompletableFuture<Void> free) {
		return free.thenRunAsync(() -> this.taken.clear(buffer.firstSlot(), buffer.firstSlot() + buffer.slots()),
				this.thread);
	}

	private static String explain(int errno, long size) {
		return "registering %d bytes failed with %s%s".formatted(size, Errno.name(errno),
				(errno == Errno.ENOMEM) ? MemlockAdvice.sentence() : "");
	}

	private int findSlots(int count) {
		int first = this.taken.nextClearBit(0);
		while (first + count <= this.tableSize) {
			int next = this.taken.nextSetBit(first);
			if (next < 0 || next >= first + count) {
				return first;
			}
			first = this.taken.nextClearBit(next);
		}
		return -1;
	}

	private int fill(Ring ring, LoopBuffer buffer) {
		for (int i = 0; i < buffer.slots(); i++) {
			int slot = buffer.firstSlot() + i;
			int result = ring.buffers().put(slot, buffer.slice(i), RingBackend.BUFFER_TAGS + slot);
			if (result < 0) {
				return result;
			}
			this.filled[slot]++;
		}
		return 0;
	}

	/** Runs on each loop's thread, in turn, and stops at the first failure. */
	private int onEachLoop(RingAction action) {
		for (EngineLoop loop : this.loops) {
			int result = loop.call(() -> (loop.backend() instanceof RingBackend backend) ? action.run(backend.ring())
					: -Errno.EOPNOTSUPP)
				.join();
			if (result < 0) {
				return result;
			}
		}
		return 0;
	}

	/**
	 * Ends the use of a buffer's slots: first no operation names them any more, then they
	 * are emptied, then come the tags.
	 * @return completes when the memory may be freed; fails if the kernel would not empty
	 * a slot, and then the memory must stay
	 */
	CompletableFuture<Void> unregister(LoopBuffer buffer) {
		CompletableFuture<Void> idle = buffer.close();
		if (buffer.slots() == 0) {
			return idle;
		}
		return giveBack(buffer, idle.thenComposeAsync((nothing) -> empty(buffer), this.thread));
	}

	/** Empties the slots everywhere; the result completes with the last tag. */
	private CompletableFuture<Void> empty(LoopBuffer buffer) {
		List<CompletableFuture<Void>> tags = new ArrayList<>();
		for (int slot = buffer.firstSlot(); slot < buffer.firstSlot() + buffer.slots(); slot++) {
			if (this.filled[slot] > 0) {
				Tags expected = new Tags(this.filled[slot]);
				this.filled[slot] = 0;
				this.awaited.put(slot, expected);
				tags.add(expected.all);
			}
		}
		int result = onEachLoop((ring) -> clear(ring, buffer));
		if (result == 0 && this.source != null) {
			result = clear(this.source, buffer);
			if (!this.polling) {
				this.polling = true;
				awaitTags(this.source);
			}
		}
		if (result < 0) {
			// The slots are never used again: do not look out for their tags for ever.
			for (int slot = buffer.firstSlot(); slot < buffer.firstSlot() + buffer.slots(); slot++) {
				this.awaited.remove(slot);
			}
			return CompletableFuture.failedFuture(new ErrnoException("emptying slots of the buffer table", -result));
		}
		return CompletableFuture.allOf(tags.toArray(CompletableFuture<?>[]::new));
	}

	private static int clear(Ring ring, LoopBuffer buffer) {
		int result = 0;
		for (int slot = buffer.firstSlot(); slot < buffer.firstSlot() + buffer.slots() && result == 0; slot++) {
			result = ring.buffers().clear(slot);
		}
		return result;
	}

	private void awaitTags(Ring ring) {
		ring.submitAndWait(1, TAG_POLL);
		ring.completions().drain((userData, result) -> tagCame((int) (userData - RingBackend.BUFFER_TAGS)));
		this.polling = !this.awaited.isEmpty() && !this.thread.isShutdown();
		if (this.polling) {
			this.thread.execute(() -> awaitTags(ring));
		}
	}

	private void tagCame(int slot) {
		this.awaited.computeIfPresent(slot, (key, tags) -> tags.came() ? null : tags);
	}

	@Override
	public void close() {
		this.thread.shutdown();
		try {
			if (this.thread.awaitTermination(10, TimeUnit.SECONDS) && this.source != null) {
				this.source.close();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private interface RingAction {

		int run(Ring ring);

	}

	/** The tags that one slot still owes. */
	private static final class Tags {

		final CompletableFuture<Void> all = new CompletableFuture<>();

		private int owed;

		Tags(int owed) {
			this.owed = owed;
		}

		boolean came() {
			if (--this.owed == 0) {
				this.all.complete(null);
				return true;
			}
			return false;
		}

	}

}
