package dev.holdfast.volume;

import java.util.UUID;

/**
 * A volume as it was at one moment.
 *
 * @param key tenant and name
 * @param uuid identity, kept when the device moves to another node
 * @param sizeBytes a multiple of {@code blockSize}
 * @param blockSize what is written atomically, in bytes: 512 or 4096
 * @param state where it is in its life
 * @param layout how its bytes follow each other
 * @param device name of the device that it lives on
 * @param epoch grows with each change of its extents
 */
public record Volume(VolumeKey key, UUID uuid, long sizeBytes, int blockSize, VolumeState state, Layout layout,
		String device, long epoch) {

}
