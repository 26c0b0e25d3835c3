package dev.holdfast.api.rest;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;

/**
 * How the description of the HTTP face says what can go wrong: one response for each
 * status, with the names of the problems that have it.
 */
final class ProblemResponses {

	private static final String SCHEMA = "Problem";

	private static final List<Integer> WITH_RETRY_AFTER = List.of(429, 503);

	private ProblemResponses() {
	}

	static void addTo(Components components) {
		components.addSchemas(SCHEMA, problem());
		Arrays.stream(ProblemType.values())
			.map(ProblemType::status)
			.distinct()
			.forEach((status) -> components.addResponses(name(status), response(status)));
		components.addResponses("Problem", new ApiResponse().description("What the server itself refuses.")
			.content(content(ApiSchemas.reference(SCHEMA))));
	}

	/**
	 * A reference to what a status means; 0 for any.
	 */
	static ApiResponse reference(int status) {
		return new ApiResponse().$ref("#/components/responses/" + ((status == 0) ? "Problem" : name(status)));
	}

	private static String name(int status) {
		return "Problem" + status;
	}

	private static ApiResponse response(int status) {
		List<ProblemType> types = Arrays.stream(ProblemType.values())
			.filter((type) -> type.status() == status)
			.toList();
		StringBuilder text = new StringBuilder();
		types.forEach((type) -> text.append("`%s`: %s\n".formatted(type.code(), type.explanation())));
		Schema<Object> code = ApiSchemas.string("The name of the problem.");
		types.forEach((type) -> code.addEnumItemObject(type.code()));
		Schema<Object> narrowed = new JsonSchema();
		narrowed.addAllOfItem(ApiSchemas.reference(SCHEMA));
		narrowed.addAllOfItem(ApiSchemas.object(null).addProperty("code", code));
		ApiResponse response = new ApiResponse().description(text.toString().strip()).content(content(narrowed));
		response.addHeaderObject(RequestId.HEADER,
				ApiSchemas.header("What the service's log has of the request.", ApiSchemas.string(null)));
		if (WITH_RETRY_AFTER.contains(status)) {
			response.addHeaderObject("Retry-After",
					ApiSchemas.header("Seconds to wait before the next attempt.", ApiSchemas.integer()));
		}
		if (status == 401) {
			response.addHeaderObject("WWW-Authenticate",
					ApiSchemas.header("The schemes that are understood.", ApiSchemas.string(null)));
		}
		if (status == 405) {
			response.addHeaderObject("Allow",
					ApiSchemas.header("The methods that the resource understands.", ApiSchemas.string(null)));
		}
		if (status == 416) {
			response.addHeaderObject("Content-Range", ApiSchemas
				.header("The size of the volume, as `bytes */size`, where it is known.", ApiSchemas.string(null)));
		}
		return response;
	}

	private static Content content(Schema<Object> schema) {
		return new Content().addMediaType(org.springframework.http.MediaType.APPLICATION_PROBLEM_JSON_VALUE,
				new MediaType().schema(schema));
	}

	/** RFC 9457, with what this service adds. */
	private static Schema<Object> problem() {
		Schema<Object> problem = ApiSchemas
			.object("A problem in the form of RFC 9457. Some have more members, such as size, volumes and why.");
		Map<String, Schema<Object>> members = Map.of("title", ApiSchemas.string("In a few words."), "detail",
				ApiSchemas.string("A sentence for whoever reads it."), "code",
				ApiSchemas.string("The name of the problem."), "requestId", ApiSchemas.string("As in X-Request-Id."));
		problem.addProperty("type",
				ApiSchemas.string("`/problems/` and the name: there it is explained.", "uri-reference"));
		problem.addProperty("status", ApiSchemas.integer());
		members.forEach(problem::addProperty);
		problem.addProperty("retryable", ApiSchemas.flag("Whether the same request may succeed a little later."));
		problem.addProperty("retryAfterSeconds", ApiSchemas.integer());
		problem.addProperty("errno", ApiSchemas.string("Of the kernel, such as EIO."));
		problem.addProperty("deviceState", ApiSchemas.string("Of the device concerned."));
		problem.addProperty("outcome", ApiSchemas
			.string("`unknown` if a write may have happened, `not-done` if nothing has and nothing will."));
		problem.setRequired(List.of("code", "detail", "requestId", "status", "title", "type"));
		return problem;
	}

}
