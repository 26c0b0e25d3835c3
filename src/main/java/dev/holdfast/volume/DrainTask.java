package dev.holdfast.volume;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.DeviceState;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.IoFailedException;
import dev.holdfast.operation.Operation;
import dev.holdfast.operation.OperationSnapshot;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Empties one device, on a thread of its own. While a drive is away it waits, as I/O
 * does.
 */
final class DrainTask {

	private static final Logger log = LoggerFactory.getLogger(DrainTask.class);

	private static final long WAIT = TimeUnit.MILLISECONDS.toNanos(100);

	/** Where I/O is stuck, others must not be halted for it all the time. */
	private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(5);

	private final Volumes volumes;

	private final DrainOrder order;

	private final DeviceSpace space;

	private final Operation operation;

	private final BooleanSupplier stopping;

	private final Ending ending;

	private final Thread thread;

	/** Volumes that could not be moved, and why. The others come first. */
	private final Map<UUID, ProblemException> left = new LinkedHashMap<>();

	private volatile boolean cancelled;

	private long moved;

	/**
	 * What is to be done.
	 * @param stopping whether the service stops
	 * @param ending told once nothing is moved any more, unless the service stops
	 */
	DrainTask(Volumes volumes, DrainOrder order, DeviceSpace space, Operation operation, BooleanSupplier stopping,
			Ending ending) {
		this.volumes = volumes;
		this.order = order;
		this.space = space;
		this.operation = operation;
		this.stopping = stopping;
		this.ending = ending;
		this.moved = operation.snapshot().done();
		this.thread = Thread.ofVirtual().name(order.kind() + "-" + space.device().name()).unstarted(this::run);
	}

	DrainOrder order() {
		return this.order;
	}

	DeviceSpace space() {
		return this.space;
	}

	OperationSnapshot operation() {
		return this.operation.snapshot();
	}

	void start() {
		this.operation.onCancel(() -> {
			this.cancelled = true;
			LockSupport.unpark(this.thread);
		});
		this.thread.start();
	}

