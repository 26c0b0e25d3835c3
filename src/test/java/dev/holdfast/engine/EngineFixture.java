package dev.holdfast.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.Posix;

/**
 * An engine with one device and memory, torn down in order.
 */
final class EngineFixture implements AutoCloseable {

	static final int KIB = 1024;

	static final int MIB = 1024 * KIB;

	private final Deque<Runnable> undo = new ArrayDeque<>();

	private final IoEngine engine;

	private final int descriptor;

	private final IoDevice device;

	EngineFixture(EngineKind kind, Path path, boolean blockDevice, DeviceLimits limits) {
		this(kind.open(), path, blockDevice, limits);
	}

	private EngineFixture(IoEngine engine, Path path, boolean blockDevice, DeviceLimits limits) {
		this.engine = engine;
		try {
			this.descriptor = Posix.open(path, Posix.O_RDWR | Posix.O_DIRECT);
			this.undo.push(() -> close(this.descriptor));
			int blockSize = blockDevice ? Posix.logicalBlockSize(this.descriptor) : 4096;
			this.device = this.engine.attach(new DeviceFile("d0", this.descriptor, blockDevice, blockSize), limits);
		}
		catch (ErrnoException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static EngineFixture onFile(EngineKind kind, Path directory, long size) {
		return onFile(kind, directory, size, DeviceLimits.DEFAULT);
	}

	static EngineFixture onFile(EngineKind kind, Path directory, long size, DeviceLimits limits) {
		return onFile(kind.open(), directory, size, limits);
	}

	static EngineFixture onFile(IoEngine engine, Path directory, long size, DeviceLimits limits) {
		try {
			Path file = Files.createTempFile(directory, "engine", ".img");
			int descriptor = Posix.open(file, Posix.O_RDWR);
			Posix.truncate(descriptor, size);
			Posix.close(descriptor);
			return new EngineFixture(engine, file, false, limits);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	IoEngine engine() {
		return this.engine;
	}

	IoDevice device() {
		return this.device;
	}

	int descriptor() {
		return this.descriptor;
	}

	IoBuffer buffer(long size) {
		try {
			MemorySegment memory = Posix.mapMemory("test", size);
			this.undo.push(() -> unmap(memory));
			return this.engine.register(memory).join();
		}
		catch (ErrnoException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	SyncIo io() {
		return new SyncIo(this.engine);
	}

	void write(long offset, IoBuffer buffer, long bufferOffset, long length) throws IoFailedException {
		SyncIo io = io();
		io.operation().write(this.device, offset, buffer, bufferOffset, length, false);
		io.run();
	}

	void read(long offset, IoBuffer buffer, long bufferOffset, long length) throws IoFailedException {
		SyncIo io = io();
		io.operation().read(this.device, offset, buffer, bufferOffset, length);
		io.run();
	}

	static void fillRandom(MemorySegment memory, long seed) {
		Random random = new Random(seed);
		for (long i = 0; i < memory.byteSize() / Long.BYTES; i++) {
			memory.setAtIndex(ValueLayout.JAVA_LONG, i, random.nextLong());
		}
	}

	private static void close(int descriptor) {
		try {
			Posix.close(descriptor);
		}
		catch (ErrnoException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void unmap(MemorySegment memory) {
		try {
			Posix.unmap(memory);
		}
		catch (ErrnoException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.engine.close();
		this.undo.forEach(Runnable::run);
	}

}
