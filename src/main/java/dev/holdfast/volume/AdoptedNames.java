package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.VolumeRecord;

/**
 * What volumes are called that come from elsewhere, or that nobody had: each needs a
 * tenant that exists and a name that is free. Under the registry's lock.
 */
final class AdoptedNames {

	private final VolumeNames names;

	private final RememberedVolumes remembered;

	AdoptedNames(VolumeNames names, RememberedVolumes remembered) {
		this.names = names;
		this.remembered = remembered;
	}

	/**
	 * Volumes by the names that they are to have.
	 * @throws ProblemException {@link Problem#FOREIGN_SIGNATURE} if a tenant does not
	 * exist, {@link Problem#ALREADY_EXISTS} if a name is taken
	 */
	List<VolumeRecord> of(List<VolumeRecord> records, String device, Adoption adoption) {
		Set<String> missing = new TreeSet<>();
		Set<String> taken = new TreeSet<>();
		Set<VolumeKey> wanted = new LinkedHashSet<>();
		List<VolumeRecord> named = new ArrayList<>();
		for (VolumeRecord record : records) {
			VolumeKey key = keyOf(record, adoption);
			named.add(record.named(key.tenant(), key.name()));
			if (!this.names.exists(key.tenant())) {
				missing.add(key.tenant());
			}
			else if (!wanted.add(key) || !this.names.isFree(key, record.uuid())) {
				taken.add(key.tenant() + "/" + key.name());
			}
		}
		if (!missing.isEmpty()) {
			throw new ProblemException(Problem.FOREIGN_SIGNATURE,
					"Device %s has volumes of tenants that do not exist here: make them first, or give the volumes to others by rename"
						.formatted(device))
				.with("missingTenants", List.copyOf(missing));
		}
		if (!taken.isEmpty()) {
			throw new ProblemException(Problem.ALREADY_EXISTS,
					"Device %s has volumes with names that are taken here: give them others by rename"
						.formatted(device))
				.with("takenNames", List.copyOf(taken));
		}
		return named;
	}

	static ProblemException labelFull(String device) {
		return new ProblemException(Problem.NO_SPACE,
				"The label of device %s has no room for the new names: choose shorter ones".formatted(device));
	}

	/**
	 * A volume that is known here by another device keeps the name that it has here.
	 */
	private VolumeKey keyOf(VolumeRecord record, Adoption adoption) {
		VolumeIndex.Entry entry = this.remembered.find(record.uuid());
		return (entry != null && !entry.deleted() && !adoption.renames(record)) ? entry.volume().key()
				: adoption.keyOf(record);
	}

}
