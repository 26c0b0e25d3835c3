package dev.holdfast.device;

import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * A drive of this node that is not attached.
 *
 * @param drive what the kernel says of it
 * @param label identity of the device whose label it seems to have, or {@code null}
 * @param answers whether a read came back in time: one that hangs says nothing of its
 * label
 */
public record FoundDrive(Drive drive, @Nullable UUID label, boolean answers) {
}
