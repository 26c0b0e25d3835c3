package dev.holdfast.attack;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The description of the HTTP face, as a list of what can be asked for.
 */
final class ApiDocument {

	private final JsonNode document;

	private final List<Described> operations = new ArrayList<>();

	ApiDocument(String text) {
		this.document = JsonMapper.shared().readTree(text);
		this.document.get("paths")
			.properties()
			.forEach((path) -> path.getValue()
				.properties()
				.forEach(
						(method) -> this.operations.add(operation(path.getKey(), method.getKey(), method.getValue()))));
	}

	private Described operation(String path, String method, JsonNode operation) {
		List<Parameter> parameters = new ArrayList<>();
		operation.path("parameters")
			.forEach((each) -> parameters.add(new Parameter(each.get("name").asString(), each.get("in").asString())));
		JsonNode body = operation.path("requestBody").path("content");
		JsonNode json = body.has("application/json") ? body.get("application/json")
				: body.get("application/merge-patch+json");
		return new Described(method.toUpperCase(Locale.ROOT), path, parameters,
				(json != null) ? resolve(json.get("schema")) : null, !body.isMissingNode(),
				new TreeSet<>(operation.get("responses").propertyNames()));
	}

	/**
	 * A schema in place of a reference to it.
	 */
	JsonNode resolve(JsonNode schema) {
		return schema.has("$ref") ? resolve(this.document.at(schema.get("$ref").asString().substring(1))) : schema;
	}

	List<Described> operations() {
		return this.operations;
	}

	/**
	 * One operation.
	 *
	 * @param method in capitals
	 * @param path with its variables in braces
	 * @param parameters of the path, the query and the headers
	 * @param json what its body may be; {@code null} if that is not JSON
	 * @param takesBody whether it has one
	 * @param statuses that it may answer, {@code default} included
	 */
	record Described(String method, String path, List<Parameter> parameters, @Nullable JsonNode json, boolean takesBody,
			Set<String> statuses) {

	}

	/**
	 * A parameter.
	 *
	 * @param name of it
	 * @param place {@code path}, {@code query} or {@code header}
	 */
	record Parameter(String name, String place) {

	}

}
