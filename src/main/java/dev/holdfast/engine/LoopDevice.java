package dev.holdfast.engine;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * A device of one loop: what waits for it, in what order it goes out, and what it has
 * answered. Flows take turns, a piece for each unit of weight. The device serves what it
 * has in an order of its own, so turns alone would give most of it to who has most in it:
 * beside others a flow that has a quarter of the window has no more than its share of
 * what is in the kernel. At most one flush and one zero or discard are in the kernel at a
 * time, since they occupy workers that the whole ring shares.
 * <p>
 * The counter of uses may be touched by any thread, the rest by the loop's only.
 */
final class LoopDevice implements IoDevice {

	final EngineLoop loop;

	final DeviceFile file;

	final DeviceLimits limits;

	final FileSlots.Slot place;

	final int slot;

	final DeviceCounters counters = new DeviceCounters();

	/** Flushes that wait for the one in the kernel to end; the next one serves all. */
	final OperationQueue flushWaiting = new OperationQueue();

	final OperationQueue flushRunning = new OperationQueue();

	/** Zeroes and discards. */
	final OperationQueue exclusive = new OperationQueue();

	/** Operations that overlap one whose deadline has passed and that is still out. */
	final OperationQueue fenced = new OperationQueue();

	/** Operations that were answered by their deadline and are still out. */
	final OperationQueue expired = new OperationQueue();

	boolean exclusiveRunning;

	/** The device does not take {@code FALLOCATE}: zeroes are written. */
	boolean zeroByWriting;

	/** The device does not take discards by {@code URING_CMD}. */
	boolean discardByIoctl;

	/** Pieces of reads and writes in the kernel. */
	private int running;

	/** Of all flows that have something waiting or in the kernel. */
	private int weights;

	private @Nullable Flow[] flows = new Flow[8];

	private @Nullable Flow turn;

	private @Nullable Flow last;

	private final UsageCounter uses = new UsageCounter();

	final CompletableFuture<Void> gone = new CompletableFuture<>();

	LoopDevice(EngineLoop loop, DeviceFile file, DeviceLimits limits, FileSlots.Slot place) {
		this.loop = loop;
		this.file = file;
		this.limits = limits;
		this.place = place;
		this.slot = place.number();
	}

	@Override
	public String name() {
		return this.file.name();
	}

	@Override
	public int blockSize() {
		return this.file.blockSize();
	}

	@Override
	public int inFlight() {
		return this.uses.count();
	}

	/**
	 * Counts an operation.
	 * @return {@code false} if the device has as many as it may have
	 * @throws IllegalStateException if it is closed
	 */
	boolean acquire() {
		int before = this.uses.acquire();
		if (before < 0) {
			throw new IllegalStateException("device " + name() + " is detached");
		}
		if (before >= this.limits.queued()) {
			this.uses.release();
			return false;
		}
		return true;
	}

	void release() {
		this.uses.release();
	}

	/**
	 * Refuses further operations.
	 * @return completes when none is left
	 */
	CompletableFuture<Void> close() {
		return this.uses.close();
	}

	void weigh(int number, int weight) {
		Flow flow = flow(number);
		this.weights += flow.present() ? weight - flow.weight : 0;
		flow.weight = weight;
	}

	private Flow flow(int number) {
		if (number >= this.flows.length) {
			this.flows = Arrays.copyOf(this.flows, Math.max(number + 1, this.flows.length * 2));
		}
		Flow flow = this.flows[number];
		if (flow == null) {
			flow = new Flow();
			this.flows[number] = flow;
		}
		return flow;
	}

	/**
	 * Puts a read or write at the end of its flow.
	 */
	void enqueue(IoOperation operation) {
		Flow flow = flow(operation.flow);
		flow.waiting.add(operation);
		if (!flow.active) {
			this.weights += flow.present() ? 0 : flow.weight;
			flow.active = true;
			flow.credit = flow.weight;
			flow.next = null;
			if (this.last == null) {
				this.turn = flow;
			}
			else {
				this.last.next = flow;
			}
			this.last = flow;
		}
	}

