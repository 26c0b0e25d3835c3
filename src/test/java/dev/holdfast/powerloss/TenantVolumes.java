package dev.holdfast.powerloss;

import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import dev.holdfast.volume.Volume;
import dev.holdfast.volume.VolumeKey;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant was answered about its volumes, over all restarts.
 */
final class TenantVolumes {

	private final String tenant;

	private final Map<String, ExpectedVolume> volumes = new TreeMap<>();

	TenantVolumes(String tenant) {
		this.tenant = tenant;
	}

	@Nullable ExpectedVolume find(String name) {
		return this.volumes.get(name);
	}

	void put(String name, ExpectedVolume volume) {
		this.volumes.put(name, volume);
	}

	void remove(String name) {
		this.volumes.remove(name);
	}

	/**
	 * After a restart: the volumes that were acknowledged are there and no others; what
	 * was durable is in them. What is found is what is expected from now on.
	 */
	void check(Stack stack) throws IOException {
		Map<String, Volume> found = stack.volumes()
			.list(this.tenant)
			.stream()
			.collect(Collectors.toMap((volume) -> volume.key().name(), (volume) -> volume));
		Set<String> names = new HashSet<>(this.volumes.keySet());
		names.addAll(found.keySet());
		for (String name : names) {
			VolumeKey key = new VolumeKey(this.tenant, name);
			ExpectedVolume expected = this.volumes.get(name);
			Volume volume = found.get(name);
			if (expected == null) {
				throw new Violation("%s was deleted and is there".formatted(key));
			}
			if (volume != null) {
				check(stack, key, expected, volume);
			}
			else if (expected.phase() == ExpectedVolume.Phase.LIVE) {
				throw new Violation("%s was acknowledged and is gone".formatted(key));
			}
			else {
				this.volumes.remove(name);
			}
		}
	}

	private void check(Stack stack, VolumeKey key, ExpectedVolume expected, Volume volume) throws IOException {
		if (volume.sizeBytes() != expected.size()) {
			throw new Violation("%s has %d bytes of %d".formatted(key, volume.sizeBytes(), expected.size()));
		}
		for (HotSpots.Range spot : HotSpots.of(expected.size())) {
			expected.check(key.toString(), spot.offset(), stack.read(key, spot.offset(), spot.length()), true);
		}
		expected.in(ExpectedVolume.Phase.LIVE);
	}

}
