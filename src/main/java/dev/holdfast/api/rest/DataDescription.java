package dev.holdfast.api.rest;

import java.util.LinkedHashMap;
import java.util.Map;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;

import org.springframework.web.bind.annotation.RequestMethod;

/**
 * Describes the routes to blocks, which are bytes and headers.
 */
final class DataDescription {

	private static final String BYTES = org.springframework.http.MediaType.APPLICATION_OCTET_STREAM_VALUE;

	private DataDescription() {
	}

	static void describe(Operation operation, RequestMethod method, boolean ofVolume) {
		operation.addParametersItem(OperationDescription.header("If-Match", "Can only be `*`: blocks have no tag."));
		if (method == RequestMethod.PUT) {
			write(operation);
		}
		else {
			read(operation, method == RequestMethod.GET, ofVolume);
		}
	}

	private static void read(Operation operation, boolean withBody, boolean ofVolume) {
		ApiResponses responses = new ApiResponses();
		ApiResponse whole = new ApiResponse().description(ofVolume ? "The whole volume." : "The whole buffer.")
			.headers(headers(ofVolume));
		responses.addApiResponse("200", whole);
		if (withBody) {
			operation.addParametersItem(OperationDescription.header("Range",
					"`bytes=first-last`, `first-` or `-count`, at most 64 of them; any bytes."));
			operation.addParametersItem(OperationDescription.header("Want-Content-Digest",
					"`crc32c` or `sha-256` with a preference; ignored for long answers."));
			whole.content(bytes());
			Map<String, Header> headers = headers(ofVolume);
			headers.put("Content-Range", text("`bytes first-last/size`, unless there are several ranges."));
			headers.put("Content-Digest", text("If it was asked for."));
			headers.putAll(transferHeaders());
			whole.getHeaders().putAll(transferHeaders());
			whole.getHeaders().put("Content-Digest", text("If it was asked for."));
			responses.addApiResponse("206",
					new ApiResponse().description("The ranges.")
						.headers(headers)
						.content(bytes().addMediaType("multipart/byteranges", new MediaType().schema(binary()))));
		}
		operation.setResponses(responses);
	}

	private static void write(Operation operation) {
		operation.addParametersItem(OperationDescription.header("Content-Range",
				"`bytes first-last/complete`; complete is `*`, the volume's size, or last + 1."));
		operation.addParametersItem(OperationDescription.header("Content-Digest",
				"`crc32c=:…:` or `sha-256=:…:`, verified before the first byte is written; for short bodies."));
		operation.setRequestBody(new RequestBody().required(true)
			.description("The bytes. Their type is ignored.")
			.content(new Content().addMediaType("*/*", new MediaType().schema(binary()))));
		operation.setResponses(new ApiResponses().addApiResponse("204",
				new ApiResponse().description("They are written.").headers(transferHeaders())));
	}

	private static Map<String, Header> headers(boolean ofVolume) {
		Map<String, Header> headers = new LinkedHashMap<>();
		headers.put("Accept-Ranges", text("`bytes`"));
		if (ofVolume) {
			headers.put("Holdfast-Block-Size",
					ApiSchemas.header("What is written atomically, in bytes.", ApiSchemas.integer()));
		}
		return headers;
	}

	private static Map<String, Header> transferHeaders() {
		Map<String, Header> headers = new LinkedHashMap<>();
		headers.put("Holdfast-Tier", text("The tiers that were used, if the body is short."));
		headers.put("Server-Timing", text("Milliseconds of `queue` and `device`, if the body is short."));
		return headers;
	}

	private static Header text(String description) {
		return ApiSchemas.header(description, ApiSchemas.string(null));
	}

	private static Content bytes() {
		return new Content().addMediaType(BYTES, new MediaType().schema(binary()));
	}

	private static Schema<Object> binary() {
		return ApiSchemas.string(null, "binary");
	}

}