	/**
	 * Waits for the end.
	 * @return {@code false} if it did not come within the limit
	 */
	boolean join(Duration limit) {
		LockSupport.unpark(this.thread);
		try {
			return this.thread.join(limit);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private void run() {
		try {
			long wait = WAIT;
			while (!isEmpty()) {
				if (unwanted()) {
					throw new CancellationException("no longer wanted");
				}
				if (pass()) {
					wait = WAIT;
				}
				else {
					requireMovable();
					LockSupport.parkNanos(wait);
					wait = Math.min(2 * wait, LONGEST_WAIT);
				}
			}
			settle();
			end(true, this.operation::succeed);
		}
		catch (CancellationException ex) {
			end(false, this.operation::cancelled);
		}
		catch (ProblemException ex) {
			end(false, () -> this.operation.fail(ex));
		}
		catch (RuntimeException | Error ex) {
			end(false, () -> this.operation
				.fail(new ProblemException(Problem.IO_ERROR, "The service failed: its log says how", ex)));
		}
	}

	/**
	 * Has the label say that nothing is there, if it can be written: the drive may be at
	 * its end.
	 */
	private void settle() {
		try {
			this.space.commit();
		}
		catch (IoFailedException | ProblemException | IllegalStateException ex) {
			log.warn("Device {} is empty, and its label does not say so: {}", this.space.device().name(),
					ex.getMessage());
		}
	}

	private boolean unwanted() {
		return this.cancelled || this.stopping.getAsBoolean();
	}

	/**
	 * What has been moved stays where it is. A stop makes it fail too, and the next start
	 * resumes it.
	 */
	private void end(boolean emptied, Runnable how) {
		if (emptied || this.cancelled || !this.stopping.getAsBoolean()) {
			try {
				this.ending.ended(this, emptied);
			}
			finally {
				how.run();
			}
		}
	}

	private boolean isEmpty() {
		return this.space.records().isEmpty() && !this.space.isPreparing();
	}

	/**
	 * Moves a part of each volume.
	 * @return {@code false} if there was nothing that could be moved now
	 */
	private boolean pass() {
		DeviceSpace to = target();
		boolean any = false;
		for (VolumeRecord record : this.space.records()) {
			VolumeHandle handle = this.volumes.handle(record);
			if (handle != null && !this.left.containsKey(record.uuid()) && isOnline(this.space)
					&& (to == null || isOnline(to)) && !unwanted()) {
				any |= step(handle, to);
			}
		}
		return any;
	}

	private boolean step(VolumeHandle handle, @Nullable DeviceSpace to) {
		long plugged = generations();
		try {
			long bytes = this.volumes.moves().step(handle, this.space, to, this::unwanted);
			this.moved += bytes;
			this.operation.progress(this.moved, this.moved + DeviceDrains.volumeBytes(this.space));
			return bytes > 0;
		}
		catch (CancellationException ex) {
			// The volume is being deleted, or nothing is wanted any more.
			return false;
		}
		catch (IoFailedException ex) {
			if (isGone(ex.device()) || generations() != plugged) {
				return false;
			}
			return leave(handle, VolumeFailures
				.failed("The volume %s could not be moved".formatted(handle.volume().key().name()), ex));
		}
		catch (ProblemException ex) {
			boolean later = ex.problem() == Problem.IN_USE || ex.problem() == Problem.DEVICE_NOT_ONLINE
					|| (ex.problem() == Problem.NO_SPACE && to == null && anyAway());
			return !later && generations() == plugged && leave(handle, ex);
		}
		catch (IllegalStateException ex) {
			return !anyAway() && generations() == plugged && leave(handle, VolumeFailures.refused(ex));
		}
	}

	/**
	 * Leaves a volume where it is.
	 * @return that the others may be gone on with
	 */
	private boolean leave(VolumeHandle handle, ProblemException why) {
		VolumeKey key = handle.volume().key();
		log.warn("Volume {}/{} stays on device {}: {}", key.tenant(), key.name(), this.space.device().name(),
				why.getMessage());
		this.left.put(handle.uuid(), why);
		return true;
	}

	/**
	 * Grows whenever any drive comes back.
	 */
	private long generations() {
		return this.volumes.spaces().stream().mapToLong((space) -> space.device().generation()).sum();
	}

	private boolean isGone(String device) {
		return this.volumes.spaces()
			.stream()
			.map(DeviceSpace::device)
			.anyMatch((each) -> each.name().equals(device) && each.isGone());
	}

	/**
	 * Whether any drive is waited for.
	 */
	private boolean anyAway() {
		return this.volumes.spaces()
			.stream()
			.map((space) -> space.device().state())
			.anyMatch((state) -> state == DeviceState.AWAY || state == DeviceState.SUSPENDED);
	}

	private @Nullable DeviceSpace target() {
		if (this.order.replacement() == null) {
			return null;
		}
		DeviceSpace to = this.volumes.space(this.order.replacement());
		DeviceState state = (to != null) ? to.device().state() : DeviceState.ABSENT;
		if (to == null || state == DeviceState.LOST || state == DeviceState.DETACHED) {
			throw new ProblemException(Problem.DEVICE_NOT_ONLINE,
					"The replacement is %s: what has been moved to it is there".formatted(state.label()))
				.with("deviceState", state.label());
		}
		return to;
	}

	private static boolean isOnline(DeviceSpace space) {
		return space.device().state() == DeviceState.ONLINE;
	}

	/**
	 * Refuses to wait for what will not change by itself.
	 */
	private void requireMovable() {
		List<VolumeRecord> records = this.space.records();
		List<String> stuck = records.stream()
			.filter((record) -> this.left.containsKey(record.uuid()) || isStuck(this.volumes.handle(record)))
			.map((record) -> record.tenant() + "/" + record.name())
			.toList();
		if (stuck.isEmpty() || stuck.size() < records.size()) {
			return;
		}
		String volumes = "%d volumes (%s)".formatted(stuck.size(),
				String.join(", ", stuck.subList(0, Math.min(stuck.size(), 10))));
		if (this.left.isEmpty()) {
			throw new ProblemException(Problem.IN_USE,
					"%s cannot be moved, since another of their devices is away, nobody here has them, or their deletion has failed"
						.formatted(volumes));
		}
		ProblemException first = this.left.values().iterator().next();
		ProblemException problem = new ProblemException(first.problem(),
				"%s. Left where they are: %s".formatted(first.detail(), volumes));
		first.properties().forEach(problem::with);
		throw problem;
	}

	private static boolean isStuck(@Nullable VolumeHandle handle) {
		if (handle == null) {
			return true;
		}
		VolumeState state = handle.volume().state();
		return state.away() || state == VolumeState.FAILED
				|| (state == VolumeState.DELETING && !handle.changing().isLocked());
	}

	/**
	 * Who hears of the end.
	 */
	@FunctionalInterface
	interface Ending {

		void ended(DrainTask task, boolean emptied);

	}

}
