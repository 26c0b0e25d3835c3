package dev.holdfast.mapping;

import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.volume.VolumeHandle;

/**
 * A mapping that is asked for.
 *
 * @param buffer in memory
 * @param volume of the same tenant
 * @param spec how
 */
public record WantedMapping(BufferHandle buffer, VolumeHandle volume, MappingSpec spec) {

}
