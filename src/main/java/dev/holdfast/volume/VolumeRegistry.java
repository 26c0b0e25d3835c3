package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.device.Label;
import dev.holdfast.device.LabelContent;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.IoFailedException;
import org.jspecify.annotations.Nullable;

/**
 * Which volumes there are and what they are called. Names are looked up without a lock;
 * devices come and go one at a time.
 */
final class VolumeRegistry {

	private final Map<UUID, DeviceSpace> spaces;

	private final Fences fences;

	private final VolumeLabels labels;

	private final VolumeNames names;

	private final RememberedVolumes remembered;

	private final VolumeClaims claims;

	private final AdoptedNames adopted;

	/** On labels, but nobody's here. Guarded by this. */
	private final Map<UUID, VolumeRecord> unassigned = new LinkedHashMap<>();

	private Consumer<DeviceSpace> whenDirty = (space) -> {
	};

	VolumeRegistry(VolumeIndex index, Tenancy tenants, Map<UUID, DeviceSpace> spaces, Fences fences) {
		this.remembered = new RememberedVolumes(index);
		this.claims = new VolumeClaims(this.remembered, spaces);
		this.names = new VolumeNames(tenants);
		this.adopted = new AdoptedNames(this.names, this.remembered);
		this.spaces = spaces;
		this.fences = fences;
		this.labels = new VolumeLabels(spaces);
		for (VolumeIndex.Entry entry : this.remembered.all()) {
			if (!entry.deleted()) {
				VolumeHandle handle = new VolumeHandle(entry.volume(), entry.declared(), fences);
				handle.unusable(away(entry.volume(), entry));
				this.names.put(handle);
			}
		}
	}

	/**
	 * Whom to tell when extents of any device have become dirty.
	 */
	synchronized void whenDirty(Consumer<DeviceSpace> listener) {
		this.whenDirty = listener;
		this.spaces.values().forEach((space) -> space.whenDirty(listener));
	}

	/**
	 * What volumes are called.
	 */
	VolumeNames names() {
		return this.names;
	}

	@Nullable VolumeHandle find(VolumeKey key) {
		return this.names.find(key);
	}

	/**
	 * Gives up a name for which there is no volume after all.
	 */
	void release(VolumeHandle handle) {
		this.names.end(handle);
	}

	/**
	 * What is kept in mind of volumes that are on labels, or may be.
	 */
	VolumeClaims claims() {
		return this.claims;
	}

	/**
	 * Keeps in mind a volume that is on its labels.
	 */
	void remember(VolumeHandle handle) {
		this.claims.remember(handle);
	}

	/**
	 * The volume is on no label any more, or on such as come to that when their devices
	 * return.
	 */
	void forget(VolumeHandle handle) {
		this.claims.forget(handle);
		this.names.end(handle);
	}

	/**
	 * Ends a volume of which not all devices are here: what is on the others goes when
	 * they return. The same for one whose labels do not agree.
	 * @return {@code false} if it is all here, perhaps since a moment ago; nothing was
	 * done then
	 * @throws IoFailedException if a label could not be written; the volume is gone all
	 * the same
	 */
	synchronized boolean deleteAway(VolumeHandle handle) throws IoFailedException {
		Volume volume = handle.volume();
		if (volume.state() != VolumeState.FAILED && this.spaces.keySet().containsAll(volume.devices())) {
			return false;
		}
		this.remembered
			.put(List.of(new VolumeIndex.Entry(this.claims.entry(handle).volume(), handle.declared(), true)));
		this.names.end(handle);
		Reconciler reconciler = new Reconciler(this.spaces);
		reconciler.settle(handle.uuid(), true, (record) -> false);
		reconciler.commit();
		return true;
	}

	Map<UUID, Device> online() {
		return this.spaces.values().stream().collect(Collectors.toMap(DeviceSpace::uuid, DeviceSpace::device));
	}

	/**
	 * A device has come: whatever it has a part in is settled.
	 * @throws IoFailedException if a label could not be written
	 */
	synchronized void arrive(Device device) throws IoFailedException {
		DeviceSpace space = new DeviceSpace(device);
		this.spaces.put(device.uuid(), space);
		boolean settled = false;
		try {
			settle(concerned(space), space);
			space.open();
			space.whenDirty(this.whenDirty);
			settled = true;
		}
		finally {
			if (!settled) {
				this.spaces.remove(device.uuid());
			}
		}
	}

