package dev.holdfast.device;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * All who follow devices, as one. They hear of one thing after the other, from whatever
 * thread.
 */
final class DeviceFollowers implements DeviceFollower {

	private final List<DeviceFollower> followers = new CopyOnWriteArrayList<>();

	void add(DeviceFollower follower) {
		this.followers.add(follower);
	}

	@Override
	public void attached(DeviceStatus device) {
		tell((follower) -> follower.attached(device));
	}

	@Override
	public void changed(DeviceStatus device) {
		tell((follower) -> follower.changed(device));
	}

	@Override
	public void mayHaveLost(DeviceStatus device, Map<UUID, Long> writes) {
		tell((follower) -> follower.mayHaveLost(device, writes));
	}

	@Override
	public void detached(DeviceStatus device) {
		tell((follower) -> follower.detached(device));
	}

	private synchronized void tell(Consumer<DeviceFollower> news) {
		this.followers.forEach(news);
	}

}
