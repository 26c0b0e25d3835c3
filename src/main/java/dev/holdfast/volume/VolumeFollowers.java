package dev.holdfast.volume;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Everybody who follows what becomes of volumes.
 */
final class VolumeFollowers implements VolumeListener {

	private final List<VolumeListener> listeners = new CopyOnWriteArrayList<>();

	void add(VolumeListener listener) {
		this.listeners.add(listener);
	}

	@Override
	public void changed(VolumeHandle volume) {
		this.listeners.forEach((listener) -> listener.changed(volume));
	}

	@Override
	public void ended(VolumeHandle volume) {
		this.listeners.forEach((listener) -> listener.ended(volume));
	}

}
