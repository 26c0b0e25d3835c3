package dev.holdfast.volume;

import java.time.Duration;
import java.io.IOException;
import java.util.Collection;
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
import dev.holdfast.device.Label;
import dev.holdfast.device.LabelContent;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.IoFailedException;
import org.jspecify.annotations.Nullable;

/**
 * Tenants' volumes on the devices that are attached. What is answered is durable. Any
 * thread; making, growing and deleting block for the devices, the rest does not.
 */
public final class Volumes implements DeviceListener {

	private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);

	/** I/O must not wait for I/O that is stuck. */
	private static final Duration HALT_LIMIT = Duration.ofSeconds(1);

	private final VolumeRegistry registry;

	private final Map<UUID, DeviceSpace> spaces;

	private final VolumeCreation creations;

	private final VolumeGrowth growths;

	private final VolumeDeletion deletions;

	private final VolumeMoves moves;

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
		this(index, tenants, fences, drainLimit, HALT_LIMIT);
	}

	Volumes(VolumeIndex index, Tenancy tenants, Fences fences, Duration drainLimit, Duration haltLimit) {
		this.spaces = new ConcurrentHashMap<>();
		this.registry = new VolumeRegistry(index, tenants, this.spaces, fences);
		VolumeLabels labels = new VolumeLabels(this.spaces);
		Allocator allocator = new Allocator(this.spaces);
		this.creations = new VolumeCreation(this.registry, allocator, labels, fences);
		this.growths = new VolumeGrowth(this.registry, allocator, labels, drainLimit);
		this.moves = new VolumeMoves(this.registry, allocator, labels, fences, haltLimit);
		this.deletions = new VolumeDeletion(this.registry, labels, fences, drainLimit);
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
			throw VolumeFailures.failed("The label of device %s could not be written".formatted(device.name()), ex);
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
			throw VolumeFailures.failed("The label of device %s could not be written".formatted(device.name()), ex);
		}
	}

	/**
	 * Writes the label, whose commit begins with a flush.
	 */
	@Override
	public void suspending(Device device) throws IOException {
		try {
			this.registry.commit(device);
		}
		catch (IoFailedException ex) {
			throw new IOException("its label could not be written: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Writes the label again, with what has been decided while the device was away.
	 */
	@Override
	public void returned(Device device) throws IOException {
		try {
			this.registry.returned(device);
		}
		catch (IoFailedException ex) {
			throw new IOException("its label could not be written: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Tells those who follow volumes on the device.
	 */
	@Override
	public void changed(Device device) {
		this.registry.names()
			.handles()
			.filter((handle) -> handle.volume().devices().contains(device.uuid()))
			.forEach(VolumeHandle::tell);
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
	 * Who moves extents of volumes from one device to another.
	 */
	VolumeMoves moves() {
		return this.moves;
	}

	/**
	 * Who has which extents of a device.
	 * @return {@code null} if it is not attached
	 */
	@Nullable DeviceSpace space(UUID device) {
		return this.spaces.get(device);
	}

	/**
	 * All devices that are attached.
	 */
	Collection<DeviceSpace> spaces() {
		return this.spaces.values();
	}

	/**
	 * The volume that a label names.
	 * @return {@code null} if nobody here has it
	 */
	@Nullable VolumeHandle handle(VolumeRecord record) {
		VolumeHandle handle = this.registry.find(new VolumeKey(record.tenant(), record.name()));
		return (handle != null && handle.uuid().equals(record.uuid())) ? handle : null;
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
		return this.creations.create(key, spec, demanded, progress);
	}

	/**
	 * Makes a volume without anybody following.
	 * @see #create(VolumeKey, VolumeSpec, ScrubProgress)
	 */
	public Creation create(VolumeKey key, VolumeSpec spec) {
		return create(key, spec, ScrubProgress.NONE);
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
		return this.growths.grow(open(key), sizeBytes, lease, demanded, progress);
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
	 * The same for its tenant's eyes.
	 * @see VolumeHandle#shown
	 */
	public Optional<Volume> show(VolumeKey key) {
		return Optional.ofNullable(this.registry.find(key)).map(VolumeHandle::shown);
	}

	/**
	 * The same by identity.
	 */
	public Optional<Volume> find(UUID volume) {
		return this.registry.names()
			.handles()
			.map(VolumeHandle::volume)
			.filter((each) -> each.uuid().equals(volume))
			.findAny();
	}

	/**
	 * A tenant's volumes, also those being made or deleted, or whose devices are away.
	 * @param tenant whose
	 * @return as the tenant is to see them, ordered by name
	 */
	public List<Volume> list(String tenant) {
		return this.registry.names()
			.of(tenant)
			.map(VolumeHandle::shown)
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
		handle.requireServing();
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
	public VolumeHandle require(VolumeKey key) {
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
		this.deletions.delete(key, lease, demanded);
	}

}
