package dev.holdfast.mapping;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceFollower;
import dev.holdfast.device.DeviceStatus;
import dev.holdfast.device.Devices;

/**
 * All devices of this installation: what the service's own memory is mapped to.
 */
final class EveryDevice implements Reach, DeviceFollower {

	private final Devices devices;

	private final Consumer<Reach> listener;

	/**
	 * Follows devices as they come and go.
	 * @param listener hears that they are others now, and may wait a little for what is
	 * unmapped then: before a device is let go of nothing is to be mapped to it
	 */
	EveryDevice(Devices devices, Consumer<Reach> listener) {
		this.devices = devices;
		this.listener = listener;
	}

	@Override
	public String name() {
		return MappingKey.EVERY_VOLUME;
	}

	@Override
	public List<Device> devices() {
		return this.devices.attached();
	}

	@Override
	public Set<UUID> all() {
		return this.devices.names().keySet();
	}

	@Override
	public boolean ending() {
		return false;
	}

	void changed() {
		this.listener.accept(this);
	}

	@Override
	public void attached(DeviceStatus device) {
		changed();
	}

	@Override
	public void changed(DeviceStatus device) {
		changed();
	}

	@Override
	public void detached(DeviceStatus device) {
		changed();
	}

}
