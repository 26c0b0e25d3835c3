package dev.holdfast.operation;

import java.time.Instant;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * What is kept of an operation.
 *
 * @param id its identity
 * @param spec what is to be done, with the total that was last reported
 * @param startedAt when it began
 * @param done how much was done when that was last stored
 * @param cancelRequested whether somebody asked for its end
 * @param end how it ended; {@code null} while it runs
 */
record OperationRow(UUID id, OperationSpec spec, Instant startedAt, long done, boolean cancelRequested,
		@Nullable OperationEnd end) {

}
