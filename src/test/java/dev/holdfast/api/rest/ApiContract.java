package dev.holdfast.api.rest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.openapitools.openapidiff.core.OpenApiCompare;
import org.openapitools.openapidiff.core.compare.OpenApiDiffOptions;
import org.openapitools.openapidiff.core.model.ChangedOpenApi;
import org.openapitools.openapidiff.core.output.MarkdownRender;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The description of the HTTP face that clients were promised, and what a change of it
 * means for them.
 */
final class ApiContract {

	static final Path COPY = Path.of("src/docs/openapi.json");

	/** Clients ignore values that they do not know. */
	private static final OpenApiDiffOptions OPTIONS = OpenApiDiffOptions.builder()
		.configProperty("incompatible.response.enum.increased", "false")
		.build();

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private ApiContract() {
	}

	static String committed() throws IOException {
		return Files.exists(COPY) ? Files.readString(COPY) : "";
	}

	static String pretty(JsonNode document) {
		return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n";
	}

	static JsonNode parse(String document) {
		return JSON.readTree(document);
	}

	/**
	 * What the library does not see: types as OpenAPI 3.1 has them, and fields that
	 * requests had and that would be refused.
	 */
	private static void lost(String where, JsonNode before, JsonNode after, List<String> lost) {
		before.properties().forEach((member) -> {
			JsonNode now = after.get(member.getKey());
			String path = where + "/" + member.getKey();
			if (member.getKey().equals("type") && member.getValue().isString()) {
				if (!member.getValue().equals(now)) {
					lost.add(path);
				}
			}
			else if (now == null && where.endsWith("/properties")) {
				lost.add(path);
			}
			else if (now != null && now.isObject()) {
				lost(path, member.getValue(), now, lost);
			}
		});
	}

	/**
	 * What of a change breaks clients.
	 * @return {@code ""} if nothing does
	 */
	static String breaking(String before, String after) throws IOException {
		List<String> lost = new ArrayList<>();
		lost("", parse(before).at("/components/schemas"), parse(after).at("/components/schemas"), lost);
		if (!lost.isEmpty()) {
			return "breaks clients: gone, or of another type, is " + lost;
		}
		ChangedOpenApi changed = OpenApiCompare.fromContents(before, after, List.of(), OPTIONS);
		if (changed.isCompatible()) {
			return "";
		}
		ByteArrayOutputStream text = new ByteArrayOutputStream();
		try (OutputStreamWriter writer = new OutputStreamWriter(text, StandardCharsets.UTF_8)) {
			new MarkdownRender().render(changed, writer);
		}
		return "breaks clients:\n" + text.toString(StandardCharsets.UTF_8);
	}

}
