package dev.holdfast.volume;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceState;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.Segment;
import dev.holdfast.device.UnflushedWrites;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.IoFailedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How extents of volumes leave a device while they are read and written. Some at a time
 * are copied, and what is written meanwhile is copied again. For the last of that, and
 * for the labels, the volume is halted: I/O waits, and then goes to the new place. Any
 * thread, one after the other.
 * <p>
 * Until the labels say otherwise the old place is the only one that is written, so a move
 * that fails, or is cut short, has not taken place.
 */
final class VolumeMoves {

	private static final Logger log = LoggerFactory.getLogger(VolumeMoves.class);

	/** 64 MiB. */
	private static final int EXTENTS_AT_A_TIME = 16;

	/** Bytes that may be copied while the volume is halted. */
	private static final long LITTLE = 4L << 20;

	private static final int MOST_PASSES = 3;

	private static final int MOST_TRIES = 3;

	private static final long RETURN_PERIOD = TimeUnit.MILLISECONDS.toNanos(50);

	private final VolumeRegistry registry;

	private final Allocator allocator;

	private final VolumeLabels labels;

	private final Fences fences;

	private final Duration haltLimit;

	/** Devices have memory for one move. */
	private final ReentrantLock turn = new ReentrantLock(true);

	/**
	 * Moves of volumes.
	 * @param haltLimit how long I/O may be made to wait for I/O in flight
	 */
	VolumeMoves(VolumeRegistry registry, Allocator allocator, VolumeLabels labels, Fences fences, Duration haltLimit) {
		this.haltLimit = haltLimit;
		this.registry = registry;
		this.allocator = allocator;
		this.labels = labels;
		this.fences = fences;
	}

	/**
	 * Moves some extents of a volume.
	 * @param from device that they are to leave
	 * @param to where they are to go; {@code null} for any other device
	 * @param unwanted whether to give up
	 * @return bytes that have been moved; 0 if the volume has none there, does not serve
	 * I/O, or is being changed by somebody else
	 * @throws IoFailedException if a device says so; the extents are where they were
	 * @throws ProblemException {@link Problem#NO_SPACE}, {@link Problem#NOT_SUPPORTED},
	 * {@link Problem#IN_USE} if I/O in flight does not end: try again
	 * @throws CancellationException if it is no longer wanted
	 */
	long step(VolumeHandle handle, DeviceSpace from, @Nullable DeviceSpace to, BooleanSupplier unwanted)
			throws IoFailedException {
		this.turn.lock();
		try {
			if (!handle.tryChange(Duration.ZERO)) {
				return 0;
			}
			try {
				int index = isUsable(handle.volume().state(), handle.devices()) ? first(handle.onLabel(), from.uuid())
						: -1;
				return (index < 0) ? 0
						: move(handle, index, from, to, () -> handle.cancelled() || unwanted.getAsBoolean());
			}
			finally {
				handle.changing().unlock();
			}
		}
		finally {
			this.turn.unlock();
		}
	}

	/**
	 * Whether labels of all devices can be written.
	 */
	private static boolean isUsable(VolumeState state, List<Device> devices) {
		return state.serves() && devices.stream().allMatch((device) -> device.state() == DeviceState.ONLINE);
	}

	private static int first(VolumeRecord record, UUID device) {
		for (int i = 0; i < record.segments().size(); i++) {
			if (record.segments().get(i).device().equals(device)) {
				return i;
			}
		}
		return -1;
	}

	private long move(VolumeHandle handle, int index, DeviceSpace from, @Nullable DeviceSpace to,
			BooleanSupplier unwanted) throws IoFailedException {
		VolumeRecord before = handle.onLabel();
		Segment segment = before.segments().get(index);
		Segment leaving = segment.part(0, Math.min(segment.count(), EXTENTS_AT_A_TIME));
		ChangedChunks changes = new ChangedChunks(from.device(), from.device().geometry().offsetOf(leaving.start()),
				leaving.count() * Geometry.EXTENT_SIZE);
		try {
			// First, since that may fail for as long as some I/O is stuck.
			halted(handle, () -> handle.mark(changes));
			move(handle, index, leaving, changes, from, to, unwanted);
			return leaving.count() * Geometry.EXTENT_SIZE;
		}
		finally {
			handle.mark(null);
		}
	}

