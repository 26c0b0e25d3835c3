package dev.holdfast.api.rest;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.ServiceTest;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * The description of the HTTP face, and the copy of it that clients were promised.
 */
@ServiceTest
class OpenApiTests extends Service {

	private static final String VOLUME = "/paths/~1v1~1tenants~1{tenant}~1volumes~1{volume}";

	@Autowired
	@Qualifier("requestMappingHandlerMapping")
	RequestMappingHandlerMapping routes;

	@Test
	void shouldBeTheCopyThatIsCommitted() throws Exception {
		String now = ApiContract.pretty(Client.json(acme().get("/v3/api-docs")));
		String copy = ApiContract.committed();
		if (now.equals(copy)) {
			return;
		}
		String write = System.getProperty("holdfast.openapi.write", "");
		String broken = copy.isEmpty() ? "" : ApiContract.breaking(copy, now);
		if (write.equals("breaking") || (write.equals("true") && broken.isEmpty())) {
			Files.writeString(ApiContract.COPY, now);
			return;
		}
		if (!broken.isEmpty()) {
			fail("The HTTP face is not what %s promises, and that %s\nWithin v1 there are only additions: change the code, or, if nobody relies on it yet, write the copy again with -Dholdfast.openapi.write=breaking",
					ApiContract.COPY, broken);
		}
		fail("The HTTP face has more than %s says, and breaks nobody. Write the copy again: mvn test -Dtest=OpenApiTests -Dholdfast.openapi.write=true",
				ApiContract.COPY);
	}

	@Test
	void shouldBeValid() throws Exception {
		SwaggerParseResult parsed = new OpenAPIV3Parser().readContents(acme().get("/v3/api-docs").body());
		assertThat(parsed.getMessages()).isEmpty();
		assertThat(parsed.getOpenAPI().getOpenapi()).isEqualTo("3.1.0");
		assertThat(parsed.getOpenAPI().getComponents().getSecuritySchemes()).containsOnlyKeys("bearer", "basic");
	}

	@Test
	void shouldBeForWhoeverHasAToken() throws Exception {
		assertProblem(Client.anonymous(this.port).get("/v3/api-docs"), 401, "unauthenticated");
		String document = acme().get("/v3/api-docs").body();
		assertThat(admin().get("/v3/api-docs").body()).isEqualTo(document);
		assertThat(admin().tenant("globex", "reader").get("/v3/api-docs").body()).isEqualTo(document);
		HttpResponse<String> page = acme().get("/swagger-ui/index.html");
		assertProblem(page, 404, "not-found");
	}

	@Test
	void shouldHaveEachRoute() throws Exception {
		Set<String> expected = this.routes.getHandlerMethods()
			.entrySet()
			.stream()
			.filter((route) -> route.getValue().getBeanType().getPackageName().equals("dev.holdfast.api.rest"))
			.filter((route) -> route.getValue().getBeanType() != ErrorPage.class)
			.flatMap((route) -> route.getKey()
				.getPatternValues()
				.stream()
				.flatMap((path) -> route.getKey()
					.getMethodsCondition()
					.getMethods()
					.stream()
					.map((method) -> described(method, path))))
			.collect(Collectors.toCollection(TreeSet::new));
		Set<String> found = new TreeSet<>();
		Client.json(acme().get("/v3/api-docs"))
			.get("paths")
			.properties()
			.forEach((path) -> path.getValue()
				.propertyNames()
				.forEach((method) -> found.add(method + " " + path.getKey())));
		assertThat(found).containsExactlyElementsOf(expected).hasSizeGreaterThan(20);
	}

	private static String described(RequestMethod method, String path) {
		return method.name().toLowerCase(java.util.Locale.ROOT) + " " + path;
	}

	@Test
	void shouldGiveEachOperationANameOfItsOwn() throws Exception {
		List<String> names = new ArrayList<>();
		Client.json(acme().get("/v3/api-docs"))
			.get("paths")
			.forEach((path) -> path.forEach((operation) -> names.add(operation.get("operationId").asString())));
		assertThat(names).doesNotHaveDuplicates()
			.doesNotContain("")
			.allSatisfy((name) -> assertThat(name).matches("[A-Z]\\w+\\.\\w+"));
	}

