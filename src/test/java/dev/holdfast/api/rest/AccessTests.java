package dev.holdfast.api.rest;

import java.lang.reflect.Method;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
@ExtendWith(OutputCaptureExtension.class)
class AccessTests extends Service {

	@Autowired
	@Qualifier("requestMappingHandlerMapping")
	RequestMappingHandlerMapping routes;

	@Test
	void shouldTakeBearerAndBasic() throws Exception {
		String token = acme().authorization().substring("Bearer ".length());
		assertThat(as("bearer " + token).get("/v1/me").statusCode()).isEqualTo(200);
		assertThat(as(basic("anyone:" + token)).get("/v1/me").statusCode()).isEqualTo(200);
		assertThat(as(basic(":" + token)).get("/v1/me").statusCode()).isEqualTo(200);
	}

	@Test
	void shouldRefuseTokensThatAreWrongInAnyWayAlike(CapturedOutput output) throws Exception {
		String token = acme().authorization().substring("Bearer ".length());
		List<String> wrong = List.of("", "Bearer", "Bearer ", "Bearer x", "Bearer hf_", token, "Digest " + token,
				"Bearer " + token + "x", "Bearer " + token.substring(1), "Bearer " + token.toUpperCase(Locale.ROOT),
				"Bearer " + token.substring(0, 60) + "00000000", basic(token), basic(token + ":"), "Basic ???",
				basic("u:" + token + " "));
		String expected = null;
		for (String authorization : wrong) {
			HttpResponse<String> response = as(authorization).get("/v1/me");
			assertProblem(response, 401, "unauthenticated");
			assertThat(response.headers().allValues("WWW-Authenticate")).hasSize(2)
				.anyMatch((value) -> value.startsWith("Bearer"))
				.anyMatch((value) -> value.startsWith("Basic"));
			String said = Client.json(response).get("detail").asString();
			assertThat(expected).isIn(null, said);
			expected = said;
		}
		assertThat(output.getAll()).doesNotContain(token.substring(16, 59));
	}

	@Test
	void shouldRefuseTwoTokens() throws Exception {
		String header = "Authorization: " + acme().authorization() + "\n";
		assertThat(RawSocket.exchange(this.port, "GET /v1/me HTTP/1.1\nHost: h\n" + header + header + "\n"))
			.startsWith("HTTP/1.1 401");
	}

	@Test
	void shouldKeepTokensOutOfTheLogWhateverIsSent(CapturedOutput output) throws Exception {
		String secret = acme().authorization().substring(23, 66);
		String header = "Authorization: " + acme().authorization();
		RawSocket.exchange(this.port, "GET /v1/me HTTP/1.1\nHost: h\n" + header.replace(":", " :") + "\n\n");
		RawSocket.exchange(this.port, "GET /v1/me HTTP/1.1\nHost: h\n" + header + "\0\n\n");
		RawSocket.exchange(this.port, "GET /v1/me?" + header + " HTTP/1.1\nHost: h\n\n");
		RawSocket.exchange(this.port, header + "\n\n");
		acme().put("/v1/tenants/acme/volumes/Bad", "nonsense");
		assertThat(output.getAll()).doesNotContain(secret);
	}

	@Test
	void shouldNotFindOtherTenantsWhetherTheyExistOrNot() throws Exception {
		Client globex = admin().tenant("globex", "tenant");
		globex.put("/v1/tenants/globex/volumes/secret", "{\"sizeBytes\":\"4KiB\"}");
		String there = "/v1/tenants/globex/volumes/secret";
		String notThere = "/v1/tenants/initech/volumes/secret";
		for (String route : List.of("", "/data")) {
			HttpResponse<String> one = acme().get(there + route);
			HttpResponse<String> other = acme().get(notThere + route);
			assertProblem(one, 404, "not-found");
			assertThat(withoutId(one)).isEqualTo(withoutId(other));
		}
		assertProblem(acme().put(there + "/data?offset=0", random(10)), 404, "not-found");
		assertProblem(acme().text("DELETE", there, BodyPublishers.noBody()), 404, "not-found");
		assertProblem(acme().text("POST", there + ":flush", BodyPublishers.noBody()), 404, "not-found");
		assertProblem(acme().put(there, "nonsense"), 404, "not-found");
		assertProblem(acme().get("/v1/tenants/globex/volumes"), 404, "not-found");
		assertThat(globex.get(there).statusCode()).isEqualTo(200);
	}

