package dev.holdfast.operation;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * How an operation ended.
 *
 * @param state any but {@link OperationState#RUNNING}
 * @param finishedAt when
 * @param error why it failed; {@code null} unless it did
 */
record OperationEnd(OperationState state, Instant finishedAt, @Nullable OperationError error) {

}
