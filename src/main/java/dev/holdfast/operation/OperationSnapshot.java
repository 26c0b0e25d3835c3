package dev.holdfast.operation;

import java.time.Instant;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * An operation as it was at one moment.
 *
 * @param id its identity; those of later operations are larger, as text too
 * @param kind such as {@code create-volume}
 * @param tenant who sees it; {@code null} if only administrators do
 * @param subject what it is done to
 * @param state where it is in its life
 * @param done how much is done
 * @param total of how much; 0 if that is not known
 * @param unit what both count
 * @param startedAt when it began
 * @param finishedAt when it ended; {@code null} while it runs
 * @param error why it failed; {@code null} unless it did
 * @param cancellable whether it may be asked to end
 */
public record OperationSnapshot(UUID id, String kind, @Nullable String tenant, String subject, OperationState state,
		long done, long total, String unit, Instant startedAt, @Nullable Instant finishedAt,
		@Nullable OperationError error, boolean cancellable) {

}
