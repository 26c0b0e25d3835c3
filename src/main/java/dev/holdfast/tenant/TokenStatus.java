package dev.holdfast.tenant;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What can be seen of a token.
 *
 * @param id its public part
 * @param spec what was declared
 * @param createdAt when it was made
 * @param lastUsedAt when it was used last, by the minute; {@code null} if it never was
 */
public record TokenStatus(String id, TokenSpec spec, Instant createdAt, @Nullable Instant lastUsedAt) {

}
