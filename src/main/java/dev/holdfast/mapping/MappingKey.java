package dev.holdfast.mapping;

import dev.holdfast.buffer.BufferKey;
import dev.holdfast.volume.VolumeKey;

/**
 * Which mapping: a buffer and a volume of one tenant, or a buffer of the service's own
 * and every volume.
 *
 * @param tenant whose both are
 * @param buffer name of the buffer
 * @param volume name of the volume
 */
public record MappingKey(String tenant, String buffer, String volume) {

	/**
	 * In place of a volume, for a buffer of the service's own. No volume is called so.
	 */
	public static final String EVERY_VOLUME = "*";

	BufferKey bufferKey() {
		return new BufferKey(this.tenant, this.buffer);
	}

	VolumeKey volumeKey() {
		return new VolumeKey(this.tenant, this.volume);
	}

}
