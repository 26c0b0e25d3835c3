package dev.holdfast.api.rest;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * What an event carries.
 *
 * @param at when it happened
 * @param tenant whose it is, if a tenant's
 * @param subject what it happened to
 * @param resource that, as the API shows it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record EventData(Instant at, @Nullable String tenant, String subject, Record resource) {

	static EventData of(Event event, EventResources resources) {
		return new EventData(event.at(), event.tenant(), event.subject(), resources.shown(event.resource()));
	}

}
