package dev.holdfast.powerloss;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

import dev.holdfast.volume.Volume;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeState;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant was answered about its volumes, over all restarts.
 */
final class TenantVolumes {

	private final String tenant;

	private final Map<String, ExpectedVolume> volumes = new TreeMap<>();

	/**
	 * Creations that were not answered, and may have left a volume on a device that is
	 * away or whose name is taken.
	 */
	private final Map<String, List<ExpectedVolume>> unanswered = new TreeMap<>();

	private final Set<UUID> deleted = new HashSet<>();

	TenantVolumes(String tenant) {
		this.tenant = tenant;
	}

	@Nullable ExpectedVolume find(String name) {
		return this.volumes.get(name);
	}

	void put(String name, ExpectedVolume volume) {
		this.volumes.put(name, volume);
	}

	/**
	 * There is no such volume, for sure.
	 */
	void remove(String name) {
		this.volumes.remove(name);
	}

	/**
	 * A deletion was answered.
	 */
	void deleted(String name) {
		ExpectedVolume volume = this.volumes.remove(name);
		UUID uuid = (volume != null) ? volume.uuid() : null;
		if (uuid != null) {
			this.deleted.add(uuid);
		}
	}

	/**
	 * There is no such volume now, and may be later: its creation was not answered.
	 */
	void leaveOpen(String name) {
		ExpectedVolume volume = this.volumes.remove(name);
		if (volume != null) {
			this.unanswered.computeIfAbsent(name, (absent) -> new ArrayList<>()).add(volume);
		}
	}

	/**
	 * The drives were flushed.
	 */
	void settle() {
		this.volumes.values().stream().filter(ExpectedVolume::seen).forEach(ExpectedVolume::settle);
	}

	/**
	 * After a restart: the volumes that were acknowledged are there and no others; what
	 * was durable is in them. What is found is what is expected from now on.
	 * @param complete whether all devices are here
	 */
	void check(Stack stack, boolean complete) throws IOException {
		Map<String, Volume> found = stack.volumes()
			.list(this.tenant)
			.stream()
			.collect(Collectors.toMap((volume) -> volume.key().name(), (volume) -> volume));
		Set<String> names = new TreeSet<>(this.volumes.keySet());
		names.addAll(this.unanswered.keySet());
		names.addAll(found.keySet());
		for (String name : names) {
			Volume volume = found.get(name);
			ExpectedVolume expected = this.volumes.get(name);
			if (volume != null) {
				appears(stack, volume);
			}
			else if (expected != null && expected.phase() == ExpectedVolume.Phase.LIVE) {
				throw new Violation("%s/%s was acknowledged and is gone".formatted(this.tenant, name));
			}
			else if (complete) {
				this.volumes.remove(name);
				this.unanswered.remove(name);
			}
			else if (expected != null && expected.phase() == ExpectedVolume.Phase.CREATING) {
				leaveOpen(name);
			}
			else {
				this.volumes.remove(name);
			}
		}
	}

	/**
	 * A volume is listed for the first time since a restart, or where nobody knew of one.
	 */
	void appears(Stack stack, Volume volume) throws IOException {
		ExpectedVolume expected = identify(volume);
		expected.seen(false);
		look(stack, volume.key());
	}

	/**
	 * Which of those that may be there it is.
	 */
	private ExpectedVolume identify(Volume volume) {
		VolumeKey key = volume.key();
		ExpectedVolume expected = this.volumes.get(key.name());
		if (this.deleted.contains(volume.uuid())) {
			throw new Violation("%s was deleted and is there".formatted(key));
		}
		if (expected != null && isSame(expected, volume)) {
			return expected;
		}
		if (expected != null && expected.phase() == ExpectedVolume.Phase.LIVE) {
			throw new Violation("%s is not the one that was acknowledged: %s".formatted(key, volume));
		}
		List<ExpectedVolume> open = this.unanswered.getOrDefault(key.name(), List.of());
		ExpectedVolume candidate = open.stream()
			.filter((one) -> isSame(one, volume))
			.findFirst()
			.orElseThrow(() -> new Violation("nobody asked for %s: %s".formatted(key, volume)));
		open.remove(candidate);
		if (expected != null && expected.phase() == ExpectedVolume.Phase.CREATING) {
			open.add(expected);
		}
		this.volumes.put(key.name(), candidate);
		return candidate;
	}

	private static boolean isSame(ExpectedVolume expected, Volume volume) {
		UUID uuid = expected.uuid();
		return (uuid == null || uuid.equals(volume.uuid())) && expected.mayHave(volume.sizeBytes())
				&& expected.blockSize() == volume.blockSize();
	}

	/**
	 * What a volume that is expected is like now. If it serves and has not since the
	 * restart, all of it is checked.
	 */
	Sight look(Stack stack, VolumeKey key) throws IOException {
		ExpectedVolume expected = this.volumes.get(key.name());
		if (expected == null) {
			throw new IllegalStateException("nobody expects " + key);
		}
		Volume volume = stack.volumes().find(key).orElse(null);
		if (volume == null) {
			return gone(key, expected);
		}
		if (!isSame(expected, volume)) {
			expected = identify(volume);
		}
		if (volume.state() == VolumeState.FAILED) {
			throw new Violation("%s has failed: %s".formatted(key, volume.reason()));
		}
		if (volume.state() == VolumeState.DELETING) {
			if (expected.phase() != ExpectedVolume.Phase.DELETING) {
				throw new Violation("%s is being deleted, and nobody wants that".formatted(key));
			}
			return Sight.DELETING;
		}
		if (volume.state().away()) {
			if (stack.isHere(volume.devices())) {
				throw new Violation("%s waits for nothing: %s".formatted(key, volume));
			}
			return Sight.AWAY;
		}
		if (!expected.seen()) {
			checkContent(stack, key, expected, volume);
		}
		return Sight.SERVING;
	}

	private Sight gone(VolumeKey key, ExpectedVolume expected) {
		switch (expected.phase()) {
			case LIVE -> throw new Violation("%s was acknowledged and is gone".formatted(key));
			case CREATING -> leaveOpen(key.name());
			case DELETING -> this.volumes.remove(key.name());
		}
		return Sight.GONE;
	}

	private static void checkContent(Stack stack, VolumeKey key, ExpectedVolume expected, Volume volume)
			throws IOException {
		expected.live(volume.uuid());
		expected.grown(volume.sizeBytes());
		for (HotSpots.Range spot : HotSpots.of(expected.size())) {
			expected.check(key.toString(), spot.offset(), stack.read(key, spot.offset(), spot.length()), true);
		}
		expected.seen(true);
	}

	/**
	 * How a volume shows.
	 */
	enum Sight {

		SERVING, AWAY, DELETING, GONE

	}

}
