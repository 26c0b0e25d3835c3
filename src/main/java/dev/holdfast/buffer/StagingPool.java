package dev.holdfast.buffer;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.engine.IoEngine;
import org.jspecify.annotations.Nullable;

/**
 * Memory for bytes on their way between clients and devices: registered once, lent out in
 * parts of 4 KiB to 1 MiB.
 * <p>
 * Who waits is served in the order of arrival; one whose tenant holds its quarter of all
 * is passed over until that tenant gives something back. Parts of long transfers get
 * three quarters of that quarter, so that short ones find something. A request that finds
 * nobody waiting and enough memory costs one uncontended lock. All state is guarded by
 * that lock; any thread, virtual ones park.
 */
public final class StagingPool implements AutoCloseable {

	/** The largest lease, in bytes. */
	public static final int LARGEST_LEASE = BuddyAllocator.LARGEST;

	private static final int TENANT_SHARE = 4;

	/** Of its share a tenant's streams leave this part to what is smaller. */
	private static final int STREAMS_LEAVE = 4;

	private static final int SMALLEST_PORTION = 64 << 10;

	private static final int PORTIONS = 8;

	private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

	private final SystemBuffer buffer;

	/** All of it, so that nobody else has any. */
	private final Region whole;

	private final long size;

	private final long waitNanos;

	private final BuddyAllocator allocator;

	private final Map<String, Long> held = new HashMap<>();

	private final Deque<Waiter> waiters = new ArrayDeque<>();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition returned = this.lock.newCondition();

	private long used;

	private boolean closed;

	private StagingPool(SystemBuffer buffer, Duration wait) {
		this.buffer = buffer;
		this.size = buffer.handle().size();
		this.whole = buffer.handle().take(0, this.size, true);
		this.waitNanos = wait.toNanos();
		this.allocator = new BuddyAllocator(this.size);
	}

	/**
	 * Makes the memory, a buffer of the service's own.
	 * @param engine that is to use it
	 * @param memlock that it counts in; where that is too small it is not registered
	 * @param listener maps it to devices
	 * @param size in bytes, a multiple of 1 MiB, at least 4 MiB
	 * @param wait how long a request for a lease may wait
	 * @return the pool, to be closed before the engine is
	 * @throws ProblemException {@link Problem#NO_SPACE} if there is no memory
	 */
	public static StagingPool open(IoEngine engine, Memlock memlock, BufferListener listener, long size,
			Duration wait) {
		if (size < (long) TENANT_SHARE * LARGEST_LEASE || size % LARGEST_LEASE != 0) {
			throw new IllegalArgumentException(
					"staging memory must be a multiple of 1 MiB, at least 4 MiB, not %d bytes".formatted(size));
		}
		return new StagingPool(SystemBuffer.open(engine, memlock, listener, "staging", size), wait);
	}

	/**
	 * Takes memory, waiting for it if need be. A caller that holds a lease which only it
	 * can give back asks with {@link #tryLease} instead, lest all wait for each other.
	 * @param tenant for whom
	 * @param bytes how much, 1 to {@link #LARGEST_LEASE}
	 * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, if
	 * that comes before the pool's own limit; {@link Long#MAX_VALUE} for never
	 * @return the lease
	 * @throws ProblemException {@link Problem#OVERLOADED} if there was none in time
	 */
	public Lease lease(String tenant, int bytes, long deadlineNanos) {
		return lease(new Waiter(tenant, BuddyAllocator.blockSize(bytes), 0, this.lock.newCondition()), deadlineNanos);
	}

	/**
	 * Takes memory for a part of a long transfer, as {@link #lease} does, but leaves some
	 * of the tenant's share to short ones: clients that are slow with their streams must
	 * not stop the same tenant's other requests.
	 * @param tenant for whom
	 * @param bytes how much, at most {@link #portion}
	 * @param deadlineNanos as for {@link #lease}
	 * @return the lease
	 * @throws ProblemException {@link Problem#OVERLOADED} if there was none in time
	 */
	public Lease streamLease(String tenant, int bytes, long deadlineNanos) {
		return lease(new Waiter(tenant, BuddyAllocator.blockSize(bytes), left(), this.lock.newCondition()),
				deadlineNanos);
	}

