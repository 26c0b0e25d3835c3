package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import dev.holdfast.device.VolumeRecord;

/**
 * Keeps in mind which devices may claim a volume, also those that have no part of it and
 * whose labels do not say so yet: a device that returns with such a claim must not bring
 * back what was moved, or deleted. Any thread.
 */
final class VolumeClaims {

	private final RememberedVolumes remembered;

	private final Map<UUID, DeviceSpace> spaces;

	VolumeClaims(RememberedVolumes remembered, Map<UUID, DeviceSpace> spaces) {
		this.remembered = remembered;
		this.spaces = spaces;
	}

	void remember(VolumeHandle handle) {
		this.remembered.put(List.of(entry(handle)));
	}

	/**
	 * Some devices may come to claim a volume, whatever becomes of that.
	 */
	void expect(VolumeHandle handle, Collection<UUID> claiming) {
		VolumeIndex.Entry entry = entry(handle);
		Set<UUID> devices = new LinkedHashSet<>(entry.volume().devices());
		devices.addAll(claiming);
		this.remembered
			.put(List.of(new VolumeIndex.Entry(entry.volume().on(List.copyOf(devices)), entry.declared(), false)));
	}

	/**
	 * A volume was not made after all, and its home's label may say that it was: until
	 * that is written again, what it says is void.
	 */
	void disown(VolumeHandle handle, VolumeRecord record) {
		this.remembered
			.put(List.of(new VolumeIndex.Entry(handle.volume().on(record.devices()), handle.declared(), true)));
		DeviceSpace home = this.spaces.get(record.home());
		if (home != null) {
			home.afterNextCommit(() -> this.remembered.remove(record.uuid()));
		}
	}

	/**
	 * The volume is no more. Where a label may say otherwise, that is void when the
	 * device returns.
	 */
	void forget(VolumeHandle handle) {
		List<UUID> left = left(handle.volume());
		if (left.isEmpty()) {
			this.remembered.remove(handle.uuid());
		}
		else {
			this.remembered.put(List.of(new VolumeIndex.Entry(handle.volume().on(left), handle.declared(), true)));
		}
	}

	/**
	 * What to remember of a volume.
	 */
	VolumeIndex.Entry entry(VolumeHandle handle) {
		Volume volume = handle.volume();
		List<UUID> devices = new ArrayList<>(volume.devices());
		devices.addAll(left(volume));
		return new VolumeIndex.Entry(volume.on(devices), handle.declared(), false);
	}

	/**
	 * Devices that it has left, or never came to, and whose labels may not say so.
	 */
	private List<UUID> left(Volume volume) {
		VolumeIndex.Entry entry = this.remembered.find(volume.uuid());
		return (entry == null) ? List.of()
				: entry.volume()
					.devices()
					.stream()
					.filter((device) -> !volume.devices().contains(device) && !knowsNothing(device, volume))
					.toList();
	}

	private boolean knowsNothing(UUID device, Volume volume) {
		DeviceSpace space = this.spaces.get(device);
		return space != null && space.record(volume.uuid()) == null && !space.isBehind();
	}

}