	private void move(VolumeHandle handle, int index, Segment leaving, ChangedChunks changes, DeviceSpace from,
			@Nullable DeviceSpace to, BooleanSupplier unwanted) throws IoFailedException {
		VolumeRecord before = handle.onLabel();
		Placement placement = this.allocator.placeElsewhere(before, from, to, leaving.count());
		try {
			placement.fill();
			List<Segment> there = placement.segments();
			ExtentCopy copy = new ExtentCopy(leaving, there, this.registry.online());
			long plugged = copy.generations();
			copy.all(unwanted);
			for (int pass = 0; changes.bytes() > LITTLE && pass < MOST_PASSES; pass++) {
				halted(handle, () -> copy.take(changes));
				copy.again();
			}
			VolumeRecord after = before.moved(index, leaving.count(), there);
			if (before.home().equals(from.uuid())) {
				this.registry.claims().expect(handle, after.devices());
			}
			halted(handle, () -> {
				copy.take(changes);
				copy.again();
				if (copy.generations() != plugged || !isUsable(handle.volume().state(), handle.devices())) {
					throw inUse(handle, "a drive is away, or was, and may have lost what was copied to it");
				}
				decide(handle, before, after, placement, from);
			});
			follow(handle, before, after, placement, from);
		}
		finally {
			placement.giveBack();
		}
	}

	/**
	 * Does something while no I/O of the volume is in flight; what comes waits.
	 */
	private void halted(VolumeHandle handle, Work work) throws IoFailedException {
		Fence fence = this.fences.of(handle.uuid());
		if (!fence.lock(this.haltLimit)) {
			throw inUse(handle, "somebody is taking a lease of it");
		}
		try {
			if (!handle.halt(this.haltLimit)) {
				throw inUse(handle, "its I/O does not end");
			}
			try {
				work.run();
			}
			finally {
				handle.resume();
			}
		}
		finally {
			fence.unlock();
		}
	}

	private static ProblemException inUse(VolumeHandle handle, String why) {
		return new ProblemException(Problem.IN_USE,
				"The volume %s cannot be moved now: %s".formatted(handle.volume().key().name(), why))
			.with("retryable", true);
	}

	private void decide(VolumeHandle handle, VolumeRecord before, VolumeRecord after, Placement placement,
			DeviceSpace from) throws IoFailedException {
		try {
			this.labels.move(before, after, placement, from);
		}
		catch (UndecidedException ex) {
			undo(handle, before, after, placement);
			throw ex.failure();
		}
		UnflushedWrites unflushed = from.device().unflushed();
		if (!after.devices().contains(from.uuid())) {
			if (unflushed != null) {
				unflushed.forget(handle.uuid());
			}
			from.device().losses().left(handle.uuid(), from.uuid());
		}
		serve(handle, after);
	}

	private void follow(VolumeHandle handle, VolumeRecord before, VolumeRecord after, Placement placement,
			DeviceSpace from) {
		try {
			this.labels.follow(before, after, placement, from);
			this.registry.remember(handle);
		}
		catch (IoFailedException | RuntimeException ex) {
			log.warn("The volume {} is moved, and the label of device {} does not say so yet: {}",
					handle.volume().key().name(), from.device().name(), ex.getMessage());
		}
	}

	private void serve(VolumeHandle handle, VolumeRecord record) {
		handle.ready(record, SegmentMap.of(record, this.registry.online()));
		this.registry.remember(handle);
	}

	/**
	 * Goes back to where the volume was, or leaves it to the next start if no label can
	 * be written.
	 */
	private void undo(VolumeHandle handle, VolumeRecord before, VolumeRecord after, Placement placement) {
		int tries = 0;
		while (true) {
			try {
				serve(handle, this.labels.undo(before, after, placement));
				return;
			}
			catch (IoFailedException | ProblemException | IllegalStateException ex) {
				if (this.labels.isAway(before)) {
					LockSupport.parkNanos(RETURN_PERIOD);
				}
				else if (++tries == MOST_TRIES) {
					log.error("The volume {} has to wait for the next start: no label says where it is",
							handle.volume().key().name(), ex);
					handle.unusable(handle.volume()
						.in(VolumeState.FAILED, "its labels could not be written while it was moved: restart"));
					return;
				}
			}
		}
	}

	/**
	 * What is done while a volume is halted.
	 */
	@FunctionalInterface
	private interface Work {

		void run() throws IoFailedException;

	}

}
