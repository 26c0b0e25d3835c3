package dev.holdfast.powerloss;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

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
import dev.holdfast.engine.Tier;
import dev.holdfast.uring.sys.Errno;
import org.jspecify.annotations.Nullable;

/**
 * An engine with devices in memory, up to the moment the power goes. Each submission and
 * each completion is a step; at the step it was armed for, what is not durable is dropped
 * or torn, on all devices, and all that is in flight or comes later fails. Operations in
 * flight complete in any order. One thread.
 */
final class PowerLossEngine implements IoEngine {

	private final Map<String, ModelDrive> drives;

	private final Random random;

	private final Sabotage sabotage;

	private final List<Flight> flights = new ArrayList<>();

	private final Map<String, CompletableFuture<Void>> detaching = new HashMap<>();

	private long clock;

	private long stepsLeft = Long.MAX_VALUE;

	private int failsOneIn;

	private boolean dead;

	/**
	 * An engine over what is left on the drives, whether they are attached or not.
	 */
	PowerLossEngine(List<ModelDrive> drives, Random random, Sabotage sabotage) {
		this.drives = drives.stream().collect(Collectors.toMap(ModelDrive::name, (drive) -> drive));
		this.random = random;
		this.sabotage = sabotage;
	}

	/**
	 * From now on one of so many operations fails, done or not; 0 for none.
	 */
	void failOneIn(int operations) {
		this.failsOneIn = operations;
	}

	/**
	 * Whether operations may fail while there is power.
	 */
	boolean shaky() {
		return this.failsOneIn > 0;
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
			change(operation, false);
			OperationAccess.end(operation, Errno.EIO);
		}
		endDetaching();
		this.drives.values().stream().sorted(Comparator.comparing(ModelDrive::name)).forEach((drive) -> {
			drive.medium().cut(this.random);
		});
	}

	/**
	 * Does what is not the drives', and durable at once. If the power goes meanwhile it
	 * may be done or not.
	 * @throws UncheckedIOException if the power has gone
	 */
	void store(Runnable change) {
		boolean powered = !this.dead;
		boolean survived = step();
		if (survived || (powered && this.random.nextBoolean())) {
			change.run();
		}
		if (!survived) {
			throw new UncheckedIOException(new IOException("no power"));
		}
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
			endDetaching();
		}
	}

	private void endDetaching() {
		this.detaching.forEach((device, ending) -> {
			if (this.flights.stream().noneMatch((flight) -> drive(flight.operation).name().equals(device))) {
				ending.complete(null);
			}
		});
	}

	private Flight takeAny() {
		return this.flights.remove(this.random.nextInt(this.flights.size()));
	}

	private int perform(Flight flight) {
		IoOperation operation = flight.operation;
		ModelDrive drive = drive(operation);
		if (this.failsOneIn > 0 && this.random.nextInt(this.failsOneIn) == 0) {
			if (this.random.nextBoolean()) {
				change(operation, false);
			}
			return Errno.EIO;
		}
		switch (operation.kind()) {
			case READ -> drive.medium().read(operation.offset(), memory(operation));
			case FLUSH -> drive.medium().flush(flight.submitted);
			case ZERO -> {
				if (!drive.zeroes()) {
					return Errno.EOPNOTSUPP;
				}
				change(operation, false);
			}
			case WRITE, DISCARD -> change(operation, operation.fua() && !flight.sabotaged);
		}
		return 0;
	}

	private void change(IoOperation operation, boolean durable) {
		ModelDrive drive = drive(operation);
		VolatileMedium medium = drive.medium();
		switch (operation.kind()) {
			case WRITE -> medium.write(operation.offset(), bytes(operation), this.clock, durable);
			case ZERO -> {
				if (drive.zeroes()) {
					medium.zero(operation.offset(), operation.length(), this.clock);
				}
			}
			case DISCARD -> {
				if (drive.discards()) {
					medium.discard(operation.offset(), operation.length(), this.clock, this.random);
				}
			}
			case READ, FLUSH -> {
			}
		}
	}

	private ModelDrive drive(IoOperation operation) {
		return Objects.requireNonNull(this.drives.get(Objects.requireNonNull(operation.device()).name()));
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
	public boolean submitMore(IoOperation operation) {
		return submit(operation);
	}

	@Override
	public void begin() {
		// What is submitted has begun.
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
		CompletableFuture<Void> ending = new CompletableFuture<>();
		this.detaching.put(device.name(), ending);
		endDetaching();
		return ending;
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
	public long lockedBytes() {
		return 0;
	}

	@Override
	public Premapping premapping() {
		throw new UnsupportedOperationException("nothing is mapped here");
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

		@Override
		public IoBuffer plain() {
			return this;
		}

	}

}