	/**
	 * The operation whose turn it is to send a piece.
	 * @return {@code null} if none waits, or those that do have their share in the kernel
	 */
	@Nullable IoOperation turn() {
		Flow first = null;
		for (Flow flow = this.turn; flow != null; flow = this.turn) {
			IoOperation operation = flow.waiting.peek();
			if (operation == null) {
				retire();
			}
			else if (!hasItsShare(flow)) {
				return operation;
			}
			else if (flow.equals(first)) {
				return null;
			}
			else {
				first = (first != null) ? first : flow;
				pass(flow);
			}
		}
		return null;
	}

	/**
	 * Whether others are there, and it has more in the kernel than its weight beside
	 * theirs.
	 */
	private boolean hasItsShare(Flow flow) {
		int others = this.weights - flow.weight;
		return others > 0 && flow.running >= this.limits.window() / 4
				&& (long) flow.running * others > (long) (this.running - flow.running) * flow.weight;
	}

	int running() {
		return this.running;
	}

	/** A piece of a read or write goes to the kernel. */
	void starts(IoOperation operation) {
		this.running++;
		flow(operation.flow).running++;
	}

	/** A piece of a read or write is back. */
	void ends(IoOperation operation) {
		Flow flow = flow(operation.flow);
		this.running--;
		flow.running--;
		this.weights -= flow.present() ? 0 : flow.weight;
	}

	/**
	 * A piece of {@link #turn()} went out.
	 * @param complete whether it was the operation's last
	 */
	void took(boolean complete) {
		Flow flow = this.turn;
		if (flow == null) {
			throw new IllegalStateException("no flow has the turn");
		}
		if (complete) {
			flow.waiting.poll();
		}
		if (--flow.credit <= 0) {
			flow.credit = flow.weight;
			pass(flow);
		}
	}

	/** Who has the turn comes last. */
	private void pass(Flow flow) {
		if (flow.next != null) {
			this.turn = flow.next;
			flow.next = null;
			if (this.last != null) {
				this.last.next = flow;
			}
			this.last = flow;
		}
	}

	private void retire() {
		Flow flow = this.turn;
		if (flow != null) {
			this.turn = flow.next;
			flow.active = false;
			this.weights -= flow.present() ? 0 : flow.weight;
			flow.next = null;
			if (this.turn == null) {
				this.last = null;
			}
		}
	}

	/**
	 * Whether an operation has to wait for one whose deadline has passed and that is
	 * still out.
	 */
	boolean isFenced(IoOperation operation) {
		for (IoOperation late = this.expired.peek(); late != null; late = late.progress.next) {
			boolean changes = operation.kind != IoKind.READ || late.kind != IoKind.READ;
			if (changes && operation.offset < late.offset + late.length
					&& late.offset < operation.offset + operation.length) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Takes an operation out of whatever queue it waits in.
	 * @return {@code false} if it waits in none
	 */
	boolean withdraw(IoOperation operation) {
		if (this.flushWaiting.remove(operation) || this.fenced.remove(operation)
				|| flow(operation.flow).waiting.remove(operation)) {
			return true;
		}
		return this.exclusive.remove(operation);
	}

	/**
	 * Visits every queue that an operation may wait in, the running flushes included.
	 */
	void forEachQueue(Consumer<OperationQueue> visitor) {
		visitor.accept(this.flushWaiting);
		visitor.accept(this.flushRunning);
		visitor.accept(this.exclusive);
		visitor.accept(this.fenced);
		for (Flow flow : this.flows) {
			if (flow != null) {
				visitor.accept(flow.waiting);
			}
		}
	}

	/** What one flow has waiting. */
	private static final class Flow {

		final OperationQueue waiting = new OperationQueue();

		int weight = 1;

		int credit;

		/** Pieces in the kernel. */
		int running;

		/** Whether it takes turns. */
		boolean active;

		@Nullable Flow next;

		boolean present() {
			return this.active || this.running > 0;
		}

	}

}
