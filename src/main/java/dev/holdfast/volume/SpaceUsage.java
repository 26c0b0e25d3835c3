package dev.holdfast.volume;

/**
 * How the room for volumes on a device is used. All in bytes; the three parts add up to
 * the total.
 *
 * @param total all extents
 * @param used by volumes, also those being made or deleted
 * @param free known to be zero
 * @param dirty to be zeroed before they are used
 */
public record SpaceUsage(long total, long used, long free, long dirty) {

}
