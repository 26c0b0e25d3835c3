package dev.holdfast.volume;

import dev.holdfast.device.Device;

/**
 * A range of a device, as the resolver answers.
 *
 * @param device where it is
 * @param offset from the start of the device in bytes
 * @param length in bytes
 */
public record DeviceRange(Device device, long offset, long length) {

}
