package dev.holdfast.ops;

import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceState;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether the devices are there.
 */
final class DeviceHealth implements HealthIndicator {

	private final AttachedDevices devices;

	DeviceHealth(AttachedDevices devices) {
		this.devices = devices;
	}

	@Override
	public Health health() {
		Health.Builder health = Health.up();
		for (Device device : this.devices.list()) {
			health.withDetail(device.name(), device.state().label());
			if (device.state() != DeviceState.ONLINE) {
				health.down();
			}
		}
		return health.build();
	}

}
