package dev.holdfast.buffer;

import java.util.function.LongSupplier;

import dev.holdfast.contract.ByteSize;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.engine.IoEngine;

/**
 * What the process may lock, held against what it has locked: registered memory and the
 * rings themselves. The kernel counts for each user over all processes, so that it may
 * refuse where this does not. Any thread.
 */
public final class Memlock {

	private final IoEngine engine;

	private final long limit;

	private final LongSupplier available;

	/** Let through and not registered yet. Guarded by this. */
	private long underWay;

	/**
	 * A limit.
	 * @param engine that registers
	 * @param limit in bytes; {@link Long#MAX_VALUE} for none
	 */
	public Memlock(IoEngine engine, long limit) {
		this(engine, limit, () -> Long.MAX_VALUE);
	}

	/**
	 * A limit on a node whose memory has an end.
	 * @param available memory that is left, in bytes
	 */
	public Memlock(IoEngine engine, long limit, LongSupplier available) {
		this.engine = engine;
		this.limit = limit;
		this.available = available;
	}

	/**
	 * Lets through a registration if it fits.
	 * @param bytes to be registered
	 * @throws ProblemException {@link Problem#NO_SPACE} with {@code limit}, {@code inUse}
	 * and {@code asked}
	 */
	synchronized void begin(long bytes) {
		long used = used();
		if (bytes > this.limit - used) {
			throw new ProblemException(Problem.NO_SPACE,
					("The process may lock %s (RLIMIT_MEMLOCK), of which %s are in use; %s more were asked for: raise it "
							+ "(ulimit -l, LimitMEMLOCK=), give the process CAP_IPC_LOCK, or delete other buffers")
						.formatted(new ByteSize(this.limit), new ByteSize(used), new ByteSize(bytes)))
				.with("limit", this.limit)
				.with("inUse", used)
				.with("asked", bytes);
		}
		requireMemory(bytes);
		this.underWay += bytes;
	}

	private void requireMemory(long bytes) {
		long left = Math.max(0, this.available.getAsLong() - this.underWay);
		if (bytes > left) {
			throw new ProblemException(Problem.NO_SPACE,
					"The node has %s of memory left for buffers, and %s were asked for: delete other buffers, or ask for less"
						.formatted(new ByteSize(left), new ByteSize(bytes)))
				.with("limit", left)
				.with("asked", bytes);
		}
	}

	/**
	 * Lets through a registration that the kernel may refuse without harm.
	 * @param bytes to be registered
	 */
	synchronized void beginAnyway(long bytes) {
		this.underWay += bytes;
	}

	/**
	 * A registration that was let through is counted by the engine now, or came to
	 * nothing.
	 */
	synchronized void end(long bytes) {
		this.underWay -= bytes;
	}

	/**
	 * What is locked.
	 * @return bytes
	 */
	public synchronized long used() {
		return this.engine.lockedBytes() + this.underWay;
	}

	/**
	 * What may be locked.
	 * @return bytes; {@link Long#MAX_VALUE} if there is no limit
	 */
	public long limit() {
		return this.limit;
	}

}
