package dev.holdfast.api.rest;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.ops.Client;
import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.ServiceTest;
import dev.holdfast.tenant.Right;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
@ExtendWith(OutputCaptureExtension.class)
class AuditTests extends Service {

	private static final AtomicInteger NAMES = new AtomicInteger();

	@Autowired
	private Catalog catalog;

	@Autowired
	@Qualifier("requestMappingHandlerMapping")
	private RequestMappingHandlerMapping routes;

	private final String name = "audited" + NAMES.incrementAndGet();

	private final String path = "/v1/tenants/" + this.name;

	@Test
	void shouldRecordWhateverAnAdministratorChangesOrIsRefused() throws Exception {
		String object = "tenants/" + this.name;
		assertRecorded(admin().put(this.path, "{}"), "put", object, "201");
		assertRecorded(admin().put(this.path, "{}"), "put", object, "200");
		assertRecorded(admin().put(this.path, "{\"capacityBytes\":1}"), "put", object, "409 already-exists");
		assertRecorded(admin().put(this.path, "{\"colour\":1}"), "put", object, "400 unknown-field");
		assertRecorded(admin().put(this.path, "nonsense"), "put", object, "400 malformed-request");
		assertRecorded(admin().patch(this.path, "{\"capacityBytes\":\"8MiB\"}"), "patch", object, "200");
		assertRecorded(admin().text("PATCH", this.path, BodyPublishers.ofString("x"), "Content-Type", "text/plain"),
				"patch", object, "415 unsupported-media-type");
		String token = object + "/tokens/app";
		assertRecorded(admin().put(this.path + "/tokens/app", "{\"role\":\"reader\"}"), "put", token, "201");
		assertRecorded(admin().delete(this.path + "/tokens/app"), "delete", token, "204");
		assertRecorded(admin().delete(this.path + "/tokens/app"), "delete", token, "404 not-found");
		assertRecorded(admin().put(this.path + "/volumes/v", "{\"sizeBytes\":4096}"), "put", object + "/volumes/v",
				"201");
		assertRecorded(admin().put(this.path + "/volumes/v/data?offset=0", new byte[4096]), "put",
				object + "/volumes/v/data", "403 forbidden");
		assertRecorded(admin().post(this.path + "/volumes/v:flush"), "flush", object + "/volumes/v", "403 forbidden");
		assertRecorded(admin().delete(this.path), "delete", object, "409 in-use");
		assertRecorded(admin().delete(this.path + "/volumes/v"), "delete", object + "/volumes/v", "204");
		assertRecorded(admin().delete(this.path), "delete", object, "204");
		assertRecorded(admin().delete("/v1/devices/none-such"), "delete", "devices/none-such", "404 not-found");
		assertRecorded(admin().post("/v1/nothing:here"), "here", "nothing", "404 not-found");
	}

	@Test
	void shouldRecordWhoMayNotAdminister() throws Exception {
		assertRecorded(acme(), acme().get("/v1/devices"), "get", "devices", "403 forbidden");
		assertRecorded(acme(), acme().put(this.path, "{}"), "put", "tenants/" + this.name, "403 forbidden");
		assertRecorded(acme(), acme().delete("/v1/tenants/acme/tokens/x"), "delete", "tenants/acme/tokens/x",
				"403 forbidden");
		Client nobody = Client.anonymous(this.port);
		HttpResponse<String> refused = nobody.put(this.path, "{}");
		assertThat(row(refused)).containsEntry("token_id", null).containsEntry("remote_address", "127.0.0.1");
		assertThat((String) row(refused).get("result")).startsWith("401 unauthenticated");
		assertThat(row(nobody.authorization("Bearer nonsense").get("/v1/tenants"))).containsEntry("action", "get");
		assertThat(row(nobody.get("/v1/%64evices"))).containsEntry("object", "devices");
	}

	@Test
	void shouldRecordThatSomebodyLeftBeforeTheAnswer() throws Exception {
		RawSocket.exchange(this.port, "PUT %s HTTP/1.1\nHost: h\nAuthorization: %s\nContent-Type: application/json\n"
			.formatted(this.path, admin().authorization()) + "Content-Length: 100\n\n{");
		Awaitility.await().until(() -> results("tenants/" + this.name).size() == 1);
		assertThat(results("tenants/" + this.name).getFirst()).isIn("not answered", "400 malformed-request");
		assertProblem(admin().get(this.path), 404, "not-found");
	}

	private List<String> results(String object) {
		return this.catalog.read((client) -> client.sql("SELECT result FROM audit WHERE object = :object")
			.param("object", object)
			.query(String.class)
			.list());
	}

