package dev.holdfast.block;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Who is writing which blocks. Writers of whole blocks do not wait for each other: what
 * two of them leave in a block is the one or the other. A writer of part of a block reads
 * it, changes it and writes it back, and in between nobody else may write it, or that
 * would be lost.
 * <p>
 * A request gets all of its blocks at once, and waits only for those that came before it
 * and conflict with it; so among requests there is an order and no cycle. To keep it so,
 * a thread that has a range and needs another asks with {@link #tryAcquire}, and if it
 * gets {@code null} gives up what it has before it asks with {@link #acquire}.
 * <p>
 * Volumes are spread over a fixed number of queues, each with a lock; while nobody writes
 * parts of blocks, a request is an uncontended lock and no search.
 */
final class BlockRanges {

	private static final int QUEUES = 64;

	private final Queue[] queues = new Queue[QUEUES];

	BlockRanges() {
		for (int i = 0; i < QUEUES; i++) {
			this.queues[i] = new Queue();
		}
	}

	/**
	 * Takes a range if nobody is in the way.
	 * @param volume of the blocks
	 * @param first block
	 * @param last block
	 * @param partOfFirst whether only a part of the first is written
	 * @param partOfLast whether only a part of the last is written
	 * @return to be closed, or {@code null}
	 */
	@Nullable Grant tryAcquire(UUID volume, long first, long last, boolean partOfFirst, boolean partOfLast) {
		Queue queue = queue(volume);
		return queue.tryAcquire(new Grant(queue, volume, first, last, partOfFirst, partOfLast));
	}

	/**
	 * Takes a range, waiting for those in the way.
	 * @param deadlineNanos in terms of {@link System#nanoTime()}; {@link Long#MAX_VALUE}
	 * for never
	 * @return to be closed
	 * @throws ProblemException {@link Problem#DEADLINE_EXCEEDED}
	 */
	Grant acquire(UUID volume, long first, long last, boolean partOfFirst, boolean partOfLast, long deadlineNanos) {
		Queue queue = queue(volume);
		return queue.acquire(new Grant(queue, volume, first, last, partOfFirst, partOfLast), deadlineNanos);
	}

	private Queue queue(UUID volume) {
		return this.queues[Math.floorMod(volume.hashCode(), QUEUES)];
	}

	/**
	 * The right to write a range of blocks. Fields are guarded by the queue's lock.
	 */
	static final class Grant implements AutoCloseable {

		private final Queue queue;

		private final UUID volume;

		private final long first;

		private final long last;

		private final boolean partOfFirst;

		private final boolean partOfLast;

		private boolean granted;

		private Grant(Queue queue, UUID volume, long first, long last, boolean partOfFirst, boolean partOfLast) {
			this.queue = queue;
			this.volume = volume;
			this.first = first;
			this.last = last;
			this.partOfFirst = partOfFirst;
			this.partOfLast = partOfLast;
		}

		@Override
		public void close() {
			this.queue.release(this);
		}

		/**
		 * For threads that must not block.
		 */
		void closeSoon() {
			if (!this.queue.tryRelease(this)) {
				Thread.ofVirtual().name("holdfast-late-grant").start(this::close);
			}
		}

		private boolean exclusive() {
			return this.partOfFirst || this.partOfLast;
		}

		private boolean conflicts(Grant other) {
			return this.volume.equals(other.volume) && this.first <= other.last && other.first <= this.last
					&& (claims(other) || other.claims(this));
		}

		/**
		 * Whether a block that this one needs for itself is in the other's range.
		 */
		private boolean claims(Grant other) {
			return (this.partOfFirst && other.contains(this.first)) || (this.partOfLast && other.contains(this.last));
		}

		private boolean contains(long block) {
			return this.first <= block && block <= this.last;
		}

	}

	/**
	 * Requests in the order of arrival, granted or not.
	 */
	private static final class Queue {

		private final ReentrantLock lock = new ReentrantLock();

		private final Condition changed = this.lock.newCondition();

		private final Deque<Grant> grants = new ArrayDeque<>();

		private int exclusive;

		private int waiting;

		@Nullable Grant tryAcquire(Grant wanted) {
			this.lock.lock();
			try {
				if (!free(wanted)) {
					return null;
				}
				add(wanted);
				wanted.granted = true;
				return wanted;
			}
			finally {
				this.lock.unlock();
			}
		}

		Grant acquire(Grant wanted, long deadlineNanos) {
			this.lock.lock();
			try {
				boolean free = free(wanted);
				add(wanted);
				if (!free) {
					await(wanted, deadlineNanos);
				}
				wanted.granted = true;
				return wanted;
			}
			finally {
				this.lock.unlock();
			}
		}

		private void await(Grant wanted, long deadlineNanos) {
			boolean interrupted = false;
			this.waiting++;
			try {
				while (!free(wanted)) {
					long left = (deadlineNanos == Long.MAX_VALUE) ? Duration.ofDays(1).toNanos()
							: deadlineNanos - System.nanoTime();
					if (left <= 0) {
						remove(wanted);
						throw new ProblemException(Problem.DEADLINE_EXCEEDED,
								"Earlier writes to the same blocks did not end in time")
							.with("outcome", "unknown");
					}
					try {
						this.changed.awaitNanos(left);
					}
					catch (InterruptedException ex) {
						interrupted = true;
					}
				}
			}
			finally {
				this.waiting--;
				if (interrupted) {
					Thread.currentThread().interrupt();
				}
			}
		}

		/**
		 * Whether nobody before it, all if it is not in the queue, is in its way.
		 */
		private boolean free(Grant wanted) {
			if (this.exclusive == 0 && !wanted.exclusive()) {
				return true;
			}
			for (Grant earlier : this.grants) {
				if (earlier == wanted) {
					return true;
				}
				if (earlier.conflicts(wanted)) {
					return false;
				}
			}
			return true;
		}

		private void add(Grant grant) {
			this.grants.add(grant);
			this.exclusive += grant.exclusive() ? 1 : 0;
		}

		private void remove(Grant grant) {
			this.grants.remove(grant);
			this.exclusive -= grant.exclusive() ? 1 : 0;
			if (this.waiting > 0) {
				this.changed.signalAll();
			}
		}

		void release(Grant grant) {
			this.lock.lock();
			try {
				releaseLocked(grant);
			}
			finally {
				this.lock.unlock();
			}
		}

		boolean tryRelease(Grant grant) {
			if (!this.lock.tryLock()) {
				return false;
			}
			try {
				releaseLocked(grant);
				return true;
			}
			finally {
				this.lock.unlock();
			}
		}

		private void releaseLocked(Grant grant) {
			if (grant.granted) {
				grant.granted = false;
				remove(grant);
			}
		}

	}

}
