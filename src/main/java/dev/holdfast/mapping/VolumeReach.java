package dev.holdfast.mapping;

import java.util.List;
import java.util.Set;
import java.util.UUID;

import dev.holdfast.device.Device;
import dev.holdfast.volume.VolumeHandle;
import dev.holdfast.volume.VolumeState;

/**
 * The devices under a volume.
 *
 * @param volume that a tenant mapped a buffer to
 */
record VolumeReach(VolumeHandle volume) implements Reach {

	@Override
	public String name() {
		return this.volume.volume().key().name();
	}

	@Override
	public List<Device> devices() {
		return this.volume.devices();
	}

	@Override
	public Set<UUID> all() {
		return Set.copyOf(this.volume.volume().devices());
	}

	@Override
	public boolean ending() {
		return this.volume.volume().state() == VolumeState.DELETING;
	}

}