	@Test
	void shouldNotRecordWhatIsNoAdministration() throws Exception {
		assertThat(rows(admin().get("/v1/devices"))).isEmpty();
		assertThat(rows(admin().get("/v1/me"))).isEmpty();
		assertThat(rows(acme().put("/v1/tenants/acme/volumes/" + this.name, "{\"sizeBytes\":4096}"))).isEmpty();
		assertThat(rows(acme().put("/v1/tenants/acme/volumes/" + this.name + "/data?offset=0", new byte[4096])))
			.isEmpty();
		assertThat(rows(acme().get("/v1/tenants/acme"))).isEmpty();
		assertThat(rows(acme().delete("/v1/tenants/acme/volumes/" + this.name))).isEmpty();
		assertThat(rows(Client.anonymous(this.port).get("/v1/me"))).isEmpty();
	}

	@Test
	void shouldLogEachAsOneLineOfJsonWhateverIsSent(CapturedOutput output) throws Exception {
		HttpResponse<String> made = admin().put(this.path, "{}");
		JsonNode line = line(output, header(made, "X-Request-Id"));
		assertThat(line.get("action").asString()).isEqualTo("put");
		assertThat(line.get("object").asString()).isEqualTo("tenants/" + this.name);
		assertThat(line.get("result").asString()).isEqualTo("201");
		assertThat(line.get("token").asString()).isEqualTo(id(admin()));
		assertThat(line.get("remoteAddress").asString()).isEqualTo("127.0.0.1");
		String token = acme().authorization().substring("Bearer ".length());
		for (String segment : List.of("a%0d%0aFORGED", "a%22%7d", "%e2%80%a8", token, "a;b=FORGED", "A%5fB")) {
			HttpResponse<String> refused = admin().put("/v1/devices/" + segment, "{}");
			assertThat(refused.statusCode()).isEqualTo(400);
		}
		RawSocket.exchange(this.port, "FORGED /v1/devices/x HTTP/1.1\nHost: h\nAuthorization: "
				+ admin().authorization() + "\nX-Forwarded-For: FORGED\nConnection: close\n\n");
		assertThat(output.getAll()).doesNotContain("FORGED").doesNotContain(token.substring(16, 59));
		assertThat(output.getAll().lines().filter((each) -> each.contains("holdfast.audit"))).isNotEmpty()
			.allSatisfy((each) -> assertThat(JsonMapper.shared().readTree(json(each)).isObject()).isTrue());
	}

	private static JsonNode line(CapturedOutput output, String requestId) {
		return output.getAll()
			.lines()
			.filter((line) -> line.contains("\"requestId\":\"" + requestId + "\""))
			.map((line) -> JsonMapper.shared().readTree(json(line)))
			.findAny()
			.orElseThrow();
	}

	private static String json(String line) {
		return line.substring(line.indexOf('{'));
	}

	@Test
	void shouldKnowAllRoutesOfAdministrators() {
		List<String> patterns = this.routes.getHandlerMethods()
			.entrySet()
			.stream()
			.filter((route) -> route.getValue().hasMethodAnnotation(Needs.class)
					&& route.getValue().getMethodAnnotation(Needs.class).value() == Right.ADMINISTER)
			.flatMap((route) -> route.getKey().getPatternValues().stream())
			.toList();
		assertThat(patterns).isNotEmpty()
			.allSatisfy((pattern) -> assertThat(administers(pattern.replaceAll("[{}]", ""))).as(pattern).isTrue());
		assertThat(List.of("/v1/me", "/v1/tenants/acme/volumes", "/v1/tenants/acme/volumes/v/data", "/v1/operations"))
			.noneMatch(AuditTests::administers);
	}

	private static boolean administers(String path) {
		MockHttpServletRequest request = new MockHttpServletRequest("GET", path);
		request.setServletPath(path);
		return AuditedRequest.administers(request);
	}

	private void assertRecorded(HttpResponse<String> response, String action, String object, String result)
			throws Exception {
		assertRecorded(admin(), response, action, object, result);
	}

	private void assertRecorded(Client by, HttpResponse<String> response, String action, String object, String result)
			throws Exception {
		assertThat(row(response)).containsEntry("token_id", id(by))
			.containsEntry("remote_address", "127.0.0.1")
			.containsEntry("action", action)
			.containsEntry("object", object)
			.containsEntry("result", result);
		assertThat(header(response, "Holdfast-Audit")).isEmpty();
	}

	private Map<String, Object> row(HttpResponse<String> response) {
		List<Map<String, Object>> rows = rows(response);
		assertThat(rows).hasSize(1);
		return rows.getFirst();
	}

	private List<Map<String, Object>> rows(HttpResponse<String> response) {
		return this.catalog.read((client) -> client.sql("SELECT * FROM audit WHERE request_id = :id")
			.param("id", header(response, "X-Request-Id"))
			.query()
			.listOfRows());
	}

	private static String id(Client client) {
		return client.authorization().substring("Bearer hf_".length(), "Bearer hf_".length() + 12);
	}

}
