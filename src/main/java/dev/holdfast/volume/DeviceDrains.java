package dev.holdfast.volume;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceFollower;
import dev.holdfast.device.DeviceState;
import dev.holdfast.device.DeviceStatus;
import dev.holdfast.device.Devices;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.KnownDevice;
import dev.holdfast.operation.Operation;
import dev.holdfast.operation.OperationSnapshot;
import dev.holdfast.operation.OperationSpec;
import dev.holdfast.operation.Operations;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Empties devices while their volumes are used: each is an operation that a restart
 * resumes and that may be cancelled. A device that is being emptied, or has been, gets
 * nothing new until it is detached or resumed. Any thread.
 */
public final class DeviceDrains implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(DeviceDrains.class);

	private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

	private static final JsonMapper JSON = new JsonMapper();

	private final Volumes volumes;

	private final Devices devices;

	private final Operations operations;

	/** By the device that is emptied. */
	private final Map<UUID, DrainTask> running = new ConcurrentHashMap<>();

	/** A restart has interrupted them, and not all of their devices are here. */
	private final Map<UUID, Interrupted> waiting = new ConcurrentHashMap<>();

	private volatile boolean closed;

	public DeviceDrains(Volumes volumes, Devices devices, Operations operations) {
		this.volumes = volumes;
		this.devices = devices;
		this.operations = operations;
	}

	/**
	 * Moves everything on a device to the others.
	 * @param name of the device
	 * @return the operation, also if it was begun before
	 * @throws ProblemException {@link Problem#NOT_FOUND};
	 * {@link Problem#DEVICE_NOT_ONLINE}; {@link Problem#NO_SPACE} if the others have not
	 * enough; {@link Problem#IN_USE} if it is being replaced
	 */
	public synchronized OperationSnapshot drain(String name) {
		return begin(online(name), null);
	}

	/**
	 * Moves everything on a device to another one.
	 * @param name of the device
	 * @param replacement name of the other
	 * @return the operation, also if it was begun before
	 * @throws ProblemException as for {@link #drain}, and {@link Problem#NOT_SUPPORTED}
	 * if volumes have smaller blocks than the other device
	 */
	public synchronized OperationSnapshot replace(String name, String replacement) {
		Device from = online(name);
		Device to = online(replacement);
		if (to.equals(from)) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, "A device does not replace itself");
		}
		if (to.draining()) {
			throw notOnline(replacement, DeviceState.DRAINING);
		}
		return begin(from, to);
	}

	private Device online(String name) {
		DeviceStatus status = this.devices.get(name);
		Device device = status.device();
		if (device == null || device.state() != DeviceState.ONLINE) {
			throw notOnline(name, status.state());
		}
		return device;
	}

	private static ProblemException notOnline(String name, DeviceState state) {
		return new ProblemException(Problem.DEVICE_NOT_ONLINE, "Device %s is %s".formatted(name, state.label()))
			.with("deviceState", state.label());
	}

	private OperationSnapshot begin(Device from, @Nullable Device to) {
		goOn();
		DrainOrder order = new DrainOrder(from.uuid(), (to != null) ? to.uuid() : null);
		Map<DrainOrder, OperationSnapshot> begun = begun();
		for (Map.Entry<DrainOrder, OperationSnapshot> each : begun.entrySet()) {
			if (each.getKey().equals(order)) {
				return each.getValue();
			}
			boolean leaves = from.uuid().equals(each.getKey().device());
			if (leaves || from.uuid().equals(each.getKey().replacement())) {
				throw new ProblemException(Problem.IN_USE,
						"Device %s is %s already: wait for that, or cancel it".formatted(from.name(),
								leaves ? "being emptied" : "taking another's place"))
					.with("operation", each.getValue().id());
			}
		}
		DeviceSpace space = space(from);
		requireRoom(space, to);
		Operation operation = this.operations.begin(new OperationSpec(order.kind(), null, "devices/" + from.name(),
				"bytes", volumeBytes(space), JSON.writeValueAsString(order)));
		try {
			this.devices.drain(from.name(), true);
		}
		catch (ProblemException ex) {
			operation.fail(ex);
			throw ex;
		}
		return start(order, space, operation).operation();
	}

	/**
	 * What has been begun and not ended, also where that waits for devices.
	 */
	private Map<DrainOrder, OperationSnapshot> begun() {
		Map<DrainOrder, OperationSnapshot> begun = new HashMap<>();
		this.running.values().forEach((task) -> begun.put(task.order(), task.operation()));
		this.waiting.values().forEach((waits) -> begun.put(waits.order(), waits.operation().snapshot()));
		return begun;
	}

	private DeviceSpace space(Device device) {
		DeviceSpace space = this.volumes.space(device.uuid());
		if (space == null) {
			throw notOnline(device.name(), DeviceState.DETACHED);
		}
		return space;
	}

	/**
	 * How much volumes have on a device.
	 * @return bytes
	 */
	static long volumeBytes(DeviceSpace space) {
		return space.records()
			.stream()
			.flatMap((record) -> ExtentRange.of(record, space.uuid()).stream())
			.mapToLong((range) -> range.count() * Geometry.EXTENT_SIZE)
			.sum();
	}

	/**
	 * What is known before anything is moved.
	 */
	private void requireRoom(DeviceSpace from, @Nullable Device to) {
		if (to != null) {
			from.records().forEach((record) -> Allocator.requireBlockSize(space(to), record.blockSize()));
		}
		long wanted = volumeBytes(from);
		long room = this.devices.attached()
			.stream()
			.filter((device) -> (to != null) ? device.equals(to) : !device.equals(from.device()))
			.filter((device) -> device.state() == DeviceState.ONLINE)
			.mapToLong((device) -> space(device).available() * Geometry.EXTENT_SIZE)
			.sum();
		if (room < wanted) {
			throw new ProblemException(Problem.NO_SPACE, "Device %s has volumes of %d bytes, and there is room for %d"
				.formatted(from.device().name(), wanted, room)).with("freeBytes", room);
		}
	}

	private DrainTask start(DrainOrder order, DeviceSpace space, Operation operation) {
		DrainTask task = new DrainTask(this.volumes, order, space, operation, () -> this.closed, this::ended);
		this.running.put(order.device(), task);
		task.start();
		return task;
	}

	private synchronized void ended(DrainTask task, boolean emptied) {
		this.running.remove(task.order().device(), task);
		if (!emptied) {
			takeBack(task.space().device().name());
		}
	}

	private void takeBack(String name) {
		try {
			this.devices.drain(name, false);
			DeviceSpace space = this.volumes.space(this.devices.get(name).known().uuid());
			if (space != null) {
				space.wakeScrub();
			}
		}
		catch (ProblemException ex) {
			log.warn("Device {} is not known to be in use again: {}", name, ex.getMessage());
		}
	}

	/**
	 * Has a device that was emptied used again. One that is being emptied goes on: its
	 * operation may be cancelled.
	 * @throws ProblemException {@link Problem#NOT_FOUND}
	 */
	public synchronized void resume(String name) {
		DeviceStatus status = this.devices.get(name);
		UUID device = status.known().uuid();
		if (status.state() == DeviceState.DRAINING && !this.running.containsKey(device)
				&& !this.waiting.containsKey(device)) {
			takeBack(name);
		}
	}

	/**
	 * Goes on with what a restart has interrupted, once its devices are here.
	 */
	public void resume() {
		this.devices.follow(new Arrivals());
		for (String kind : DrainOrder.KINDS) {
			for (Operation operation : this.operations.unfinished(kind)) {
				try {
					resume(JSON.readValue(operation.spec().detail(), DrainOrder.class), operation);
				}
				catch (JacksonException ex) {
					log.warn("Operation {} cannot be resumed", operation.id(), ex);
					operation.fail(new ProblemException(Problem.NOT_SUPPORTED,
							"It was begun by a release that kept it in another form: ask for it again"));
				}
			}
		}
	}

	private synchronized void resume(DrainOrder order, Operation operation) {
		this.waiting.put(order.device(), new Interrupted(order, operation));
		operation.onCancel(() -> giveUp(order.device()));
		goOn();
	}

	/**
	 * Goes on with those whose devices are here by now.
	 */
	private synchronized void goOn() {
		for (Interrupted interrupted : List.copyOf(this.waiting.values())) {
			DrainOrder order = interrupted.order();
			DeviceSpace space = this.volumes.space(order.device());
			boolean here = order.replacement() == null || this.volumes.space(order.replacement()) != null;
			if (space != null && here && !this.closed) {
				this.waiting.remove(order.device());
				goOn(interrupted, space);
			}
		}
	}

	private void goOn(Interrupted interrupted, DeviceSpace space) {
		try {
			this.devices.drain(space.device().name(), true);
			start(interrupted.order(), space, interrupted.operation());
		}
		catch (RuntimeException ex) {
			interrupted.operation()
				.fail((ex instanceof ProblemException problem) ? problem
						: new ProblemException(Problem.IO_ERROR, "The service failed: its log says how", ex));
		}
	}

	/**
	 * What waits for its devices is not wanted any more.
	 */
	private synchronized void giveUp(UUID device) {
		Interrupted interrupted = this.waiting.remove(device);
		if (interrupted != null) {
			takeBack(device);
			interrupted.operation().cancelled();
		}
	}

	private void takeBack(UUID device) {
		String name = this.devices.names().get(device);
		if (name != null) {
			takeBack(name);
		}
	}

	private synchronized void failWithout(KnownDevice detached) {
		for (Interrupted interrupted : List.copyOf(this.waiting.values())) {
			DrainOrder order = interrupted.order();
			if (detached.uuid().equals(order.device()) || detached.uuid().equals(order.replacement())) {
				this.waiting.remove(order.device());
				takeBack(order.device());
				interrupted.operation()
					.fail(new ProblemException(Problem.DEVICE_NOT_ONLINE,
							"Device %s was detached".formatted(detached.name())));
			}
		}
	}

	/**
	 * Ends all of them after the step that they are at; the next start resumes them.
	 */
	@Override
	public void close() {
		List<DrainTask> tasks;
		synchronized (this) {
			this.closed = true;
			tasks = List.copyOf(this.running.values());
		}
		for (DrainTask task : tasks) {
			if (!task.join(CLOSE_LIMIT)) {
				log.warn("Device {} was not left within {}: a drive hangs", task.space().device().name(), CLOSE_LIMIT);
			}
		}
	}

	/**
	 * What a restart has interrupted.
	 */
	private record Interrupted(DrainOrder order, Operation operation) {

	}

	/**
	 * Hears of devices that come late.
	 */
	private final class Arrivals implements DeviceFollower {

		@Override
		public void attached(DeviceStatus device) {
			changed(device);
		}

		@Override
		public void changed(DeviceStatus device) {
			if (!DeviceDrains.this.waiting.isEmpty() && device.device() != null) {
				Thread.startVirtualThread(DeviceDrains.this::goOn);
			}
		}

		@Override
		public void detached(DeviceStatus device) {
			if (!DeviceDrains.this.waiting.isEmpty()) {
				Thread.startVirtualThread(() -> failWithout(device.known()));
			}
		}

	}

}