	@Test
	void shouldLetAnAdministratorManageVolumesButNotSeeBytes() throws Exception {
		String volume = volume();
		assertThat(admin().get(volume).statusCode()).isEqualTo(200);
		assertThat(admin().put(volume + "x", "{\"sizeBytes\":\"4KiB\"}").statusCode()).isEqualTo(201);
		assertThat(admin().text("DELETE", volume + "x", BodyPublishers.noBody()).statusCode()).isEqualTo(204);
		assertProblem(admin().get(volume + "/data"), 403, "forbidden");
		assertProblem(admin().put(volume + "/data?offset=0", random(10)), 403, "forbidden");
		assertProblem(admin().text("POST", volume + ":flush", BodyPublishers.noBody()), 403, "forbidden");
		assertProblem(admin().get("/v1/tenants/nobody/volumes"), 404, "not-found");
	}

	@Test
	void shouldLetAReaderOnlyRead() throws Exception {
		String volume = volume();
		Client reader = admin().tenant("acme", "reader");
		assertThat(reader.get(volume).statusCode()).isEqualTo(200);
		assertThat(reader.get(volume + "/data").statusCode()).isEqualTo(200);
		assertProblem(reader.put(volume + "/data?offset=0", random(10)), 403, "forbidden");
		assertProblem(reader.put(volume, "{\"sizeBytes\":\"1MiB\"}"), 403, "forbidden");
		assertProblem(reader.text("DELETE", volume, BodyPublishers.noBody()), 403, "forbidden");
		assertProblem(reader.text("POST", volume + ":flush", BodyPublishers.noBody()), 403, "forbidden");
	}

	@Test
	void shouldLetOnlyAdministratorsMakeTenantsAndTokens() throws Exception {
		assertProblem(acme().put("/v1/tenants/acme", "{}"), 403, "forbidden");
		assertProblem(acme().put("/v1/tenants/nobody", "{}"), 403, "forbidden");
		assertProblem(acme().put("/v1/tenants/acme/tokens/x", "{\"role\":\"tenant\"}"), 403, "forbidden");
		assertProblem(Client.anonymous(this.port).put("/v1/tenants/x", "{}"), 401, "unauthenticated");
	}

	@Test
	void shouldMakeTenantsAndTokens() throws Exception {
		assertThat(admin().put("/v1/tenants/umbrella", "{}").statusCode()).isEqualTo(201);
		assertThat(admin().put("/v1/tenants/umbrella", "{}").statusCode()).isEqualTo(200);
		assertProblem(admin().put("/v1/tenants/umbrella", "{\"quota\":1}"), 400, "unknown-field");
		assertProblem(admin().put("/v1/tenants/Umbrella", "{}"), 400, "bad-name");
		String tokens = "/v1/tenants/umbrella/tokens/";
		HttpResponse<String> made = admin().put(tokens + "t", "{\"role\":\"reader\"}");
		assertThat(made.statusCode()).isEqualTo(201);
		HttpResponse<String> again = admin().put(tokens + "t", "{\"role\":\"reader\"}");
		assertThat(again.statusCode()).isEqualTo(200);
		assertThat(Client.json(again).has("token")).isFalse();
		assertProblem(admin().put(tokens + "t", "{\"role\":\"tenant\"}"), 409, "already-exists");
		assertProblem(admin().put(tokens + "u", "{\"role\":\"admin\"}"), 400, "malformed-request");
		assertProblem(admin().put(tokens + "u", "{\"role\":\"reader\",\"expiresAt\":\"soon\"}"), 400,
				"malformed-request");
		assertProblem(admin().put(tokens + "u", "{\"role\":\"reader\",\"expiresAt\":\"2001-01-01T00:00:00Z\"}"), 400,
				"malformed-request");
		assertProblem(admin().put("/v1/tenants/nobody/tokens/t", "{\"role\":\"reader\"}"), 404, "not-found");
	}

