package dev.holdfast.api.rest;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.contract.ResourceName;
import dev.holdfast.volume.Volume;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.Volumes;

import org.springframework.stereotype.Component;

/**
 * From the names in a path to the volume.
 */
@Component
class VolumeLookup {

	private final Volumes volumes;

	VolumeLookup(Volumes volumes) {
		this.volumes = volumes;
	}

	static VolumeKey key(String tenant, String volume) {
		return new VolumeKey(tenant, ResourceName.require("volume", volume));
	}

	/**
	 * The volume, for who has it now.
	 * @param lease that the request shows
	 */
	Volume require(String tenant, String volume, ShownLease lease) {
		Volume found = require(tenant, volume);
		this.volumes.requireLease(found.key(), lease.number());
		return found;
	}

	Volume require(String tenant, String volume) {
		return this.volumes.find(key(tenant, volume)).orElseThrow(VolumeLookup::notFound);
	}

	/**
	 * The volume as an answer shows it.
	 */
	Volume shown(String tenant, String volume) {
		return this.volumes.show(key(tenant, volume)).orElseThrow(VolumeLookup::notFound);
	}

	private static ProblemException notFound() {
		return new ProblemException(Problem.NOT_FOUND, "There is no volume of this name");
	}

}
