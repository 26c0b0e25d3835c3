package dev.holdfast.volume;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.contract.ResourceName;
import dev.holdfast.device.VolumeRecord;
import org.jspecify.annotations.Nullable;

/**
 * How volumes of a device from elsewhere come in.
 *
 * @param rename new names, by old ones. Both are {@code tenant/name}, or {@code name} for
 * whichever tenant it is
 */
public record Adoption(Map<String, String> rename) {

	/** All under the names that they have. */
	public static final Adoption AS_THEY_ARE = new Adoption(Map.of());

	public Adoption {
		rename = Map.copyOf(rename);
		rename.values().forEach((name) -> {
			String[] parts = name.split("/", -1);
			boolean valid = parts.length <= 2;
			for (String part : parts) {
				valid &= ResourceName.isValid(part);
			}
			if (!valid) {
				throw new ProblemException(Problem.BAD_NAME,
						"rename: write new names as name or tenant/name, with lower-case letters, digits and hyphens");
			}
		});
	}

	/**
	 * Whether a volume is to be called something else.
	 */
	boolean renames(VolumeRecord record) {
		return !keyOf(record).equals(new VolumeKey(record.tenant(), record.name()));
	}

	/**
	 * Refuses new names for volumes that do not come: a slip would be noticed too late.
	 * @throws ProblemException {@link Problem#MALFORMED_REQUEST}
	 */
	void requireAmong(List<VolumeRecord> records) {
		Set<String> unknown = new TreeSet<>(this.rename.keySet());
		records.forEach((record) -> {
			unknown.remove(record.name());
			unknown.remove(record.tenant() + "/" + record.name());
		});
		if (!unknown.isEmpty()) {
			throw new ProblemException(Problem.MALFORMED_REQUEST,
					"rename: the device has no volume called %s".formatted(String.join(", ", unknown)));
		}
	}

	/**
	 * What a volume is to be called.
	 */
	VolumeKey keyOf(VolumeRecord record) {
		@Nullable String name = this.rename.get(record.tenant() + "/" + record.name());
		name = (name != null) ? name : this.rename.get(record.name());
		if (name == null) {
			return new VolumeKey(record.tenant(), record.name());
		}
		int slash = name.indexOf('/');
		return (slash < 0) ? new VolumeKey(record.tenant(), name)
				: new VolumeKey(name.substring(0, slash), name.substring(slash + 1));
	}

}
