package dev.holdfast.device;

import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * A drive of this node that is not attached.
 *
 * @param drive what the kernel says of it
 * @param label identity of the device whose label it seems to have, or {@code null}
 */
public record FoundDrive(Drive drive, @Nullable UUID label) {
}
