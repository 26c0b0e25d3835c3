package dev.holdfast.api.rest;

import java.time.Duration;

/**
 * Limits of the block routes.
 *
 * @param inlineBytes up to here an answer is held back until it is complete, so that its
 * headers can say how it was done
 * @param deadline how long an operation may take
 */
public record DataLimits(long inlineBytes, Duration deadline) {

}
