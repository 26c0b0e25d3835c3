package dev.holdfast.buffer;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A part of the staging memory, which nobody else has. What is in it at first is left
 * over from before: never hand out bytes that were not put there.
 */
public final class Lease implements BufferUse {

	private final StagingPool pool;

	private final String tenant;

	private final long offset;

	private final int size;

	/** Guarded by the pool's lock. */
	private boolean open = true;

	Lease(StagingPool pool, String tenant, long offset, int size) {
		this.pool = pool;
		this.tenant = tenant;
		this.offset = offset;
		this.size = size;
	}

	/** A multiple of 4 KiB. */
	@Override
	public long offset() {
		return this.offset;
	}

	/**
	 * How much there is, at least what was asked for.
	 * @return bytes
	 */
	public int size() {
		return this.size;
	}

	public MemorySegment memory() {
		return this.pool.memory().asSlice(this.offset, this.size);
	}

	/**
	 * A part of it as a buffer.
	 * @param from first byte, from the start of the lease
	 * @param length number of bytes
	 * @return a direct buffer, not to be used after {@link #close()}
	 */
	public ByteBuffer bytes(long from, long length) {
		return memory().asSlice(from, length).asByteBuffer();
	}

	@Override
	public void close() {
		this.pool.release(this);
	}

	@Override
	public void closeSoon() {
		Thread.ofVirtual().name("holdfast-late-lease").start(this::close);
	}

	String tenant() {
		return this.tenant;
	}

	/**
	 * Under the pool's lock.
	 * @return whether it was still open
	 */
	boolean end() {
		boolean was = this.open;
		this.open = false;
		return was;
	}

}