	private Lease lease(Waiter waiter, long deadlineNanos) {
		this.lock.lock();
		try {
			Lease lease = takeNow(waiter);
			return (lease != null) ? lease : await(waiter, deadlineNanos);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes memory if there is some at once.
	 * @param tenant for whom
	 * @param bytes how much, 1 to {@link #LARGEST_LEASE}
	 * @return the lease, or {@code null} if one would have to wait
	 */
	public @Nullable Lease tryLease(String tenant, int bytes) {
		return tryLease(new Waiter(tenant, BuddyAllocator.blockSize(bytes), 0, this.lock.newCondition()));
	}

	/**
	 * Takes memory for a part of a long transfer if there is some at once.
	 * @param tenant for whom
	 * @param bytes how much, at most {@link #portion}
	 * @return the lease, or {@code null} if one would have to wait
	 */
	public @Nullable Lease tryStreamLease(String tenant, int bytes) {
		return tryLease(new Waiter(tenant, BuddyAllocator.blockSize(bytes), left(), this.lock.newCondition()));
	}

	private @Nullable Lease tryLease(Waiter waiter) {
		this.lock.lock();
		try {
			return takeNow(waiter);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * How much a part of a long transfer should take at a time: the more a tenant has
	 * already, the less, so that many slow streams hold little each and give it back
	 * soon.
	 * @param tenant whose
	 * @return a power of two, 64 KiB to {@link #LARGEST_LEASE}
	 */
	public int portion(String tenant) {
		this.lock.lock();
		try {
			long share = this.size / TENANT_SHARE - left() - this.held.getOrDefault(tenant, 0L);
			long free = Math.min(share, this.size - this.used);
			long portion = Long.highestOneBit(Math.max(1, free / PORTIONS));
			return Math.clamp(portion, SMALLEST_PORTION, LARGEST_LEASE);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * What streams leave of a tenant's share.
	 */
	private long left() {
		return this.size / TENANT_SHARE / STREAMS_LEAVE;
	}

	private @Nullable Lease takeNow(Waiter waiter) {
		if (this.closed) {
			throw new ProblemException(Problem.OVERLOADED, "The service is stopping");
		}
		return mustQueue(waiter) ? null : take(waiter);
	}

	/**
	 * Whether somebody of the same tenant waits already and is in front, or anybody who
	 * waits for memory and not only for its own tenant to give some back. A short
	 * transfer does not stand behind a stream that waits for what is left to short ones.
	 */
	private boolean mustQueue(Waiter wanted) {
		for (Waiter waiter : this.waiters) {
			if (withinShare(waiter) || (waiter.tenant.equals(wanted.tenant) && waiter.left <= wanted.left)) {
				return true;
			}
		}
		return false;
	}

	private boolean withinShare(Waiter waiter) {
		return this.held.getOrDefault(waiter.tenant, 0L) + waiter.block + waiter.left <= this.size / TENANT_SHARE;
	}

	private @Nullable Lease take(Waiter waiter) {
		if (!withinShare(waiter)) {
			return null;
		}
		long offset = this.allocator.allocate(waiter.block);
		if (offset < 0) {
			return null;
		}
		this.held.merge(waiter.tenant, (long) waiter.block, Long::sum);
		this.used += waiter.block;
		return new Lease(this, waiter.tenant, offset, waiter.block);
	}

	private Lease await(Waiter waiter, long deadlineNanos) {
		this.waiters.add(waiter);
		long start = System.nanoTime();
		long limit = (deadlineNanos == Long.MAX_VALUE) ? this.waitNanos
				: Math.min(this.waitNanos, deadlineNanos - start);
		try {
			long left = limit;
			while (waiter.lease == null && left > 0 && !this.closed) {
				left = waiter.served.awaitNanos(left);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		Lease lease = waiter.lease;
		if (lease == null) {
			this.waiters.remove(waiter);
			// Whoever stood behind may have waited for this one only.
			serve();
			throw new ProblemException(Problem.OVERLOADED,
					"No memory for the transfer within %d ms: try again, or make smaller or fewer requests at a time"
						.formatted(TimeUnit.NANOSECONDS.toMillis(limit)))
				.with("retryable", true);
		}
		return lease;
	}

	void release(Lease lease) {
		this.lock.lock();
		try {
			if (lease.end()) {
				this.allocator.release(lease.offset(), lease.size());
				this.held.computeIfPresent(lease.tenant(), (tenant, bytes) -> {
					long left = bytes - lease.size();
					return (left > 0) ? left : null;
				});
				this.used -= lease.size();
				serve();
				this.returned.signalAll();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void serve() {
		Set<String> atTheirShare = new HashSet<>();
		Set<String> streamsAtTheirShare = new HashSet<>();
		Iterator<Waiter> queue = this.waiters.iterator();
		while (queue.hasNext()) {
			Waiter waiter = queue.next();
			boolean stream = waiter.left > 0;
			if (!withinShare(waiter)) {
				(stream ? streamsAtTheirShare : atTheirShare).add(waiter.tenant);
			}
			else if (!atTheirShare.contains(waiter.tenant)
					&& !(stream && streamsAtTheirShare.contains(waiter.tenant))) {
				Lease lease = take(waiter);
				if (lease == null) {
					return;
				}
				queue.remove();
				waiter.lease = lease;
				waiter.served.signal();
			}
		}
	}

	/**
	 * How many wait for a lease.
	 * @return a snapshot
	 */
	public int waiting() {
		this.lock.lock();
		try {
			return this.waiters.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * What all leases are parts of.
	 */
	public BufferHandle buffer() {
		return this.buffer.handle();
	}

	MemorySegment memory() {
		return buffer().io().memory();
	}

	/**
	 * How much is lent out.
	 * @return 0 to 1
	 */
	public double usedRatio() {
		this.lock.lock();
		try {
			return (double) this.used / this.size;
		}
		finally {
			this.lock.unlock();
		}
	}

	public long size() {
		return this.size;
	}

	/**
	 * Whether transfers use registered memory, and if not, why.
	 * @return {@code null} if they do
	 */
	public @Nullable String refusal() {
		return buffer().io().refusal();
	}

	/**
	 * Refuses new leases, waits for those lent out to come back, and gives the memory
	 * back. If some do not come within 3 s, the memory is left to the end of the process:
	 * somebody may still be writing to it.
	 */
	@Override
	public void close() {
		if (drain()) {
			this.whole.close();
			this.buffer.close();
		}
	}

	private boolean drain() {
		this.lock.lock();
		try {
			if (this.closed) {
				return false;
			}
			this.closed = true;
			this.waiters.forEach((waiter) -> waiter.served.signal());
			long left = CLOSE_LIMIT.toNanos();
			while (this.used > 0 && left > 0) {
				left = this.returned.awaitNanos(left);
			}
			return this.used == 0;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return this.used == 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Somebody who wants a lease, in the queue or not.
	 */
	private static final class Waiter {

		private final String tenant;

		private final int block;

		/** What must be left of the tenant's share. */
		private final long left;

		private final Condition served;

		private @Nullable Lease lease;

		private Waiter(String tenant, int block, long left, Condition served) {
			this.tenant = tenant;
			this.block = block;
			this.left = left;
			this.served = served;
		}

	}

}
