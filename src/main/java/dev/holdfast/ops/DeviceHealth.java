package dev.holdfast.ops;

import java.util.List;

import dev.holdfast.device.DeviceState;
import dev.holdfast.device.DeviceStatus;
import dev.holdfast.device.Devices;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Which devices are there. One that is away takes its volumes with it and not the others:
 * only without any there is nothing to serve.
 */
final class DeviceHealth implements HealthIndicator {

	private final Devices devices;

	DeviceHealth(Devices devices) {
		this.devices = devices;
	}

	@Override
	public Health health() {
		Health.Builder health = Health.up();
		boolean any = false;
		List<DeviceStatus> all = this.devices.list();
		for (DeviceStatus device : all) {
			boolean stuck = device.device() != null && device.device().overdue().count() > 0;
			health.withDetail(device.known().name(), device.state().label() + (stuck ? ", stuck" : ""));
			any |= device.state() == DeviceState.ONLINE || device.state() == DeviceState.DRAINING;
		}
		if (!any && !all.isEmpty()) {
			health.down();
		}
		return health.build();
	}

}
