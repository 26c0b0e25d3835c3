package dev.holdfast.api.rest;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.utils.SpringDocUtils;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Describes the HTTP face (OpenAPI 3.1, at {@code /v3/api-docs}): what all of it has in
 * common, which no controller has to say.
 */
@Configuration(proxyBeanMethods = false)
class ApiDescription {

	private static final String BEARER = "bearer";

	private static final String BASIC = "basic";

	private static final String REFERENCE = "#/components/schemas/";

	static {
		SpringDocUtils.getConfig()
			.addRequestWrapperToIgnore(Conditions.class)
			.addRequestWrapperToIgnore(ShownLease.class)
			.addRequestWrapperToIgnore(WaitingClient.class)
			.addRequestWrapperToIgnore(TokenAuthentication.class);
	}

	@Bean
	ModelConverter apiSchemas() {
		return new SchemaConverter();
	}

	@Bean
	GlobalOperationCustomizer apiOperations() {
		return new OperationDescription();
	}

	@Bean
	OpenApiCustomizer apiDocument() {
		return (document) -> {
			document.info(new Info().title("Holdfast")
				.version("v1")
				.description(
						"Tenants' volumes on the NVMe drives of a node, over plain HTTP. Within v1 there are only additions: ignore fields and values that you do not know.")
				.license(new License().name("Apache-2.0").identifier("Apache-2.0")));
			document.servers(List.of(new Server().url("/")));
			document
				.security(List.of(new SecurityRequirement().addList(BEARER), new SecurityRequirement().addList(BASIC)));
			Components components = Objects.requireNonNull(document.getComponents());
			components
				.addSecuritySchemes(BEARER,
						new SecurityScheme().type(SecurityScheme.Type.HTTP)
							.scheme("bearer")
							.bearerFormat("hf_<id>_<secret>_<check>")
							.description("A token."))
				.addSecuritySchemes(BASIC,
						new SecurityScheme().type(SecurityScheme.Type.HTTP)
							.scheme("basic")
							.description("A token as the password, with any user name."));
			ProblemResponses.addTo(components);
			letAnybodyReadProblems(document);
			refuseUnknownFields(document);
			components.setSchemas(new TreeMap<>(components.getSchemas()));
		};
	}

	private static void letAnybodyReadProblems(OpenAPI document) {
		document.getPaths().forEach((path, item) -> {
			if (path.startsWith("/problems/")) {
				item.readOperations().forEach((operation) -> operation.security(List.of()));
			}
		});
	}

	/** A field that is not there is refused in requests, and to be ignored in answers. */
	private static void refuseUnknownFields(OpenAPI document) {
		Set<String> names = new LinkedHashSet<>();
		document.getPaths()
			.values()
			.stream()
			.map(PathItem::readOperations)
			.flatMap(List::stream)
			.map(Operation::getRequestBody)
			.filter(Objects::nonNull)
			.flatMap(ApiDescription::schemas)
			.forEach((schema) -> collect(document, schema, names));
		names.forEach((name) -> {
			Schema<?> schema = document.getComponents().getSchemas().get(name);
			if (schema != null) {
				schema.setAdditionalProperties(false);
				schema.setTypes(Set.of("object"));
			}
		});
	}

	private static Stream<Schema<?>> schemas(RequestBody body) {
		return body.getContent().values().stream().<Schema<?>>map(MediaType::getSchema).filter(Objects::nonNull);
	}

	@SuppressWarnings("rawtypes")
	private static void collect(OpenAPI document, Schema<?> schema, Set<String> names) {
		String reference = schema.get$ref();
		if (reference == null || !names.add(reference.substring(REFERENCE.length()))) {
			return;
		}
		Schema<?> target = document.getComponents().getSchemas().get(reference.substring(REFERENCE.length()));
		if (target != null && target.getProperties() != null) {
			for (Schema property : target.getProperties().values()) {
				collect(document, property, names);
				if (property.getItems() != null) {
					collect(document, property.getItems(), names);
				}
			}
		}
	}

	/**
	 * Such as {@code PreconditionFailed}.
	 */
	static String camelCase(String words) {
		StringBuilder text = new StringBuilder();
		for (String word : words.split("[^A-Za-z0-9]+", -1)) {
			text.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
		}
		return text.toString();
	}

}