	/**
	 * Makes durable what was answered of a device, and its label.
	 * @throws IoFailedException if the label could not be written
	 */
	void commit(Device device) throws IoFailedException {
		DeviceSpace space = this.spaces.get(device.uuid());
		if (space != null) {
			space.commit();
		}
	}

	/**
	 * The drive of a device is back.
	 * @throws IoFailedException if its label could not be written
	 */
	void returned(Device device) throws IoFailedException {
		commit(device);
		DeviceSpace space = this.spaces.get(device.uuid());
		if (space != null) {
			space.wakeScrub();
		}
	}

	private Set<UUID> concerned(DeviceSpace space) {
		Set<UUID> volumes = new LinkedHashSet<>();
		space.records().forEach((record) -> volumes.add(record.uuid()));
		for (DeviceSpace other : this.spaces.values().stream().sorted(DeviceSpace.BY_NAME).toList()) {
			// Whatever waits for it.
			other.records()
				.stream()
				.filter((record) -> record.devices().contains(space.uuid()))
				.forEach((record) -> volumes.add(record.uuid()));
		}
		this.remembered.on(space.uuid()).forEach((entry) -> volumes.add(entry.volume().uuid()));
		return volumes;
	}

	/**
	 * Settles what becomes of volumes.
	 * @param coming the device that has just come, if that is why. What it claims of a
	 * volume that is in use without it is void; the claims of the others may be those of
	 * a change that is under way, and are left alone
	 */
	private void settle(Set<UUID> volumes, @Nullable DeviceSpace coming) throws IoFailedException {
		Reconciler reconciler = new Reconciler(this.spaces);
		reconciler.catchUp(volumes, this.remembered);
		Map<UUID, Device> online = online();
		List<VolumeIndex.Entry> news = new ArrayList<>();
		List<UUID> gone = new ArrayList<>();
		List<VolumeHandle> abandoned = new ArrayList<>();
		Map<UUID, Reconciler.Settled> present = new LinkedHashMap<>();
		for (UUID volume : volumes) {
			VolumeIndex.Entry entry = this.remembered.find(volume);
			VolumeHandle without = (coming != null) ? inUseWithout(coming, entry) : null;
			if (coming != null && without != null) {
				reconciler.remove(coming, volume);
				abandoned.add(without);
				continue;
			}
			Reconciler.Settled settled = reconciler.settle(volume, entry != null && entry.deleted(),
					(record) -> begun(entry) == null && mayBeClaimed(record, entry));
			if (settled != null) {
				present.put(volume, settled);
				continue;
			}
			this.unassigned.remove(volume);
			if (entry != null && this.spaces.keySet().containsAll(entry.volume().devices())) {
				gone.add(volume);
			}
			else if (entry != null && !entry.deleted() && homeIsHere(entry)) {
				gone.add(volume);
			}
		}
		reconciler.commit();
		Set<VolumeKey> freed = new HashSet<>();
		gone.forEach((volume) -> vanish(volume, freed));
		present.forEach((volume, settled) -> {
			VolumeIndex.Entry entry = apply(settled, online);
			if (entry != null && !entry.equals(this.remembered.find(volume))) {
				news.add(entry);
			}
		});
		abandoned.forEach((handle) -> news.add(this.claims.entry(handle)));
		this.remembered.put(news);
		Set<UUID> waiting = this.unassigned.values()
			.stream()
			.filter((record) -> freed.contains(new VolumeKey(record.tenant(), record.name())))
			.map(VolumeRecord::uuid)
			.collect(Collectors.toCollection(LinkedHashSet::new));
		if (!waiting.isEmpty()) {
			settle(waiting, null);
		}
	}

	private @Nullable VolumeHandle inUseWithout(DeviceSpace coming, VolumeIndex.@Nullable Entry entry) {
		VolumeHandle begun = begun(entry);
		return (begun != null && !begun.volume().devices().contains(coming.uuid())) ? begun : null;
	}

