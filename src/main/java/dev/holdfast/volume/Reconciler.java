package dev.holdfast.volume;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.IoFailedException;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the labels of the devices that are here say of a volume, and closes the
 * difference. There is no other recovery: the same happens at start and whenever a device
 * comes.
 * <p>
 * Home's label is the truth, once home is here. A claim on another device that home knows
 * nothing of is void, and so is what a claim has beyond home's: its extents become dirty.
 * A volume that home says is being deleted goes from the others first. While home is away
 * nothing changes.
 */
final class Reconciler {

	private final Map<UUID, DeviceSpace> spaces;

	private final Set<DeviceSpace> changed = new LinkedHashSet<>();

	Reconciler(Map<UUID, DeviceSpace> spaces) {
		this.spaces = spaces;
	}

	/**
	 * Writes the labels that could not be written the last time, of all devices that have
	 * anything to do with the volumes. Others may be broken.
	 */
	void catchUp(Set<UUID> volumes, RememberedVolumes remembered) throws IoFailedException {
		Set<UUID> devices = new HashSet<>();
		for (UUID volume : volumes) {
			VolumeIndex.Entry entry = remembered.find(volume);
			if (entry != null) {
				devices.addAll(entry.volume().devices());
			}
			for (DeviceSpace space : this.spaces.values()) {
				VolumeRecord record = space.record(volume);
				if (record != null) {
					devices.add(space.uuid());
					devices.addAll(record.devices());
				}
			}
		}
		for (DeviceSpace space : this.spaces.values().stream().sorted(DeviceSpace.BY_NAME).toList()) {
			if (devices.contains(space.uuid())) {
				space.commitIfBehind();
			}
		}
	}

	/**
	 * Settles what becomes of a volume.
	 * @param volume its identity
	 * @param deleted whether it was deleted while a device was away
	 * @param claimed whether I/O begins now, if it is complete, and a device that is away
	 * may have a claim
	 * @return what it is now; {@code null} if it is no more, or only on devices that are
	 * away
	 */
	@Nullable Settled settle(UUID volume, boolean deleted, Predicate<VolumeRecord> claimed) {
		List<DeviceSpace> claims = this.spaces.values()
			.stream()
			.filter((space) -> space.record(volume) != null)
			.sorted(DeviceSpace.BY_NAME)
			.toList();
		VolumeRecord newest = newest(claims, volume);
		if (newest == null) {
			return null;
		}
		if (deleted) {
			claims.forEach((space) -> remove(space, volume));
			return null;
		}
		DeviceSpace home = this.spaces.get(newest.home());
		if (home == null) {
			return new Settled(newest, false, null);
		}
		VolumeRecord truth = home.record(volume);
		if (truth == null || truth.state() == VolumeRecord.State.CREATING) {
			claims.forEach((space) -> remove(space, volume));
			return null;
		}
		boolean complete = this.spaces.keySet().containsAll(truth.devices());
		if (truth.state() == VolumeRecord.State.DELETING) {
			return completeDeletion(truth, home, claims, complete);
		}
		if (complete && claimed.test(truth)) {
			truth = outrank(truth, home);
		}
		return new Settled(truth, complete, agree(truth, home, claims));
	}

	/**
	 * The claim may be of a move that was cut short. Once there is I/O without it, it is
	 * void.
	 */
	private VolumeRecord outrank(VolumeRecord truth, DeviceSpace home) {
		VolumeRecord begun = truth.instead(truth.epoch() + 2);
		home.replace(begun);
		this.changed.add(home);
		return begun;
	}

	private static @Nullable VolumeRecord newest(List<DeviceSpace> claims, UUID volume) {
		VolumeRecord newest = null;
		for (DeviceSpace space : claims) {
			VolumeRecord record = space.record(volume);
			if (record != null && (newest == null || record.epoch() > newest.epoch())) {
				newest = record;
			}
		}
		return newest;
	}

	private @Nullable Settled completeDeletion(VolumeRecord truth, DeviceSpace home, List<DeviceSpace> claims,
			boolean complete) {
		claims.stream().filter((space) -> space != home).forEach((space) -> remove(space, truth.uuid()));
		if (!complete) {
			return new Settled(truth, false, null);
		}
		remove(home, truth.uuid());
		return null;
	}

	/**
	 * Makes the others say what home says.
	 * @return why that is not possible, or {@code null}
	 */
	private @Nullable String agree(VolumeRecord truth, DeviceSpace home, List<DeviceSpace> claims) {
		for (DeviceSpace space : claims) {
			if (space != home && !truth.devices().contains(space.uuid())) {
				remove(space, truth.uuid());
			}
		}
		for (UUID device : truth.devices()) {
			DeviceSpace space = this.spaces.get(device);
			if (space == null) {
				continue;
			}
			if (!space.has(truth)) {
				return "the label of device %s does not have its extents".formatted(space.device().name());
			}
			if (!truth.equals(space.record(truth.uuid()))) {
				space.replace(truth);
				this.changed.add(space);
			}
		}
		return null;
	}

	/**
	 * Ends what a device says of a volume.
	 */
	void remove(DeviceSpace space, UUID volume) {
		if (space.record(volume) != null) {
			space.remove(volume);
			this.changed.add(space);
		}
	}

	/**
	 * Writes the labels that have changed.
	 */
	void commit() throws IoFailedException {
		for (DeviceSpace space : this.changed.stream().sorted(DeviceSpace.BY_NAME).toList()) {
			space.commit();
		}
		this.changed.clear();
	}

	/**
	 * What a volume is.
	 *
	 * @param record the truth, as far as it is known
	 * @param complete whether all of its devices are here
	 * @param conflict why it cannot be used, or {@code null}
	 */
	record Settled(VolumeRecord record, boolean complete, @Nullable String conflict) {

	}

}
