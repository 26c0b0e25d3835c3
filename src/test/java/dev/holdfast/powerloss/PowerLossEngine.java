package dev.holdfast.powerloss;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.engine.DeviceFile;
import dev.holdfast.engine.DeviceLimits;
import dev.holdfast.engine.EngineStatistics;
import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.IoDevice;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoKind;
import dev.holdfast.engine.IoOperation;
import dev.holdfast.engine.OperationAccess;
import dev.holdfast.engine.Tier;
import dev.holdfast.uring.sys.Errno;
import org.jspecify.annotations.Nullable;

/**
 * An engine with one device in memory, up to the moment the power goes. Each submission
 * and each completion is a step; at the step it was armed for, what is not durable is
 * dropped or torn, and all that is in flight or comes later fails. Operations in flight
 * complete in any order. One thread.
 */
final class PowerLossEngine implements IoEngine {

	private final VolatileMedium medium;

	private final Random random;

	private final Sabotage sabotage;

	private final boolean zeroes;

	private final List<Flight> flights = new ArrayList<>();

	private long clock;

	private long stepsLeft = Long.MAX_VALUE;

	private boolean dead;

	/**
	 * An engine over what is left of the one before.
	 * @param zeroes whether the device has a command for zeroes
	 */
	PowerLossEngine(VolatileMedium medium, Random random, Sabotage sabotage, boolean zeroes) {
		this.medium = medium;
		this.random = random;
		this.sabotage = sabotage;
		this.zeroes = zeroes;
	}

	/**
	 * Lets the power go after so many more steps.
	 */
	void cutAfter(long steps) {
		this.stepsLeft = steps;
	}

	boolean dead() {
		return this.dead;
	}

	/**
	 * The power goes now. What is in flight may have reached the device or not.
	 */
	void cut() {
		this.dead = true;
		while (!this.flights.isEmpty()) {
			IoOperation operation = takeAny().operation;
			if (operation.kind() == IoKind.WRITE) {
				this.medium.write(operation.offset(), bytes(operation), this.clock, false);
			}
			else if (operation.kind() == IoKind.ZERO) {
				this.medium.zero(operation.offset(), operation.length(), this.clock);
			}
			OperationAccess.end(operation, Errno.EIO);
		}
		this.medium.cut(this.random);
	}

	boolean busy() {
		return !this.flights.isEmpty();
	}

	/**
	 * Completes one of the operations in flight.
	 */
	void completeOne() {
		if (step()) {
			Flight flight = takeAny();
			OperationAccess.end(flight.operation, perform(flight));
		}
	}

	private Flight takeAny() {
		return this.flights.remove(this.random.nextInt(this.flights.size()));
	}

	private int perform(Flight flight) {
		IoOperation operation = flight.operation;
		switch (operation.kind()) {
			case READ -> this.medium.read(operation.offset(), memory(operation));
			case WRITE -> this.medium.write(operation.offset(), bytes(operation), this.clock,
					operation.fua() && !flight.sabotaged);
			case ZERO -> {
				if (!this.zeroes) {
					return Errno.EOPNOTSUPP;
				}
				this.medium.zero(operation.offset(), operation.length(), this.clock);
			}
			case FLUSH -> this.medium.flush(flight.submitted);
			case DISCARD -> {
				return Errno.EOPNOTSUPP;
			}
		}
		return 0;
	}

	private static MemorySegment memory(IoOperation operation) {
		return Objects.requireNonNull(operation.buffer())
			.memory()
			.asSlice(OperationAccess.bufferOffset(operation), operation.length());
	}

	private static byte[] bytes(IoOperation operation) {
		return memory(operation).toArray(ValueLayout.JAVA_BYTE);
	}

	/**
	 * One step on.
	 * @return whether there is power still
	 */
	private boolean step() {
		this.clock++;
		if (!this.dead && --this.stepsLeft <= 0) {
			cut();
		}
		return !this.dead;
	}

	@Override
	public boolean submit(IoOperation operation) {
		boolean durable = operation.kind() == IoKind.FLUSH || operation.fua();
		boolean sabotaged = durable && this.sabotage.hits(operation);
		if (sabotaged && operation.kind() == IoKind.FLUSH) {
			// As if it were not in the code: no step either.
			OperationAccess.end(operation, this.dead ? Errno.EIO : 0);
		}
		else if (step()) {
			this.flights.add(new Flight(operation, this.clock, sabotaged));
		}
		else {
			OperationAccess.end(operation, Errno.EIO);
		}
		return true;
	}

	@Override
	public String name() {
		return "power-loss";
	}

	@Override
	public List<String> findings() {
		return List.of();
	}

	@Override
	public @Nullable String failure() {
		return null;
	}

	@Override
	public IoDevice attach(DeviceFile file, DeviceLimits limits) {
		return new ModelDevice(file.name(), file.blockSize(), 0);
	}

	@Override
	public CompletableFuture<Void> detach(IoDevice device) {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<IoBuffer> register(MemorySegment memory) {
		return CompletableFuture.completedFuture(new ModelBuffer(memory, Tier.NONE, "a model needs none"));
	}

	@Override
	public CompletableFuture<Void> unregister(IoBuffer buffer) {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public void weigh(IoDevice device, int flow, int weight) {
		throw new UnsupportedOperationException("turns do not matter here");
	}

	@Override
	public void cancel(IoOperation operation) {
		throw new UnsupportedOperationException("nothing is cancelled without a deadline");
	}

	@Override
	public EngineStatistics statistics() {
		return new EngineStatistics(List.of(), List.of(), List.of());
	}

	@Override
	public int close(Duration limit) {
		return this.flights.size();
	}

	private record Flight(IoOperation operation, long submitted, boolean sabotaged) {

	}

	private record ModelDevice(String name, int blockSize, int inFlight) implements IoDevice {

	}

	private record ModelBuffer(MemorySegment memory, Tier tier, @Nullable String refusal) implements IoBuffer {

	}

}
