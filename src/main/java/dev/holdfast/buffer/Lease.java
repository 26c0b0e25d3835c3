package dev.holdfast.buffer;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

import dev.holdfast.engine.IoBuffer;

/**
 * The right to use a part of the staging memory, until it is closed. Whoever does I/O
 * with it closes it only once the engine has released the operation. Closing twice does
 * nothing. What is in it at first is left over from before: never hand out bytes that
 * were not put there.
 */
public final class Lease implements AutoCloseable {

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

	/**
	 * What operations name.
	 * @return the buffer of the whole pool
	 */
	public IoBuffer buffer() {
		return this.pool.buffer();
	}

	/**
	 * Where in {@link #buffer()} the part begins.
	 * @return offset in bytes, a multiple of 4 KiB
	 */
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
		return this.pool.buffer().memory().asSlice(this.offset, this.size);
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
