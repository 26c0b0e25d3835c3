package dev.holdfast.buffer;

import java.time.Instant;
import java.util.UUID;

/**
 * A buffer as it is declared: what survives a restart.
 *
 * @param key what it is called
 * @param uuid tells it from an earlier one of the same name
 * @param spec what was asked for
 * @param createdAt when it was declared
 */
public record BufferDeclaration(BufferKey key, UUID uuid, BufferSpec spec, Instant createdAt) {

}
