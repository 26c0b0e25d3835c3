package dev.holdfast.device;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletionException;

import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.Posix;

/**
 * Memory of the service's own ({@code memfd}), registered with the engine. Given back in
 * the right order: unregistered first, unmapped only once the kernel has let go of it.
 */
public final class RegisteredMemory implements AutoCloseable {

	private final IoEngine engine;

	private final IoBuffer buffer;

	private RegisteredMemory(IoEngine engine, IoBuffer buffer) {
		this.engine = engine;
		this.buffer = buffer;
	}

	/**
	 * Maps and registers memory.
	 * @param engine that is to use it
	 * @param name shown in {@code /proc/self/maps}
	 * @param bytes a multiple of the page size
	 * @return the memory; it is zero
	 * @throws ErrnoException if there is no memory
	 */
	public static RegisteredMemory open(IoEngine engine, String name, long bytes) throws ErrnoException {
		MemorySegment memory = Posix.mapMemory(name, bytes);
		try {
			return new RegisteredMemory(engine, engine.register(memory).join());
		}
		catch (CompletionException | IllegalStateException ex) {
			Posix.unmap(memory);
			throw ex;
		}
	}

	public IoBuffer buffer() {
		return this.buffer;
	}

	/**
	 * Blocks until no operation names the memory, then unmaps it.
	 */
	@Override
	public void close() throws ErrnoException {
		this.engine.unregister(this.buffer).join();
		Posix.unmap(this.buffer.memory());
	}

}
