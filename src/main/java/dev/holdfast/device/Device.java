package dev.holdfast.device;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.holdfast.engine.IoDevice;
import dev.holdfast.engine.IoEngine;
import org.jspecify.annotations.Nullable;

/**
 * A device that is attached: its identity, where things are on it, and the handle for
 * I/O. Immutable but for its state; any thread. {@link #close()} comes once nothing uses
 * it any more.
 */
public final class Device implements AutoCloseable {

	private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

	private final String name;

	private final long generation;

	private final IoEngine engine;

	private final BlockFile file;

	private final IoDevice io;

	private final RegisteredMemory memory;

	private final LabelStore labels;

	private final DeviceBytes bytes;

	private final Runnable onClose;

	private @Nullable CompletableFuture<Void> detaching;

	private boolean closed;

	private volatile DeviceState state = DeviceState.ONLINE;

	Device(String name, long generation, IoEngine engine, BlockFile file, IoDevice io, RegisteredMemory memory,
			LabelStore labels, DeviceBytes bytes, Runnable onClose) {
		this.name = name;
		this.generation = generation;
		this.engine = engine;
		this.file = file;
		this.io = io;
		this.memory = memory;
		this.labels = labels;
		this.bytes = bytes;
		this.onClose = onClose;
	}

	/**
	 * Identity: the label's, whatever name or path the device has.
	 * @return the label's UUID
	 */
	public UUID uuid() {
		return this.labels.label().device();
	}

	public String name() {
		return this.name;
	}

	/**
	 * Where it was opened. For operators only.
	 * @return a path of the server
	 */
	public Path path() {
		return this.file.path();
	}

	/**
	 * What operations name.
	 * @return the engine's handle
	 */
	public IoDevice io() {
		return this.io;
	}

	public IoEngine engine() {
		return this.engine;
	}

	/**
	 * Size in whole blocks.
	 * @return bytes
	 */
	public long size() {
		return this.file.size();
	}

	/**
	 * Logical block size.
	 * @return bytes
	 */
	public int blockSize() {
		return this.file.blockSize();
	}

	public boolean blockDevice() {
		return this.file.blockDevice();
	}

	public Geometry geometry() {
		return this.labels.label().geometry();
	}

	/**
	 * Grows each time the device is attached.
	 * @return 1 for the first time since the start
	 */
	public long generation() {
		return this.generation;
	}

	public DeviceState state() {
		return this.state;
	}

	/**
	 * Operations accepted and not yet released.
	 * @return a snapshot
	 */
	public int inFlight() {
		return this.io.inFlight();
	}

	public LabelStore labels() {
		return this.labels;
	}

	/**
	 * For preparing extents, one thread at a time; the label has its own.
	 * @return access to the device's blocks
	 */
	public DeviceBytes bytes() {
		return this.bytes;
	}

	/**
	 * Refuses new operations, waits for those accepted, and lets go of the device: the
	 * descriptor is closed last, once the kernel holds no other reference to it.
	 * @throws IOException if that does not end within 30 s: then descriptor and memory
	 * are left alone until the process ends
	 */
	@Override
	public void close() throws IOException {
		close(CLOSE_LIMIT);
	}

	synchronized void close(Duration limit) throws IOException {
		if (this.closed) {
			return;
		}
		this.state = DeviceState.DETACHED;
		if (this.detaching == null) {
			this.detaching = this.engine.detach(this.io);
		}
		awaitDetached(this.detaching, limit);
		this.memory.close();
		this.file.close();
		this.onClose.run();
		this.closed = true;
	}

	private void awaitDetached(CompletableFuture<Void> detached, Duration limit) throws IOException {
		try {
			detached.get(limit.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			throw new IOException("%d operations on device %s did not end within %s: the kernel still has them"
				.formatted(this.io.inFlight(), this.name, limit), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException(
					"interrupted while operations on device %s were awaited".formatted(this.name));
		}
		catch (ExecutionException ex) {
			throw new IOException("Device %s was not let go of".formatted(this.name), ex);
		}
	}

}