	@ParameterizedTest
	@MethodSource
	void shouldFindWhatBreaksClients(String what, Consumer<JsonNode> change) throws Exception {
		assertThat(changed(change)).as(what).startsWith("breaks clients:");
	}

	static Stream<Arguments> shouldFindWhatBreaksClients() {
		return Stream.of(change("a path is gone", (document) -> object(document, "/paths").remove("/v1/me")),
				change("a method is gone", (document) -> object(document, VOLUME).remove("patch")),
				change("an answer lacks a field",
						(document) -> object(document, schema("VolumeResponse/properties")).remove("uuid")),
				change("a request needs one more field", (document) -> {
					object(document, schema("VolumeRequest/properties")).putObject("colour").put("type", "string");
					array(document, schema("VolumeRequest/required")).add("colour");
				}),
				change("a field that was optional is needed",
						(document) -> array(document, schema("VolumeRequest/required")).add("layout")),
				change("a request's values are fewer",
						(document) -> array(document, schema("VolumeRequest/properties/layout/enum")).remove(1)),
				change("a request lacks a field",
						(document) -> object(document, schema("VolumeRequest/properties")).remove("stripeBytes")),
				change("a field has another type",
						(document) -> object(document, schema("VolumeResponse/properties/sizeBytes")).put("type",
								"string")),
				change("a parameter is needed",
						(document) -> array(document, VOLUME + "/get/parameters").addObject()
							.put("name", "why")
							.put("in", "query")
							.put("required", true)
							.putObject("schema")
							.put("type", "string")));
	}

	@ParameterizedTest
	@MethodSource
	void shouldFindNothingInAdditions(String what, Consumer<JsonNode> change) throws Exception {
		assertThat(changed(change)).as(what).isEmpty();
	}

	static Stream<Arguments> shouldFindNothingInAdditions() {
		return Stream.of(change("a path", (document) -> {
			ObjectNode paths = object(document, "/paths");
			ObjectNode more = object(document, "/paths/~1v1~1me").deepCopy();
			((ObjectNode) more.get("get")).put("operationId", "You.show");
			paths.set("/v1/you", more);
		}), change("a field of an answer",
				(document) -> object(document, schema("VolumeResponse/properties")).putObject("colour")
					.put("type", "string")),
				change("a field of a request that may be left out",
						(document) -> object(document, schema("VolumeRequest/properties")).putObject("colour")
							.put("type", "string")),
				change("a value in answers",
						(document) -> array(document, schema("VolumeResponse/properties/state/enum")).add("moving")),
				change("a value in requests",
						(document) -> array(document, schema("VolumeRequest/properties/layout/enum")).add("mirrored")),
				change("a problem", (document) -> array(document,
						"/components/responses/Problem409/content/application~1problem+json/schema/allOf/1/properties/code/enum")
					.add("moved")));
	}

	private String changed(Consumer<JsonNode> change) throws Exception {
		String before = acme().get("/v3/api-docs").body();
		JsonNode after = ApiContract.parse(before);
		change.accept(after);
		assertThat(ApiContract.breaking(before, before)).isEmpty();
		return ApiContract.breaking(before, ApiContract.pretty(after));
	}

	private static Arguments change(String what, Consumer<JsonNode> change) {
		return Arguments.of(what, change);
	}

	private static String schema(String path) {
		return "/components/schemas/" + path;
	}

	private static ObjectNode object(JsonNode document, String path) {
		return (ObjectNode) document.at(path);
	}

	private static ArrayNode array(JsonNode document, String path) {
		return (ArrayNode) document.at(path);
	}

	@Test
	void shouldReadNoYaml() throws Exception {
		assertProblem(acme().put("/v1/tenants/acme/volumes/yaml", "sizeBytes: 4096".getBytes(StandardCharsets.UTF_8),
				"Content-Type", "application/yaml"), 415, "unsupported-media-type");
		assertProblem(acme().get("/v1/me", "Accept", "application/yaml"), 406, "not-acceptable");
	}

}