	@Test
	void shouldSayWhoIsAsking() throws Exception {
		JsonNode me = Client.json(acme().get("/v1/me"));
		assertThat(me.get("role").asString()).isEqualTo("tenant");
		assertThat(me.get("tenant").asString()).isEqualTo("acme");
		assertThat(me.has("expiresAt")).isFalse();
		assertThat(Client.json(admin().get("/v1/me")).has("tenant")).isFalse();
		String end = Instant.now().plusSeconds(3600).toString();
		JsonNode made = Client.json(admin().put("/v1/tenants/acme/tokens/until" + System.nanoTime(),
				"{\"role\":\"tenant\",\"expiresAt\":\"" + end + "\"}"));
		JsonNode ending = Client.json(as("Bearer " + made.get("token").asString()).get("/v1/me"));
		assertThat(Instant.parse(ending.get("expiresAt").asString())).isBefore(Instant.parse(end).plusMillis(1))
			.isAfter(Instant.now());
	}

	@Test
	void shouldAskOnEveryRouteWhetherTheCallerMay() {
		assertThat(routes((method) -> !method.isAnnotationPresent(Needs.class))).containsExactlyInAnyOrder(
				"MeController.show", "ProblemsController.explain", "ErrorPage.show",
				"OpenApiWebMvcResource.openapiJson", "OpenApiWebMvcResource.openapiYaml");
	}

	@Test
	void shouldKnowTheRoutesThatAskWhoseSomethingIsThemselves() {
		assertThat(routes(
				(method) -> method.isAnnotationPresent(Needs.class) && !method.getAnnotation(Needs.class).inTenant()))
			.containsExactlyInAnyOrder("EventsController.follow", "OperationsController.list",
					"OperationsController.show", "OperationsController.forget", "OperationsController.cancel");
	}

	@Test
	void shouldAnswerAlikeOnEveryRouteWhetherATenantExistsOrNot() throws Exception {
		admin().tenant("globex", "tenant");
		int compared = 0;
		for (RequestMappingInfo route : this.routes.getHandlerMethods().keySet()) {
			for (String pattern : route.getPatternValues()) {
				for (RequestMethod method : route.getMethodsCondition().getMethods()) {
					if (pattern.contains("{tenant}")) {
						HttpResponse<String> there = send(method, pattern.replace("{tenant}", "globex"));
						HttpResponse<String> notThere = send(method, pattern.replace("{tenant}", "nobody"));
						assertThat(there.statusCode()).as(method + pattern).isIn(403, 404);
						assertThat(withoutId(there)).as(method + pattern).isEqualTo(withoutId(notThere));
						assertThat(headers(there)).as(method + pattern).isEqualTo(headers(notThere));
						compared++;
					}
				}
			}
		}
		assertThat(compared).isGreaterThan(15);
	}

	private HttpResponse<String> send(RequestMethod method, String pattern) throws Exception {
		return acme().text(method.name(), pattern.replaceAll("\\{\\w+}", "x"), BodyPublishers.ofString("{}"),
				"Content-Type", "application/json");
	}

	private static Map<String, List<String>> headers(HttpResponse<String> response) {
		Map<String, List<String>> headers = new TreeMap<>(response.headers().map());
		headers.keySet().removeIf((name) -> name.equalsIgnoreCase("X-Request-Id") || name.equalsIgnoreCase("Date"));
		return headers;
	}

	private List<String> routes(Predicate<Method> which) {
		return this.routes.getHandlerMethods()
			.values()
			.stream()
			.map((handler) -> handler.getMethod())
			.filter(which)
			.map(Method::toString)
			.map((text) -> text.replaceAll(".*\\.(\\w+\\.\\w+)\\(.*", "$1"))
			.toList();
	}

	private Client as(String authorization) {
		return Client.anonymous(this.port).authorization(authorization);
	}

	private static String basic(String pair) {
		return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
	}

	private static String withoutId(HttpResponse<String> response) {
		return response.body().replaceAll("\"requestId\":\"[^\"]*\"", "");
	}

}
