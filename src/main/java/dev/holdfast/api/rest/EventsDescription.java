package dev.holdfast.api.rest;

import java.util.Arrays;
import java.util.stream.Collectors;

import dev.holdfast.event.EventKind;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;

/**
 * Describes the stream of events, for which OpenAPI has no words of its own.
 */
final class EventsDescription {

	private EventsDescription() {
	}

	static void describe(Operation operation) {
		operation.addParametersItem(OperationDescription.header("Last-Event-ID",
				"What a client has seen last, as it sends it by itself; it counts more than `since`."));
		String kinds = Arrays.stream(EventKind.values())
			.map((kind) -> "`" + kind.label() + "`")
			.collect(Collectors.joining(", "));
		ApiResponse stream = new ApiResponse().description(
				"Server-sent events. `event` is one of %s, or `gap`: events are missing, list again. `data` has `at`, `tenant`, `subject` and `resource`, which is what the API shows of the subject."
					.formatted(kinds))
			.content(new Content().addMediaType(org.springframework.http.MediaType.TEXT_EVENT_STREAM_VALUE,
					new MediaType().schema(ApiSchemas.string(null))));
		operation.setResponses(new ApiResponses().addApiResponse("200", stream));
	}

}
