package dev.holdfast.volume;

/**
 * The answer to a request for a volume.
 *
 * @param volume the volume
 * @param created whether it was made now; {@code false} if it was there already
 */
public record Creation(Volume volume, boolean created) {

}
