package dev.holdfast.tenant;

import java.time.Instant;

/**
 * Someone whose volumes are kept apart from everybody else's.
 *
 * @param name unique
 * @param createdAt when it was made
 */
public record Tenant(String name, Instant createdAt) {

}
