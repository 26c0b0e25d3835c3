package dev.holdfast.device;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

import dev.holdfast.engine.DeviceFile;
import dev.holdfast.engine.DeviceLimits;
import dev.holdfast.engine.EngineStatistics;
import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.IoDevice;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoKind;
import dev.holdfast.engine.IoOperation;
import dev.holdfast.engine.OperationAccess;
import dev.holdfast.engine.Premapping;
import dev.holdfast.uring.sys.Errno;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what an engine is asked to do, and can be told to take no more.
 */
public final class RecordingEngine implements IoEngine {

	private final IoEngine engine;

	private final List<Call> calls = new CopyOnWriteArrayList<>();

	private final List<IoOperation> held = new ArrayList<>();

	private @Nullable IoKind holding;

	/** Or any, if {@code null}. */
	private @Nullable String holdingOn;

	private volatile Consumer<IoOperation> before = (operation) -> {
	};

	private volatile Predicate<IoOperation> broken = (operation) -> false;

	private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);

	public RecordingEngine(IoEngine engine) {
		this.engine = engine;
	}

	/**
	 * What changed the device or made changes durable, since the last call of this.
	 */
	public List<Call> changes() {
		List<Call> changes = this.calls.stream().filter((call) -> call.kind() != IoKind.READ).toList();
		this.calls.clear();
		return changes;
	}

	/**
	 * Everything, since the last call of this.
	 */
	public List<Call> calls() {
		List<Call> all = List.copyOf(this.calls);
		this.calls.clear();
		return all;
	}

	/**
	 * Takes so many operations that change something and then throws.
	 */
	public void refuseAfter(int operations) {
		this.left.set(operations);
	}

	/**
	 * Fails operations with {@code EIO} from now on, as bad blocks do.
	 */
	public void fail(Predicate<IoOperation> operations) {
		this.broken = operations;
	}

	/**
	 * Does something the moment before an operation is handed over.
	 */
	public void before(Consumer<IoOperation> action) {
		this.before = action;
	}

	@Override
	public boolean submit(IoOperation operation) {
		return record(operation) || fails(operation) || this.engine.submit(operation);
	}

	@Override
	public boolean submitMore(IoOperation operation) {
		return record(operation) || fails(operation) || this.engine.submitMore(operation);
	}

	private boolean fails(IoOperation operation) {
		boolean fails = this.broken.test(operation);
		if (fails) {
			Thread.startVirtualThread(() -> OperationAccess.end(operation, Errno.EIO));
		}
		return fails;
	}

	@Override
	public void begin() {
		this.engine.begin();
	}

	/** Whether it is held. */
	private boolean record(IoOperation operation) {
		this.before.accept(operation);
		if (operation.kind() != IoKind.READ) {
			if (this.left.getAndUpdate((before) -> Math.max(0, before - 1)) == 0) {
				throw new IllegalStateException("refused by the test");
			}
		}
		this.calls.add(new Call(operation.kind(), operation.offset(), operation.length()));
		synchronized (this.held) {
			if (operation.kind() == this.holding && (this.holdingOn == null
					|| this.holdingOn.equals(Objects.requireNonNull(operation.device()).name()))) {
				this.held.add(operation);
				return true;
			}
		}
		return false;
	}

	/**
	 * Keeps operations of a kind to itself from now on, as a device that is slow does.
	 */
	public void hold(IoKind kind) {
		hold(kind, null);
	}

	/**
	 * The same for one device.
	 */
	public void hold(IoKind kind, @Nullable String device) {
		synchronized (this.held) {
			this.holding = kind;
			this.holdingOn = device;
		}
	}

	public int held() {
		synchronized (this.held) {
			return this.held.size();
		}
	}

	/**
	 * Lets go of what it holds, and holds no more.
	 */
	public void release() {
		synchronized (this.held) {
			this.holding = null;
			this.held.forEach(this.engine::submit);
			this.held.clear();
		}
	}

	@Override
	public String name() {
		return this.engine.name();
	}

	@Override
	public List<String> findings() {
		return this.engine.findings();
	}

	@Override
	public IoDevice attach(DeviceFile file, DeviceLimits limits) {
		return this.engine.attach(file, limits);
	}

	@Override
	public CompletableFuture<Void> detach(IoDevice device) {
		return this.engine.detach(device);
	}

	@Override
	public CompletableFuture<IoBuffer> register(MemorySegment memory) {
		return this.engine.register(memory);
	}

	@Override
	public CompletableFuture<Void> unregister(IoBuffer buffer) {
		return this.engine.unregister(buffer);
	}

	@Override
	public long lockedBytes() {
		return this.engine.lockedBytes();
	}

	@Override
	public Premapping premapping() {
		return this.engine.premapping();
	}

	@Override
	public void weigh(IoDevice device, int flow, int weight) {
		this.engine.weigh(device, flow, weight);
	}

	@Override
	public void cancel(IoOperation operation) {
		this.engine.cancel(operation);
	}

	@Override
	public @Nullable String failure() {
		return this.engine.failure();
	}

	@Override
	public EngineStatistics statistics() {
		return this.engine.statistics();
	}

	@Override
	public int close(Duration limit) {
		return this.engine.close(limit);
	}

	/**
	 * An operation as it was submitted.
	 */
	public record Call(IoKind kind, long offset, long length) {

	}

}
