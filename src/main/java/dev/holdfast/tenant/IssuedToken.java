package dev.holdfast.tenant;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a declaration of a token.
 *
 * @param status what is there now
 * @param token the token with its secret, once: {@code null} if it was there already
 */
public record IssuedToken(TokenStatus status, @Nullable Token token) {

}
