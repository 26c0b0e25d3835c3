package dev.holdfast.event;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Something that has happened.
 *
 * @param sequence its place among all events of this run, from 1
 * @param at when
 * @param kind what
 * @param tenant who sees it besides administrators; {@code null} for nobody
 * @param subject to what, such as {@code tenants/acme/volumes/db}
 * @param resource the thing as it was then: a snapshot of the layer that published it
 */
public record Event(long sequence, Instant at, EventKind kind, @Nullable String tenant, String subject,
		Record resource) {

}
