package dev.holdfast.api.rest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.holdfast.device.DeviceFollower;
import dev.holdfast.device.DeviceStatus;
import dev.holdfast.event.EventKind;
import dev.holdfast.event.EventLog;
import dev.holdfast.volume.Volumes;

/**
 * Publishes what becomes of devices, for administrators. A device is made into what
 * clients see at once: what is kept in the log must not hold on to one that is gone.
 * Called by one thread at a time.
 */
public final class DeviceEvents implements DeviceFollower {

	private final EventLog log;

	private final Volumes volumes;

	/** What was published last, or was there at the beginning. */
	private final Map<UUID, Shown> known = new HashMap<>();

	/**
	 * A publisher.
	 * @param present devices that are no news
	 */
	public DeviceEvents(EventLog log, Volumes volumes, List<DeviceStatus> present) {
		this.log = log;
		this.volumes = volumes;
		present.forEach((status) -> this.known.put(status.known().uuid(), Shown.of(response(status))));
	}

	@Override
	public void attached(DeviceStatus device) {
		DeviceResponse now = response(device);
		this.known.put(now.uuid(), Shown.of(now));
		publish(EventKind.DEVICE_ATTACHED, now);
	}

	@Override
	public void changed(DeviceStatus device) {
		DeviceResponse now = response(device);
		if (!Shown.of(now).equals(this.known.put(now.uuid(), Shown.of(now)))) {
			publish(EventKind.DEVICE_CHANGED, now);
		}
	}

	/**
	 * Administrators hear of the device, and each tenant of its volumes.
	 */
	@Override
	public void mayHaveLost(DeviceStatus device, Map<UUID, Long> writes) {
		String name = device.known().name();
		List<PossibleWriteLoss.Loss> losses = new ArrayList<>();
		writes.forEach((uuid, count) -> this.volumes.find(uuid)
			.ifPresent((volume) -> losses
				.add(new PossibleWriteLoss.Loss(volume.key().tenant(), volume.key().name(), count))));
		this.log.publish(EventKind.POSSIBLE_WRITE_LOSS, null, "devices/" + name, new PossibleWriteLoss(name, losses));
		for (PossibleWriteLoss.Loss loss : losses) {
			this.log.publish(EventKind.POSSIBLE_WRITE_LOSS, loss.tenant(),
					"tenants/%s/volumes/%s".formatted(loss.tenant(), loss.volume()),
					new PossibleWriteLoss(name, List.of(loss)));
		}
	}

	@Override
	public void detached(DeviceStatus device) {
		this.known.remove(device.known().uuid());
		publish(EventKind.DEVICE_DETACHED, response(device));
	}

	private void publish(EventKind kind, DeviceResponse device) {
		this.log.publish(kind, null, "devices/" + device.name(), device);
	}

	private DeviceResponse response(DeviceStatus status) {
		UUID uuid = status.known().uuid();
		return DeviceResponse.of(status, this.volumes.usage(uuid), this.volumes.unassigned(uuid));
	}

	/**
	 * What of a device is worth an event: not its counters.
	 */
	private record Shown(String state, boolean stuck, List<DeviceResponse.Unassigned> unassigned) {

		static Shown of(DeviceResponse device) {
			return new Shown(device.state(), device.stuck() != null && device.stuck() > 0, device.unassigned());
		}

	}

}
