package dev.holdfast.api.rest;

import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The simplest schemas of the description of the HTTP face.
 */
final class ApiSchemas {

	private ApiSchemas() {
	}

	static Schema<Object> string(@Nullable String description) {
		return of("string", description);
	}

	static Schema<Object> string(@Nullable String description, String format) {
		Schema<Object> schema = string(description);
		schema.setFormat(format);
		return schema;
	}

	static Schema<Object> integer() {
		return of("integer", null);
	}

	static Schema<Object> bytes() {
		Schema<Object> schema = integer();
		schema.setFormat("int64");
		return schema;
	}

	static Schema<Object> flag(@Nullable String description) {
		return of("boolean", description);
	}

	static Schema<Object> object(@Nullable String description) {
		return of("object", description);
	}

	static Schema<Object> reference(String name) {
		Schema<Object> schema = new JsonSchema();
		schema.set$ref(name);
		return schema;
	}

	private static Schema<Object> of(String type, @Nullable String description) {
		Schema<Object> schema = new JsonSchema();
		schema.addType(type);
		schema.setDescription(description);
		return schema;
	}

	static Header header(String description, Schema<Object> schema) {
		return new Header().description(description).schema(schema);
	}

	static Header header(String description) {
		return header(description, string(null));
	}

}
