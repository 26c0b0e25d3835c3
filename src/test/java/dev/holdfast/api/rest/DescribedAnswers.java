package dev.holdfast.api.rest;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares answers with what the description of the HTTP face says of them.
 */
final class DescribedAnswers {

	private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

	private final JsonNode document;

	DescribedAnswers(String document) {
		this.document = ApiContract.parse(document);
	}

	/**
	 * Fails unless path, method, status, media type and body are described.
	 */
	HttpResponse<String> check(HttpResponse<String> answer) {
		String method = answer.request().method();
		String what = method + " " + answer.uri().getPath() + " " + answer.statusCode() + " " + answer.body();
		JsonNode path = path(answer.uri().getRawPath());
		assertThat(path).as(what).isNotNull();
		JsonNode operation = path.get(method.toLowerCase(Locale.ROOT));
		assertThat(operation).as(what).isNotNull();
		JsonNode response = resolve(operation.get("responses").get(Integer.toString(answer.statusCode())));
		assertThat(response).as(what).isNotNull();
		assertThat(response.get("headers").propertyNames()).as(what).contains("X-Request-Id");
		answer.headers()
			.firstValue("ETag")
			.ifPresent((tag) -> assertThat(response.get("headers").has("ETag")).as(what).isTrue());
		if (answer.body().isEmpty()) {
			return answer;
		}
		String type = answer.headers().firstValue("Content-Type").orElseThrow();
		JsonNode media = response.get("content").get(type);
		assertThat(media).as(what).isNotNull();
		if (type.endsWith("json")) {
			assertThat(errors(media.get("schema"), answer.body())).as(what).isEmpty();
		}
		return answer;
	}

	/**
	 * What a body violates.
	 */
	List<String> errors(JsonNode schema, String body) {
		ObjectNode whole = (ObjectNode) ApiContract.parse("{}");
		whole.set("components", this.document.get("components"));
		schema.properties().forEach((member) -> whole.set(member.getKey(), member.getValue()));
		Schema compiled = SCHEMAS.getSchema(whole.toString(), InputFormat.JSON);
		return compiled.validate(body, InputFormat.JSON).stream().map(Object::toString).toList();
	}

	/**
	 * The schema of a request's body.
	 */
	JsonNode request(String pointer) {
		return this.document.at(pointer).get("requestBody").get("content").get("application/json").get("schema");
	}

	/** The most literal one wins, as in {@code {volume}:flush}. */
	private JsonNode path(String path) {
		return this.document.get("paths")
			.properties()
			.stream()
			.filter((entry) -> path.matches(pattern(entry.getKey())))
			.reduce((one, other) -> (literal(other.getKey()) > literal(one.getKey())) ? other : one)
			.map(Map.Entry::getValue)
			.orElse(null);
	}

	private static int literal(String template) {
		return template.replaceAll("\\{\\w+}", "").length();
	}

	private static String pattern(String template) {
		return Pattern.quote(template).replaceAll("\\{\\w+}", "\\\\E[^/]+\\\\Q");
	}

	private JsonNode resolve(JsonNode response) {
		if (response == null || !response.has("$ref")) {
			return response;
		}
		return this.document.at(response.get("$ref").asString().substring(1));
	}

}
