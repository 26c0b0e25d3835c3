package dev.holdfast.volume;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.IoFailedException;
import dev.holdfast.uring.sys.Errno;

/**
 * Tenants' volumes on the attached device. What is answered is durable. Any thread;
 * making and deleting block for the device, the rest does not.
 */
public final class Volumes {

	private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);

	private final Device device;

	private final DeviceVolumes onDevice;

	private final Scrubber scrubber;

	private final Duration drainLimit;

	private final Map<VolumeKey, VolumeHandle> handles = new ConcurrentHashMap<>();

	/**
	 * Takes over the volumes that are on the device.
	 * @param device online
	 * @throws ProblemException {@link Problem#IO_ERROR} if the label could not be
	 * written, {@link Problem#NOT_SUPPORTED} if a volume is not on this device alone
	 */
	public Volumes(Device device) {
		this(device, DRAIN_LIMIT);
	}

	Volumes(Device device, Duration drainLimit) {
		this.device = device;
		this.drainLimit = drainLimit;
		this.scrubber = new Scrubber(device);
		try {
			this.onDevice = new DeviceVolumes(device);
		}
		catch (IoFailedException ex) {
			throw failed("The label of device %s could not be written".formatted(device.name()), ex);
		}
		for (VolumeRecord record : this.onDevice.records()) {
			requireServable(record);
			VolumeHandle handle = new VolumeHandle(volume(record, VolumeState.CREATING));
			handle.ready(record, new SegmentMap(record.segments(), device, record.sizeBytes()));
			this.handles.put(handle.volume().key(), handle);
		}
	}

	/**
	 * Makes a volume, which reads as zeroes, or finds the one that is there.
	 * @param key what to call it
	 * @param spec what it is to be like
	 * @return the volume, ready
	 * @throws ProblemException {@link Problem#ALREADY_EXISTS} if there is one that is
	 * different or being deleted, {@link Problem#NO_SPACE}, {@link Problem#NOT_SUPPORTED}
	 * if the device does not do this block size, {@link Problem#IO_ERROR},
	 * {@link Problem#DEVICE_NOT_ONLINE}
	 */
	public Creation create(VolumeKey key, VolumeSpec spec) {
		VolumeHandle fresh = new VolumeHandle(new Volume(key, UUID.randomUUID(), spec.sizeBytes(), spec.blockSize(),
				VolumeState.CREATING, Layout.LINEAR, this.device.name(), 1));
		while (true) {
			VolumeHandle present = this.handles.putIfAbsent(key, fresh);
			if (present == null) {
				make(fresh, spec);
				return new Creation(fresh.volume(), true);
			}
			requireSame(present.volume(), spec);
			if (present.awaitCreated()) {
				Volume volume = present.volume();
				requireSame(volume, spec);
				return new Creation(volume, false);
			}
		}
	}

	private void make(VolumeHandle fresh, VolumeSpec spec) {
		VolumeKey key = fresh.volume().key();
		boolean made = false;
		try {
			requireBlockSize(spec);
			Allocation allocation = this.onDevice.allocate(key, spec.sizeBytes());
			try {
				for (ExtentRange range : allocation.dirty()) {
					this.scrubber.scrub(range);
				}
				VolumeRecord record = new VolumeRecord(fresh.uuid(), key.tenant(), key.name(), 1, spec.sizeBytes(),
						spec.blockSize(), VolumeRecord.State.LIVE, VolumeRecord.Layout.LINEAR, 0,
						allocation.segments(this.device.uuid()));
				this.onDevice.commitNew(record, allocation);
				fresh.ready(record, new SegmentMap(record.segments(), this.device, spec.sizeBytes()));
				made = true;
			}
			finally {
				this.onDevice.giveBack(allocation);
			}
		}
		catch (IoFailedException ex) {
			throw failed("The volume could not be made", ex);
		}
		catch (IllegalStateException ex) {
			throw notOnline(ex);
		}
		finally {
			if (!made) {
				this.handles.remove(key, fresh);
				fresh.failed();
			}
		}
	}

	/**
	 * Looks a volume up, also one that is being made or deleted.
	 * @param key its name
	 * @return a snapshot
	 */
	public Optional<Volume> find(VolumeKey key) {
		return Optional.ofNullable(this.handles.get(key)).map(VolumeHandle::volume);
	}

	/**
	 * A tenant's volumes, also those being made or deleted.
	 * @param tenant whose
	 * @return snapshots, ordered by name
	 */
	public List<Volume> list(String tenant) {
		return this.handles.values()
			.stream()
			.map(VolumeHandle::volume)
			.filter((volume) -> volume.key().tenant().equals(tenant))
			.sorted(Comparator.comparing((volume) -> volume.key().name()))
			.toList();
	}

	/**
	 * Finds a volume for I/O.
	 * @param key its name
	 * @return the handle, which stays with this volume whatever its name becomes
	 * @throws ProblemException {@link Problem#NOT_FOUND}
	 */
	public VolumeHandle open(VolumeKey key) {
		VolumeHandle handle = this.handles.get(key);
		if (handle == null || handle.volume().state() != VolumeState.READY) {
			throw VolumeHandle.notFound(key);
		}
		return handle;
	}

	/**
	 * Deletes a volume: new I/O is refused, I/O in flight is awaited, then the label is
	 * committed without it. Its extents are zeroed before anybody gets them.
	 * @param key its name
	 * @throws ProblemException {@link Problem#NOT_FOUND}; {@link Problem#IN_USE} if I/O
	 * did not end within 30 s (nothing has changed then); {@link Problem#IO_ERROR} if the
	 * label could not be written (the volume is {@code deleting}; delete it again)
	 */
	public void delete(VolumeKey key) {
		VolumeHandle handle = this.handles.get(key);
		if (handle == null || !handle.awaitCreated()) {
			throw VolumeHandle.notFound(key);
		}
		handle.ending().lock();
		try {
			if (this.handles.get(key) != handle) {
				throw VolumeHandle.notFound(key);
			}
			if (!handle.drain(this.drainLimit)) {
				throw new ProblemException(Problem.IN_USE,
						"The volume %s is in use by I/O that does not end: try again later".formatted(key.name()));
			}
			this.onDevice.commitDelete(handle.onLabel());
			this.handles.remove(key, handle);
		}
		catch (IoFailedException ex) {
			throw failed("The volume could not be deleted: delete it again", ex);
		}
		catch (IllegalStateException ex) {
			throw notOnline(ex);
		}
		finally {
			handle.ending().unlock();
		}
	}

	/**
	 * How the room on the device is used.
	 * @return a snapshot
	 */
	public SpaceUsage usage() {
		return this.onDevice.usage();
	}

	private void requireBlockSize(VolumeSpec spec) {
		if (spec.blockSize() < this.device.blockSize()) {
			throw new ProblemException(Problem.NOT_SUPPORTED, "blockSize %d is not supported by device %s: it has %d"
				.formatted(spec.blockSize(), this.device.name(), this.device.blockSize()));
		}
	}

	private void requireServable(VolumeRecord record) {
		boolean here = record.segments().stream().allMatch((part) -> part.device().equals(this.device.uuid()));
		if (!here || record.layout() != VolumeRecord.Layout.LINEAR) {
			throw new ProblemException(Problem.NOT_SUPPORTED,
					"Device %s has volumes that are striped or on several devices: use the release that made them"
						.formatted(this.device.name()));
		}
	}

	private static void requireSame(Volume present, VolumeSpec spec) {
		String name = present.key().name();
		if (present.state() == VolumeState.DELETING) {
			throw new ProblemException(Problem.ALREADY_EXISTS, "The volume %s is being deleted".formatted(name));
		}
		if (present.sizeBytes() != spec.sizeBytes() || present.blockSize() != spec.blockSize()) {
			throw new ProblemException(Problem.ALREADY_EXISTS, "There is a volume %s of %d bytes with blocks of %d"
				.formatted(name, present.sizeBytes(), present.blockSize()));
		}
	}

	private Volume volume(VolumeRecord record, VolumeState state) {
		return new Volume(new VolumeKey(record.tenant(), record.name()), record.uuid(), record.sizeBytes(),
				record.blockSize(), state, Layout.LINEAR, this.device.name(), record.epoch());
	}

	/**
	 * The engine takes no more for the device.
	 */
	private ProblemException notOnline(IllegalStateException cause) {
		return new ProblemException(Problem.DEVICE_NOT_ONLINE,
				"Device %s does not take I/O any more".formatted(this.device.name()), cause);
	}

	private static ProblemException failed(String what, IoFailedException cause) {
		return new ProblemException(Problem.IO_ERROR, "%s: %s".formatted(what, Errno.name(cause.errno())), cause)
			.with("errno", Errno.name(cause.errno()));
	}

}
