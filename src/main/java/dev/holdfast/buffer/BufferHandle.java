package dev.holdfast.buffer;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.uring.sys.ErrnoException;

/**
 * A buffer in memory, from its registration to its end. Any thread.
 */
public final class BufferHandle {

	private final BufferDeclaration declaration;

	private final BufferMemory memory;

	private final IoEngine engine;

	private final IoBuffer io;

	private final Regions regions = new Regions();

	BufferHandle(BufferDeclaration declaration, BufferMemory memory, IoEngine engine, IoBuffer io) {
		this.declaration = declaration;
		this.memory = memory;
		this.engine = engine;
		this.io = io;
	}

	public BufferDeclaration declaration() {
		return this.declaration;
	}

	public BufferKey key() {
		return this.declaration.key();
	}

	public long size() {
		return this.memory.segment().byteSize();
	}

	BufferMemory memory() {
		return this.memory;
	}

	/**
	 * What operations name.
	 * @return the engine's handle of all of it
	 */
	public IoBuffer io() {
		return this.io;
	}

	/**
	 * Takes bytes for a use, until the region is closed.
	 * @param offset in the buffer in bytes
	 * @param length in bytes
	 * @param changes whether the use writes to memory, as a read from a device does
	 * @return the region
	 * @throws ProblemException {@link Problem#RANGE_NOT_SATISFIABLE},
	 * {@link Problem#REGION_IN_FLIGHT}, or {@link Problem#NOT_FOUND} if the buffer is
	 * being deleted
	 */
	public Region take(long offset, long length, boolean changes) {
		if (offset < 0 || length < 0 || offset > size() - length) {
			throw new ProblemException(Problem.RANGE_NOT_SATISFIABLE,
					"The region is outside of the buffer, which has %d bytes".formatted(size()))
				.with("size", size());
		}
		Region region = this.regions.tryTake(offset, length, changes);
		if (region == null) {
			if (this.regions.closed()) {
				throw notFound(key());
			}
			throw new ProblemException(Problem.REGION_IN_FLIGHT,
					"Bytes %d to %d of the buffer are in use: wait for that to end, or use others".formatted(offset,
							offset + length - 1));
		}
		return region;
	}

	/**
	 * A part of the memory.
	 * @param region whose bytes they are, open as long as they are used
	 * @return the bytes
	 */
	public MemorySegment bytes(Region region) {
		return this.memory.segment().asSlice(region.offset, region.end - region.offset);
	}

	/**
	 * Regions in use.
	 * @return a snapshot
	 */
	public int inUse() {
		return this.regions.count();
	}

	static ProblemException notFound(BufferKey key) {
		return new ProblemException(Problem.NOT_FOUND, "There is no buffer %s".formatted(key.name()));
	}

	/**
	 * Refuses further uses.
	 */
	void close() {
		var _ = this.regions.close();
	}

	/**
	 * Ends the registration and frees the memory, after whatever was made of it has ended
	 * (rule 9).
	 * @param executor frees the memory: the last use may end on a thread of the engine
	 * @return completes when the memory is gone
	 */
	CompletableFuture<Void> free(Executor executor) {
		return CompletableFuture.allOf(this.regions.close(), this.engine.unregister(this.io)).thenRunAsync(() -> {
			try {
				this.memory.free();
			}
			catch (ErrnoException ex) {
				throw new CompletionException(ex);
			}
		}, executor);
	}

}
