package dev.holdfast.engine;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

/**
 * An engine made of loops. Each device belongs to one loop, the one with the fewest, so
 * that its caps need no lock.
 */
final class LoopEngine implements IoEngine {

	private static final int HEAVIEST = 1000;

	private final String name;

	private final List<String> findings;

	private final List<EngineLoop> loops;

	private final @Nullable Registrar registrar;

	private final String noRegistrar;

	private final Premapping premapping;

	private final long ringBytes;

	private final Set<LoopDevice> devices = ConcurrentHashMap.newKeySet();

	private final Set<LoopBuffer> buffers = ConcurrentHashMap.newKeySet();

	private final FileSlots slots;

	private volatile boolean closed;

	LoopEngine(String name, List<String> findings, List<EngineLoop> loops, int files, @Nullable Registrar registrar,
			String noRegistrar, Premapping premapping, long ringBytes) {
		this.name = name;
		this.findings = List.copyOf(findings);
		this.loops = List.copyOf(loops);
		this.slots = new FileSlots(loops.size(), files);
		this.registrar = registrar;
		this.noRegistrar = noRegistrar;
		this.premapping = premapping;
		this.ringBytes = ringBytes;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public List<String> findings() {
		return this.findings;
	}

	@Override
	public IoDevice attach(DeviceFile file, DeviceLimits limits) {
		refuseIfClosed();
		FileSlots.Slot slot = this.slots.take();
		EngineLoop loop = this.loops.get(slot.loop());
		LoopDevice device = new LoopDevice(loop, file, limits, slot);
		try {
			loop.call(() -> {
				loop.backend().putFile(slot.number(), file);
				loop.add(device);
				return device;
			}).join();
		}
		catch (CompletionException ex) {
			this.slots.give(slot);
			throw new IllegalStateException("device " + file.name() + " cannot be used", ex.getCause());
		}
		this.devices.add(device);
		return device;
	}

	@Override
	public CompletableFuture<Void> detach(IoDevice device) {
		LoopDevice own = own(device);
		if (!this.devices.remove(own)) {
			return own.gone;
		}
		return own.close().thenCompose((nothing) -> {
			own.loop.send(() -> own.loop.remove(own));
			return own.gone;
		}).thenRun(() -> this.slots.give(own.place));
	}

	@Override
	public CompletableFuture<IoBuffer> register(MemorySegment memory) {
		refuseIfClosed();
		CompletableFuture<IoBuffer> made = (this.registrar != null) ? this.registrar.register(memory)
				: CompletableFuture.completedFuture(LoopBuffer.plain(memory, this.noRegistrar));
		return made.thenApply((buffer) -> {
			this.buffers.add((LoopBuffer) buffer);
			return buffer;
		});
	}

	@Override
	public CompletableFuture<Void> unregister(IoBuffer buffer) {
		LoopBuffer own = (LoopBuffer) buffer;
		if (!this.buffers.remove(own)) {
			return own.close();
		}
		return (this.registrar != null) ? this.registrar.unregister(own) : own.close();
	}

	@Override
	public long lockedBytes() {
		return this.ringBytes + this.buffers.stream()
			.filter((buffer) -> buffer.tier() == Tier.BVEC)
			.mapToLong((buffer) -> buffer.memory().byteSize())
			.sum();
	}

	@Override
	public Premapping premapping() {
		return this.premapping;
	}

	@Override
	public boolean submit(IoOperation operation) {
		return submit(operation, true);
	}

	@Override
	public boolean submitMore(IoOperation operation) {
		return submit(operation, false);
	}

	@Override
	public void begin() {
		this.loops.forEach(EngineLoop::wake);
	}

	private boolean submit(IoOperation operation, boolean last) {
		refuseIfClosed();
		LoopDevice device = own(operation.device());
		if (!device.acquire()) {
			return false;
		}
		if (operation.buffer instanceof LoopBuffer buffer && !buffer.acquire()) {
			device.release();
			throw new BufferClosedException();
		}
		operation.submittedNanos = System.nanoTime();
		operation.dispatchedNanos = 0;
		operation.progress.countSubmission();
		if (device.loop.offer(operation, last)) {
			return true;
		}
		if (operation.buffer instanceof LoopBuffer buffer) {
			buffer.release();
		}
		device.release();
		return false;
	}

	@Override
	public void weigh(IoDevice device, int flow, int weight) {
		Objects.checkIndex(flow, IoOperation.FLOWS);
		if (weight < 1 || weight > HEAVIEST) {
			throw new IllegalArgumentException("a weight is from 1 to " + HEAVIEST);
		}
		LoopDevice own = own(device);
		own.loop.send(() -> own.weigh(flow, weight));
	}

	@Override
	public void cancel(IoOperation operation) {
		long submission = operation.progress.submission;
		EngineLoop loop = own(operation.device()).loop;
		loop.send(() -> loop.cancel(operation, submission));
	}

	@Override
	public EngineStatistics statistics() {
		List<EngineStatistics.DeviceLine> lines = new ArrayList<>();
		List<EngineStatistics.ErrorLine> errors = new ArrayList<>();
		for (LoopDevice device : this.devices) {
			lines.addAll(device.counters.lines(device.name()));
			errors.addAll(device.counters.errors(device.name()));
		}
		List<EngineStatistics.RingLine> rings = new ArrayList<>();
		for (int i = 0; i < this.loops.size(); i++) {
			EngineLoop loop = this.loops.get(i);
			Backend backend = loop.backend();
			rings.add(new EngineStatistics.RingLine(i, backend.enters(), backend.submitted(), backend.overflows(),
					loop.listenerFailures()));
		}
		return new EngineStatistics(lines, errors, rings);
	}

	@Override
	public int close(Duration limit) {
		if (this.closed) {
			return 0;
		}
		this.closed = true;
		List<LoopDevice> open = List.copyOf(this.devices);
		CompletableFuture<?>[] detached = open.stream().map(this::detach).toArray(CompletableFuture<?>[]::new);
		CompletableFuture<?>[] freed = List.copyOf(this.buffers)
			.stream()
			.map(this::unregister)
			.toArray(CompletableFuture<?>[]::new);
		try {
			CompletableFuture.allOf(CompletableFuture.allOf(detached), CompletableFuture.allOf(freed))
				.get(limit.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			return open.stream().mapToInt(LoopDevice::inFlight).sum();
		}
		catch (ExecutionException ex) {
			// What could not be given back one by one goes with the rings, unless I/O is
			// out.
			int left = open.stream().mapToInt(LoopDevice::inFlight).sum();
			if (left > 0) {
				return left;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return open.stream().mapToInt(LoopDevice::inFlight).sum();
		}
		CompletableFuture.allOf(this.loops.stream().map(EngineLoop::stop).toArray(CompletableFuture<?>[]::new))
			.handle((nothing, failure) -> null)
			.join();
		if (this.registrar != null) {
			this.registrar.close();
		}
		return 0;
	}

	@Override
	public @Nullable String failure() {
		for (EngineLoop loop : this.loops) {
			Throwable failure = loop.failure();
			if (failure != null) {
				return "an I/O loop has ended: " + failure.getMessage();
			}
		}
		return null;
	}

	private void refuseIfClosed() {
		if (this.closed) {
			throw new IllegalStateException("the engine is closed");
		}
	}

	private static LoopDevice own(IoDevice device) {
		if (device instanceof LoopDevice own) {
			return own;
		}
		throw new IllegalArgumentException("not a device of this engine");
	}

}
