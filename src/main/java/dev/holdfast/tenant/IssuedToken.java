package dev.holdfast.tenant;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a declaration of a token.
 *
 * @param spec what was declared
 * @param createdAt when it was made
 * @param token the token with its secret, once: {@code null} if it was there already
 */
public record IssuedToken(TokenSpec spec, Instant createdAt, @Nullable Token token) {

}
