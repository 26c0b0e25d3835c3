package dev.holdfast.api.rest;

import java.util.UUID;

import dev.holdfast.volume.Volume;

/**
 * A volume as its owner sees it.
 *
 * @param name in its tenant
 * @param uuid identity
 * @param sizeBytes in bytes
 * @param blockSize in bytes
 * @param layout how its bytes follow each other
 * @param state where it is in its life
 */
record VolumeResponse(String name, UUID uuid, long sizeBytes, int blockSize, String layout, String state) {

	static VolumeResponse of(Volume volume) {
		return new VolumeResponse(volume.key().name(), volume.uuid(), volume.sizeBytes(), volume.blockSize(),
				volume.layout().label(), volume.state().label());
	}

}
