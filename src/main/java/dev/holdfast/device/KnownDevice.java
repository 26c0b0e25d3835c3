package dev.holdfast.device;

import java.util.UUID;

/**
 * A device that was attached and not detached, whether it is here or not.
 *
 * @param name what it is called
 * @param uuid its label's, which is what it is known by
 * @param selector how it was asked for
 * @param configured whether the configuration names it; else the API did
 */
public record KnownDevice(String name, UUID uuid, DeviceSelector selector, boolean configured) {
}
