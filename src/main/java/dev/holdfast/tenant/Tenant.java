package dev.holdfast.tenant;

import java.time.Instant;

/**
 * Someone whose volumes are kept apart from everybody else's.
 *
 * @param name unique
 * @param quotas what it may have at most
 * @param createdAt when it was made
 */
public record Tenant(String name, Quotas quotas, Instant createdAt) {

}
