package dev.holdfast.volume;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.AttachRequest;
import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceListener;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.Label;
import dev.holdfast.device.LabelContent;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.IoFailedException;
import dev.holdfast.uring.sys.Errno;

/**
 * Tenants' volumes on the devices that are attached. What is answered is durable. Any
 * thread; making, growing and deleting block for the devices, the rest does not.
 */
public final class Volumes implements DeviceListener {

	private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);

	/** Longer than a change without extents to zero takes. */
	private static final Duration CHANGE_LIMIT = Duration.ofSeconds(2);

	private final VolumeRegistry registry;

	private final Map<UUID, DeviceSpace> spaces;

	private final VolumeLabels labels;

	private final Allocator allocator;

	private final Fences fences;

	private final Duration drainLimit;

	/**
	 * Volumes of an installation; those whose devices come later are not there yet.
	 * @param index what is remembered of volumes
	 * @param tenants who can have volumes
	 * @param fences who has leases of them
	 */
	public Volumes(VolumeIndex index, Tenancy tenants, Fences fences) {
		this(index, tenants, fences, DRAIN_LIMIT);
	}

	Volumes(VolumeIndex index, Tenancy tenants, Fences fences, Duration drainLimit) {
		this.fences = fences;
		this.spaces = new ConcurrentHashMap<>();
		this.labels = new VolumeLabels(this.spaces);
		this.allocator = new Allocator(this.spaces);
		this.registry = new VolumeRegistry(index, tenants, this.spaces, fences);
		this.drainLimit = drainLimit;
	}

	@Override
	public LabelContent review(Label label, AttachRequest request, boolean ours) {
		return this.registry.review(label, request.name(), ours ? null : new Adoption(request.rename()));
	}

	/**
	 * Takes over the volumes that are on a device.
	 * @param device online
	 * @throws ProblemException {@link Problem#IO_ERROR} if a label could not be written
	 */
	@Override
	public void attached(Device device) {
		try {
			this.registry.arrive(device);
		}
		catch (IoFailedException ex) {
			throw failed("The label of device %s could not be written".formatted(device.name()), ex);
		}
	}

	/**
	 * Gives volumes of the device that nobody has to someone.
	 * @param device online
	 * @param request with {@code adopt} and new names
	 */
	@Override
	public void attachedAgain(Device device, AttachRequest request) {
		try {
			if (request.adopt()) {
				this.registry.assign(device, new Adoption(request.rename()));
			}
		}
		catch (IoFailedException ex) {
			throw failed("The label of device %s could not be written".formatted(device.name()), ex);
		}
	}

	/**
	 * Refuses to let go of a device that volumes live on.
	 * @throws ProblemException {@link Problem#IN_USE}
	 */
	@Override
	public void detaching(UUID device, String name) {
		this.registry.depart(device, name);
	}

	/**
	 * Whom to tell what becomes of volumes, and now of those there are.
	 */
	public void follow(VolumeListener listener) {
		this.registry.names().follow(listener);
	}

	/**
	 * Whom to tell when extents of a device have become dirty.
	 */
	void whenDirty(Consumer<DeviceSpace> listener) {
		this.registry.whenDirty(listener);
	}

	/**
	 * Volumes of a device that nobody here has: their tenant does not exist, or their
	 * name is taken.
	 * @param device identity of the device that is their home
	 * @return as the label has them
	 */
	public List<VolumeRecord> unassigned(UUID device) {
		return this.registry.unassigned(device);
	}

	/**
	 * How the room on a device is used.
	 * @param device identity of a device that is online
	 * @return a snapshot
	 */
	public SpaceUsage usage(UUID device) {
		DeviceSpace space = this.spaces.get(device);
		return (space != null) ? space.usage() : new SpaceUsage(0, 0, 0, 0);
	}

	/**
	 * Makes a volume, which reads as zeroes, or finds the one that is there.
	 * @param key what to call it
	 * @param spec what it is to be like
	 * @param progress of the preparation, which may take long
	 * @return the volume, ready
	 * @throws ProblemException {@link Problem#ALREADY_EXISTS} if there is one that is
	 * different or being deleted, {@link Problem#QUOTA_EXCEEDED},
	 * {@link Problem#NO_SPACE}, {@link Problem#NOT_SUPPORTED} if the devices do not do
	 * this, {@link Problem#IO_ERROR}, {@link Problem#DEVICE_NOT_ONLINE}
	 * @throws CancellationException if the progress or a deletion asked for it
	 */
	public Creation create(VolumeKey key, VolumeSpec spec, ScrubProgress progress) {
		return create(key, spec, Precondition.none(), progress);
	}

	/**
	 * Makes a volume, or finds the one that is there, of which something is demanded.
	 */
	Creation create(VolumeKey key, VolumeSpec spec, Precondition<VolumeHandle> demanded, ScrubProgress progress) {
		VolumeHandle fresh = new VolumeHandle(Volume.planned(key, UUID.randomUUID(), spec), spec, this.fences);
		while (true) {
			VolumeHandle present = this.registry.names().claim(key, fresh);
			if (present == null) {
				make(fresh, spec, progress);
				return new Creation(fresh.volume(), true);
			}
			demanded.check(present);
			Declarations.requireSame(present, spec);
			if (present.awaitCreated()) {
				Declarations.requireSame(present, spec);
				return new Creation(present.volume(), false);
			}
		}
	}

	/**
	 * Makes a volume without anybody following.
	 * @see #create(VolumeKey, VolumeSpec, ScrubProgress)
	 */
	public Creation create(VolumeKey key, VolumeSpec spec) {
		return create(key, spec, ScrubProgress.NONE);
	}

	private void make(VolumeHandle fresh, VolumeSpec spec, ScrubProgress progress) {
		VolumeKey key = fresh.volume().key();
		boolean made = false;
		try {
			Placement placement = this.allocator.place(key, spec);
			try {
				placement.prepare(fresh::cancelled, progress);
				VolumeRecord record = new VolumeRecord(fresh.uuid(), key.tenant(), key.name(), 1, spec.sizeBytes(),
						spec.blockSizeOrDefault(), VolumeRecord.State.LIVE, spec.layoutOrDefault(),
						spec.stripeBytesOrDefault(), placement.segments());
				this.labels.create(record, placement);
				fresh.ready(record, map(record));
				made = true;
				this.registry.remember(fresh);
			}
			finally {
				placement.giveBack();
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
				this.registry.release(fresh);
				fresh.failed();
			}
		}
	}

	/**
	 * Makes a volume larger. What is added reads as zeroes. It can be used meanwhile.
	 * @param key its name
	 * @param sizeBytes a multiple of its block size; the present size changes nothing
	 * @param progress of the preparation, which may take long
	 * @return the volume, ready
	 * @throws ProblemException as for
	 * {@link #create(VolumeKey, VolumeSpec, ScrubProgress)}, {@link Problem#NOT_FOUND},
	 * and {@link Problem#NOT_SUPPORTED} for a size below the present one
	 * @throws CancellationException if the progress or a deletion asked for it
	 */
	public Volume grow(VolumeKey key, long sizeBytes, ScrubProgress progress) {
		return grow(key, sizeBytes, VolumeLease.NONE, Precondition.none(), progress);
	}

	/**
	 * Makes a volume larger of which something is demanded.
	 * @param lease number of the lease that was shown; it must live at the end too
	 */
	Volume grow(VolumeKey key, long sizeBytes, long lease, Precondition<VolumeHandle> demanded,
			ScrubProgress progress) {
		VolumeHandle handle = open(key);
		handle.requireLease(lease);
		if (!handle.tryChange(CHANGE_LIMIT)) {
			demanded.check(handle);
			throw new ProblemException(Problem.IN_USE,
					"The volume %s is being changed already: wait for that, or cancel it".formatted(key.name()));
		}
		try {
			requireServing(handle);
			demanded.check(handle);
			VolumeRecord before = handle.onLabel();
			VolumeSpec.requireSize(sizeBytes, before.blockSize());
			if (sizeBytes < before.sizeBytes()) {
				throw new ProblemException(Problem.NOT_SUPPORTED,
						"A volume does not shrink: %s has %d bytes".formatted(key.name(), before.sizeBytes()));
			}
			if (sizeBytes > before.sizeBytes()) {
				this.registry.names().setAside(handle, sizeBytes);
				handle.growing(true);
				try {
					grow(handle, before, sizeBytes, lease, progress);
				}
				finally {
					handle.growing(false);
					handle.setAside(0);
				}
				this.registry.remember(handle);
			}
			return handle.volume();
		}
		catch (IoFailedException ex) {
			throw failed("The volume could not be grown", ex);
		}
		catch (IllegalStateException ex) {
			throw notOnline(ex);
		}
		finally {
			handle.changing().unlock();
		}
	}

	private void grow(VolumeHandle handle, VolumeRecord before, long sizeBytes, long lease, ScrubProgress progress)
			throws IoFailedException {
		long more = Math.ceilDiv(sizeBytes, Geometry.EXTENT_SIZE) - before.extents();
		Placement placement = (more > 0) ? this.allocator.placeMore(before, handle.declared(), more) : null;
		try {
			if (placement != null) {
				placement.prepare(handle::cancelled, progress);
			}
			VolumeRecord after = before.grown(sizeBytes, (placement != null) ? placement.segments() : List.of());
			try (Pin pin = handle.pin(lease, System.nanoTime() + this.drainLimit.toNanos())) {
				this.labels.grow(before, after, placement);
				VolumeSpec declared = handle.declared();
				if (declared != null) {
					handle.declare(declared.ofOtherSize(sizeBytes));
				}
				handle.ready(after, map(after));
			}
		}
		finally {
			if (placement != null) {
				placement.giveBack();
			}
		}
	}

	/**
	 * Looks a volume up, also one that is being made or deleted, or whose devices are
	 * away.
	 * @param key its name
	 * @return a snapshot
	 */
	public Optional<Volume> find(VolumeKey key) {
		return Optional.ofNullable(this.registry.find(key)).map(VolumeHandle::volume);
	}

	/**
	 * A tenant's volumes, also those being made or deleted, or whose devices are away.
	 * @param tenant whose
	 * @return snapshots, ordered by name
	 */
	public List<Volume> list(String tenant) {
		return this.registry.names()
			.of(tenant)
			.map(VolumeHandle::volume)
			.sorted(Comparator.comparing((volume) -> volume.key().name()))
			.toList();
	}

	/**
	 * How much a tenant's volumes have together, with what is being made.
	 * @param tenant whose
	 * @return bytes
	 */
	public long used(String tenant) {
		return this.registry.names().used(tenant);
	}

	/**
	 * Does something to a tenant that has nothing here, and gets nothing meanwhile.
	 * @param tenant whose
	 * @param known devices that may yet return, if they are away
	 * @param work what to do
	 * @throws ProblemException {@link Problem#IN_USE} if it has something, be it on a
	 * device that is away
	 */
	void whileUnused(String tenant, Set<UUID> known, Runnable work) {
		this.registry.names().whileUnused(tenant, () -> this.registry.deletesLater(tenant, known), work);
	}

	/**
	 * Finds a volume for I/O.
	 * @param key its name
	 * @return the handle, which stays with this volume whatever its name becomes
	 * @throws ProblemException {@link Problem#NOT_FOUND}, {@link Problem#DEVICE_LOST}
	 */
	public VolumeHandle open(VolumeKey key) {
		VolumeHandle handle = this.registry.find(key);
		if (handle == null) {
			throw VolumeHandle.notFound(key);
		}
		requireServing(handle);
		return handle;
	}

	/**
	 * Refuses what does not hold of a volume now.
	 */
	void check(VolumeKey key, Precondition<VolumeHandle> demanded) {
		demanded.check(this.registry.find(key));
	}

	/**
	 * Looks a volume up, also one whose devices are away.
	 * @throws ProblemException {@link Problem#NOT_FOUND}, also if it is being made or
	 * deleted
	 */
	VolumeHandle require(VolumeKey key) {
		VolumeHandle handle = this.registry.find(key);
		if (handle == null || handle.volume().state() == VolumeState.CREATING
				|| handle.volume().state() == VolumeState.DELETING) {
			throw VolumeHandle.notFound(key);
		}
		return handle;
	}

	/**
	 * Refuses whoever does not have the volume now.
	 * @param key its name; if there is none, somebody else says so
	 * @param lease number of the lease that was shown, or {@link VolumeLease#NONE}
	 * @throws ProblemException {@link Problem#LEASE_LOST}
	 */
	public void requireLease(VolumeKey key, long lease) {
		VolumeHandle handle = this.registry.find(key);
		if (handle != null) {
			handle.requireLease(lease);
		}
	}

	private static void requireServing(VolumeHandle handle) {
		if (!handle.volume().state().serves()) {
			throw handle.refusal();
		}
	}

	/**
	 * Deletes a volume: new I/O is refused, I/O in flight is awaited, then the labels are
	 * committed without it. Its extents are zeroed before anybody gets them. If a device
	 * that it needs is away, what is there goes when that device returns.
	 * @param key its name
	 * @throws ProblemException {@link Problem#NOT_FOUND}; {@link Problem#IN_USE} if I/O
	 * did not end within 30 s (nothing has changed then); {@link Problem#IO_ERROR} if a
	 * label could not be written (the volume is {@code deleting}; delete it again)
	 */
	public void delete(VolumeKey key) {
		delete(key, VolumeLease.NONE, Precondition.none());
	}

	/**
	 * Deletes a volume of which something is demanded.
	 * @param lease number of the lease that was shown, or {@link VolumeLease#NONE}
	 * @throws ProblemException as above, and {@link Problem#LEASE_LOST}
	 * @see #delete(VolumeKey)
	 */
	public void delete(VolumeKey key, long lease, Precondition<Volume> demanded) {
		VolumeHandle handle = this.registry.find(key);
		if (handle == null) {
			throw VolumeHandle.notFound(key);
		}
		// Before anything is cancelled, and again once nobody else changes it.
		handle.requireLease(lease);
		demanded.check(handle.volume());
		handle.cancelPreparation();
		if (!handle.awaitCreated()) {
			// It was being made, and now is not.
			return;
		}
		handle.changing().lock();
		try {
			deleteFenced(handle, lease, demanded);
		}
		catch (IoFailedException ex) {
			throw failed("The volume could not be deleted: delete it again", ex);
		}
		catch (IllegalStateException ex) {
			throw notOnline(ex);
		}
		finally {
			handle.changing().unlock();
		}
	}

	/**
	 * Deletes a volume while nobody gets a lease of it.
	 */
	private void deleteFenced(VolumeHandle handle, long lease, Precondition<Volume> demanded) throws IoFailedException {
		VolumeKey key = handle.volume().key();
		Fence fence = this.fences.of(handle.uuid());
		if (!fence.lock(this.drainLimit)) {
			handle.resumePreparation();
			throw new ProblemException(Problem.IN_USE,
					"Somebody is taking a lease of the volume %s: try again later".formatted(key.name()));
		}
		boolean begins = false;
		try {
			if (this.registry.find(key) != handle) {
				throw VolumeHandle.notFound(key);
			}
			handle.requireLease(lease);
			demanded.check(handle.volume());
			if (!handle.volume().state().serves() && this.registry.deleteAway(handle)) {
				return;
			}
			begins = handle.drain(this.drainLimit);
			if (!begins) {
				throw new ProblemException(Problem.IN_USE,
						"The volume %s is in use by I/O that does not end: try again later".formatted(key.name()));
			}
			this.labels.delete(handle.onLabel());
			this.registry.forget(handle);
			this.fences.forget(handle.uuid());
		}
		finally {
			if (!begins) {
				handle.resumePreparation();
			}
			fence.unlock();
		}
	}

	private SegmentMap map(VolumeRecord record) {
		return SegmentMap.of(record, this.registry.online());
	}

	/**
	 * The engine takes no more for the device. Who cancels is told so, by an exception of
	 * the same kind.
	 */
	private static RuntimeException notOnline(IllegalStateException cause) {
		return (cause instanceof CancellationException) ? cause
				: new ProblemException(Problem.DEVICE_NOT_ONLINE, "The device does not take I/O any more", cause);
	}

	private static ProblemException failed(String what, IoFailedException cause) {
		return new ProblemException(Problem.IO_ERROR, "%s: %s".formatted(what, Errno.name(cause.errno())), cause)
			.with("errno", Errno.name(cause.errno()));
	}

}
