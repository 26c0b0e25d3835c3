package dev.holdfast.volume;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * Everything in the index, by identity, also of devices that are away. What is changed is
 * in the index first. Any thread.
 */
final class RememberedVolumes {

	private final VolumeIndex index;

	/** Guarded by itself. */
	private final Map<UUID, VolumeIndex.Entry> entries = new LinkedHashMap<>();

	RememberedVolumes(VolumeIndex index) {
		this.index = index;
		index.load().forEach((entry) -> this.entries.put(entry.volume().uuid(), entry));
	}

	List<VolumeIndex.Entry> all() {
		synchronized (this.entries) {
			return List.copyOf(this.entries.values());
		}
	}

	VolumeIndex.@Nullable Entry find(UUID volume) {
		synchronized (this.entries) {
			return this.entries.get(volume);
		}
	}

	/**
	 * Those that have a part on a device, deleted ones too.
	 */
	List<VolumeIndex.Entry> on(UUID device) {
		synchronized (this.entries) {
			return this.entries.values().stream().filter((entry) -> entry.volume().devices().contains(device)).toList();
		}
	}

	/**
	 * Whether volumes of a tenant were deleted of which something is left on a device
	 * that is away.
	 * @param known devices that may yet return
	 */
	boolean deletesLater(String tenant, Set<UUID> known) {
		synchronized (this.entries) {
			return this.entries.values()
				.stream()
				.anyMatch((entry) -> entry.deleted() && entry.volume().key().tenant().equals(tenant)
						&& entry.volume().devices().stream().anyMatch(known::contains));
		}
	}

	void put(List<VolumeIndex.Entry> changed) {
		if (changed.isEmpty()) {
			return;
		}
		this.index.put(changed);
		synchronized (this.entries) {
			changed.forEach((entry) -> this.entries.put(entry.volume().uuid(), entry));
		}
	}

	void remove(UUID volume) {
		this.index.remove(volume);
		synchronized (this.entries) {
			this.entries.remove(volume);
		}
	}

}
