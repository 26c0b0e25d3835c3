package dev.holdfast.ops;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import dev.holdfast.event.EventKind;
import dev.holdfast.event.EventLog;
import dev.holdfast.volume.Volume;
import dev.holdfast.volume.VolumeHandle;
import dev.holdfast.volume.VolumeListener;

/**
 * Publishes what becomes of volumes, once for each difference that a client can see. Any
 * thread; what is published of one volume is in the order in which it was so.
 */
final class VolumeEvents implements VolumeListener {

	private final EventLog log;

	/** What was published last, or was there at the beginning. */
	private final Map<UUID, Volume> known = new ConcurrentHashMap<>();

	private volatile boolean begun;

	VolumeEvents(EventLog log) {
		this.log = log;
	}

	/**
	 * What has been told so far was there already.
	 */
	void begin() {
		this.begun = true;
	}

	@Override
	public void changed(VolumeHandle handle) {
		this.known.compute(handle.uuid(), (uuid, before) -> {
			Volume now = handle.shown();
			if (this.begun && !now.equals(before)) {
				publish((before != null) ? EventKind.VOLUME_CHANGED : EventKind.VOLUME_CREATED, now);
			}
			return now;
		});
	}

	@Override
	public void ended(VolumeHandle handle) {
		if (this.known.remove(handle.uuid()) != null) {
			publish(EventKind.VOLUME_DELETED, handle.volume());
		}
	}

	private void publish(EventKind kind, Volume volume) {
		String tenant = volume.key().tenant();
		this.log.publish(kind, tenant, "tenants/%s/volumes/%s".formatted(tenant, volume.key().name()), volume);
	}

}