	/**
	 * The handle of a volume that there has been I/O of, or could have been.
	 */
	private @Nullable VolumeHandle begun(VolumeIndex.@Nullable Entry entry) {
		VolumeHandle handle = (entry != null) ? this.names.find(entry.volume().key()) : null;
		return (entry != null && handle != null && handle.uuid().equals(entry.volume().uuid()) && handle.begun())
				? handle : null;
	}

	private boolean homeIsHere(VolumeIndex.Entry entry) {
		return this.spaces.containsKey(entry.volume().devices().getFirst());
	}

	/**
	 * Forgets a volume that is no more, and adds the name that it had to those that are
	 * free.
	 */
	private void vanish(UUID volume, Set<VolumeKey> freed) {
		VolumeIndex.Entry entry = this.remembered.find(volume);
		if (entry != null) {
			VolumeHandle handle = this.names.find(entry.volume().key());
			if (handle != null && handle.uuid().equals(volume)) {
				this.names.end(handle);
				freed.add(entry.volume().key());
			}
		}
		this.remembered.remove(volume);
	}

	/**
	 * Makes the handle say what was settled.
	 * @return what to remember, or {@code null} if there is nothing new
	 */
	private VolumeIndex.@Nullable Entry apply(Reconciler.Settled settled, Map<UUID, Device> online) {
		VolumeRecord record = settled.record();
		VolumeIndex.Entry entry = this.remembered.find(record.uuid());
		Volume volume = Volume.of(record, VolumeState.READY);
		if (entry != null && (isBehind(record, entry) || !this.spaces.containsKey(record.home()))) {
			// The other labels may be behind home's, and what is remembered is not.
			volume = entry.volume();
			record = record.named(volume.key().tenant(), volume.key().name());
		}
		VolumeHandle handle = handleOf(record, entry);
		if (handle == null) {
			this.unassigned.put(record.uuid(), record);
			return null;
		}
		this.unassigned.remove(record.uuid());
		if (handle.begun()) {
			// It may be growing or on its way out, and the device adds nothing to it.
			return null;
		}
		String conflict = settled.conflict();
		if (record.state() == VolumeRecord.State.DELETING) {
			handle.unusable(volume.in(VolumeState.DELETING, null));
		}
		else if (conflict != null) {
			handle.unusable(volume.in(VolumeState.FAILED, conflict));
		}
		else if (!settled.complete() || isBehind(record, entry)) {
			handle.unusable(away(volume, entry));
		}
		else {
			serve(handle, record, online);
		}
		return this.claims.entry(handle);
	}

	/**
	 * Whether all labels that are here are older than what was decided about the volume:
	 * it has moved to a device that is away.
	 */
	private boolean isBehind(VolumeRecord record, VolumeIndex.@Nullable Entry entry) {
		return entry != null && record.epoch() < entry.volume().epoch()
				&& !this.spaces.keySet().containsAll(entry.volume().devices());
	}

	/**
	 * Whether a device that is away may say something else of the volume, which is not
	 * so.
	 */
	private boolean mayBeClaimed(VolumeRecord record, VolumeIndex.@Nullable Entry entry) {
		return entry != null && !record.devices().containsAll(entry.volume().devices()) && !isBehind(record, entry);
	}

	private static void serve(VolumeHandle handle, VolumeRecord record, Map<UUID, Device> online) {
		try {
			handle.ready(record, SegmentMap.of(record, online));
		}
		catch (IllegalArgumentException ex) {
			handle.unusable(Volume.of(record, VolumeState.READY)
				.in(VolumeState.FAILED, "its label makes no sense: " + ex.getMessage()));
		}
	}

	/**
	 * A volume that was complete here once is missing something; one that never was has
	 * yet to come.
	 */
	private static Volume away(Volume volume, VolumeIndex.@Nullable Entry entry) {
		boolean wasComplete = entry != null && entry.volume().state() != VolumeState.INCOMPLETE;
		return volume.in(wasComplete ? VolumeState.UNAVAILABLE : VolumeState.INCOMPLETE,
				"a device that it needs is away");
	}

	/**
	 * Finds the volume's handle, or makes one if its tenant exists and its name is free.
	 */
	private @Nullable VolumeHandle handleOf(VolumeRecord record, VolumeIndex.@Nullable Entry entry) {
		VolumeKey key = new VolumeKey(record.tenant(), record.name());
		if (entry != null && !entry.volume().key().equals(key)) {
			// It has been given another name while home was away, or by it.
			VolumeHandle old = this.names.find(entry.volume().key());
			if (old != null && old.uuid().equals(record.uuid())) {
				this.names.release(entry.volume().key(), old);
			}
		}
		VolumeHandle fresh = new VolumeHandle(Volume.of(record, VolumeState.CREATING),
				(entry != null) ? entry.declared() : null, this.fences);
		return this.names.admit(key, fresh);
	}

	/**
	 * Looks at the label of a device before it is attached. Volumes that come from
	 * elsewhere need a tenant that exists and a name that is free.
	 * @param adoption {@code null} if the device is ours: what cannot come in is then
	 * unassigned
	 */
	synchronized LabelContent review(Label label, String name, @Nullable Adoption adoption) {
		LabelContent content = label.content();
		if (adoption == null) {
			return content;
		}
		adoption.requireAmong(content.volumes());
		LabelContent taken = new LabelContent(content.runs(), this.adopted.of(content.volumes(), name, adoption));
		if (!taken.fits(label)) {
			throw AdoptedNames.labelFull(name);
		}
		content.volumes().forEach(this::undelete);
		return taken;
	}

	/**
	 * Gives names to volumes that nobody has. Those that cannot have theirs, and get no
	 * other, stay as they are.
	 * @throws IoFailedException if a label could not be written
	 * @throws ProblemException as for {@link #review}
	 */
	synchronized void assign(Device device, Adoption adoption) throws IoFailedException {
		if (!this.spaces.containsKey(device.uuid())) {
			return;
		}
		List<VolumeRecord> wanted = unassigned(device.uuid()).stream()
			.filter((record) -> adoption.renames(record) || this.names.isFree(adoption.keyOf(record), record.uuid()))
			.toList();
		List<VolumeRecord> named = this.adopted.of(wanted, device.name(), adoption);
		if (named.isEmpty()) {
			return;
		}
		DeviceSpace full = this.labels.rename(device.uuid(), named);
		if (full != null) {
			throw AdoptedNames.labelFull(full.device().name());
		}
		settle(named.stream().map(VolumeRecord::uuid).collect(Collectors.toCollection(LinkedHashSet::new)), null);
	}

	/**
	 * A deletion that waited for the device is void once others have had the volume: it
	 * is theirs that comes now, because somebody wants it. Unless a part of it is gone
	 * already.
	 */
	private void undelete(VolumeRecord record) {
		VolumeIndex.Entry entry = this.remembered.find(record.uuid());
		boolean whole = record.devices()
			.stream()
			.map(this.spaces::get)
			.allMatch((space) -> space == null || space.record(record.uuid()) != null);
		if (entry != null && entry.deleted() && whole) {
			this.remembered.remove(record.uuid());
		}
	}

	synchronized List<VolumeRecord> unassigned(UUID device) {
		return this.unassigned.values().stream().filter((record) -> record.home().equals(device)).toList();
	}

	/**
	 * A device is to go.
	 * @throws ProblemException {@link Problem#IN_USE} if anything is on it
	 */
	synchronized void depart(UUID device, String name) {
		long volumes = volumesOn(device);
		DeviceSpace space = this.spaces.get(device);
		if (volumes > 0 || (space != null && !space.close())) {
			throw new ProblemException(Problem.IN_USE,
					"Volumes live on device %s (%d), or are being made there: delete them first".formatted(name,
							volumes))
				.with("volumes", volumes);
		}
		this.spaces.remove(device);
	}

	private long volumesOn(UUID device) {
		DeviceSpace space = this.spaces.get(device);
		if (space != null) {
			return space.records().size();
		}
		return this.remembered.on(device)
			.stream()
			.filter((entry) -> !entry.deleted() && !hasLeft(entry, device))
			.count();
	}

	private boolean hasLeft(VolumeIndex.Entry entry, UUID device) {
		VolumeHandle begun = begun(entry);
		return begun != null && !begun.volume().devices().contains(device);
	}

	/**
	 * Whether volumes of a tenant were deleted of which something is left on a device
	 * that is away.
	 * @param known devices that may yet return
	 */
	boolean deletesLater(String tenant, Set<UUID> known) {
		return this.remembered.deletesLater(tenant, known);
	}

}
