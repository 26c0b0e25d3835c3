package dev.holdfast.api.rest;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.operation.Operation;
import dev.holdfast.operation.OperationSpec;
import dev.holdfast.operation.Operations;
import dev.holdfast.ops.Client;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class TenantsTests extends Service {

	private static final AtomicInteger NAMES = new AtomicInteger();

	@Autowired
	private Operations operations;

	@Autowired
	private Catalog catalog;

	@Test
	void shouldShowWhatWasDeclaredAndWhatIsUsed() throws Exception {
		String path = path();
		HttpResponse<String> made = admin().put(path, "{\"capacityBytes\":\"8MiB\"}");
		assertThat(made.statusCode()).isEqualTo(201);
		JsonNode shown = Client.json(admin().get(path));
		assertThat(shown).isEqualTo(Client.json(made));
		assertThat(shown.get("name").asString()).isEqualTo(path.substring("/v1/tenants/".length()));
		assertThat(shown.get("capacityBytes").asLong()).isEqualTo(8 << 20);
		assertThat(shown.get("used").get("capacityBytes").asLong()).isZero();
		assertThat(Instant.parse(shown.get("createdAt").asString())).isBeforeOrEqualTo(Instant.now());
		assertThat(admin().put(path + "/volumes/v", "{\"sizeBytes\":\"3MiB\"}").statusCode()).isEqualTo(201);
		assertThat(used(path)).isEqualTo(3 << 20);
		assertThat(admin().delete(path + "/volumes/v").statusCode()).isEqualTo(204);
		assertThat(used(path)).isZero();
	}

	@Test
	void shouldTakeTheSameDeclarationAgainAndNoOther() throws Exception {
		String path = path();
		assertThat(admin().text("PUT", path, BodyPublishers.noBody()).statusCode()).isEqualTo(201);
		assertThat(admin().put(path, "{}").statusCode()).isEqualTo(200);
		assertThat(admin().put(path, "{\"capacityBytes\":null}").statusCode()).isEqualTo(200);
		assertProblem(admin().put(path, "{\"capacityBytes\":4096}"), 409, "already-exists");
		String limited = path();
		admin().put(limited, "{\"capacityBytes\":\"1MiB\"}");
		assertThat(admin().put(limited, "{\"capacityBytes\":1048576}").statusCode()).isEqualTo(200);
		assertProblem(admin().put(limited, "{}"), 409, "already-exists");
		assertThat(capacity(limited)).isEqualTo(1 << 20);
	}

	@Test
	void shouldRefuseQuotasThatItDoesNotKnow() throws Exception {
		String path = path();
		for (String field : List.of("iopsPerSecond", "capacity")) {
			assertProblem(admin().put(path, "{\"" + field + "\":1}"), 400, "unknown-field");
		}
		for (String value : List.of("-1", "1.5", "true", "\"8MB\"", "\"much\"", "9007199254740992", "[]", "{}")) {
			assertProblem(admin().put(path, "{\"capacityBytes\":" + value + "}"), 400, "malformed-request");
		}
		assertProblem(admin().get(path), 404, "not-found");
		admin().put(path, "{}");
		assertProblem(admin().patch(path, "{\"iopsPerSecond\":1}"), 400, "unknown-field");
		assertProblem(admin().patch(path, "{\"capacityBytes\":-1}"), 400, "malformed-request");
		assertProblem(admin().patch(path, "null"), 400, "malformed-request");
		assertProblem(admin().text("PATCH", path, BodyPublishers.ofString("{}"), "Content-Type", "text/plain"), 415,
				"unsupported-media-type");
		assertThat(Client.json(admin().get(path)).has("capacityBytes")).isFalse();
	}

	@Test
	void shouldMergeAPatch() throws Exception {
		String path = path();
		admin().put(path, "{\"capacityBytes\":4096}");
		assertThat(admin().patch(path, "{}").statusCode()).isEqualTo(200);
		assertThat(capacity(path)).isEqualTo(4096);
		JsonNode changed = Client.json(admin().patch(path, "{\"capacityBytes\":\"8KiB\"}"));
		assertThat(changed.get("capacityBytes").asLong()).isEqualTo(8192);
		assertThat(capacity(path)).isEqualTo(8192);
		assertThat(Client.json(admin().patch(path, "{\"capacityBytes\":null}")).has("capacityBytes")).isFalse();
		assertThat(admin().put(path, "{}").statusCode()).isEqualTo(200);
		assertProblem(admin().patch("/v1/tenants/nobody-at-all", "{}"), 404, "not-found");
	}

	@Test
	void shouldListTenantsInPages() throws Exception {
		String one = path();
		String other = path();
		admin().put(one, "{}");
		admin().put(other, "{\"capacityBytes\":4096}");
		assertThat(pages("pageSize=1")).contains(one, other).isSorted();
		assertThat(pages("")).isEqualTo(pages("pageSize=1"));
		assertProblem(admin().get("/v1/tenants?pageSize=0"), 400, "malformed-request");
	}

	private List<String> pages(String query) throws Exception {
		List<String> paths = new ArrayList<>();
		String token = "";
		do {
			JsonNode page = Client.json(admin().get("/v1/tenants?" + query + token));
			page.get("tenants").forEach((tenant) -> paths.add("/v1/tenants/" + tenant.get("name").asString()));
			token = page.has("nextPageToken") ? "&pageToken=" + page.get("nextPageToken").asString() : null;
		}
		while (token != null);
		return paths;
	}

	@Test
	void shouldLetATenantSeeItselfAndNoOther() throws Exception {
		String path = path();
		String name = path.substring("/v1/tenants/".length());
		for (String role : List.of("tenant", "reader")) {
			Client client = admin().tenant(name, role);
			assertThat(client.get(path)).satisfies((own) -> assertThat(own.statusCode()).isEqualTo(200));
			HttpResponse<String> there = client.get("/v1/tenants/acme");
			HttpResponse<String> notThere = client.get("/v1/tenants/nobody-at-all");
			assertProblem(there, 404, "not-found");
			assertThat(withoutId(there)).isEqualTo(withoutId(notThere));
			assertProblem(client.get("/v1/tenants"), 403, "forbidden");
			assertProblem(client.patch(path, "{\"capacityBytes\":null}"), 403, "forbidden");
			assertProblem(client.delete(path), 403, "forbidden");
			assertProblem(client.get(path + "/tokens"), 403, "forbidden");
		}
		assertProblem(admin().get("/v1/tenants/nobody-at-all"), 404, "not-found");
	}

	@Test
	void shouldDeleteATenantWithItsTokensAndOperations() throws Exception {
		String path = path();
		Client client = admin().tenant(path.substring("/v1/tenants/".length()), "tenant");
		assertThat(client.put(path + "/volumes/v", "{\"sizeBytes\":4096}").statusCode()).isEqualTo(201);
		HttpResponse<String> refused = admin().delete(path);
		assertProblem(refused, 409, "in-use");
		assertThat(Client.json(refused).get("volumes").asInt()).isEqualTo(1);
		assertThat(client.get(path).statusCode()).isEqualTo(200);
		client.delete(path + "/volumes/v");
		assertThat(admin().delete(path).statusCode()).isEqualTo(204);
		assertProblem(client.get("/v1/me"), 401, "unauthenticated");
		assertProblem(admin().get(path), 404, "not-found");
		assertProblem(admin().delete(path), 404, "not-found");
		assertProblem(admin().put(path + "/volumes/v", "{\"sizeBytes\":4096}"), 404, "not-found");
		assertThat(admin().put(path, "{}").statusCode()).isEqualTo(201);
		assertProblem(client.get("/v1/me"), 401, "unauthenticated");
		assertThat(Client.json(admin().get(path + "/tokens")).get("tokens")).isEmpty();
	}

	@Test
	void shouldForgetTheOperationsOfATenantThatGoes() throws Exception {
		String path = path();
		admin().put(path, "{}");
		Operation begun = this.operations.begin(new OperationSpec("create-volume",
				path.substring("/v1/tenants/".length()), "volumes/v", "bytes", 1, "{}"));
		begun.succeed();
		assertThat(admin().get("/v1/operations/" + begun.id()).statusCode()).isEqualTo(200);
		assertThat(admin().delete(path).statusCode()).isEqualTo(204);
		assertProblem(admin().get("/v1/operations/" + begun.id()), 404, "not-found");
		assertThat(new Operations(this.catalog, Clock.systemUTC()).find(begun.id())).isEmpty();
	}

	@Test
	void shouldReplaceOnlyWhatTheClientHasSeen() throws Exception {
		String path = path();
		String first = header(admin().put(path, "{\"capacityBytes\":\"8MiB\"}"), "ETag");
		assertThat(first).matches("\"\\S+\"");
		assertThat(header(admin().get(path), "ETag")).isEqualTo(first);
		assertThat(admin().get(path, "If-None-Match", first).statusCode()).isEqualTo(304);
		assertProblem(put(path, "{}", "If-None-Match", "*"), 412, "precondition-failed");
		HttpResponse<String> replaced = put(path, "{\"capacityBytes\":\"4MiB\"}", "If-Match", first);
		assertThat(replaced.statusCode()).isEqualTo(200);
		String second = header(replaced, "ETag");
		assertThat(second).isNotEqualTo(first);
		assertProblem(put(path, "{}", "If-Match", first), 412, "precondition-failed");
		assertProblem(patch(path, first), 412, "precondition-failed");
		assertProblem(admin().text("DELETE", path, BodyPublishers.noBody(), "If-Match", first), 412,
				"precondition-failed");
		assertThat(capacity(path)).isEqualTo(4 << 20);
		admin().put(path + "/volumes/v", "{\"sizeBytes\":4096}");
		assertThat(header(admin().get(path), "ETag")).isNotEqualTo(second);
		HttpResponse<String> patched = patch(path, second);
		assertThat(patched.statusCode()).isEqualTo(200);
		admin().delete(path + "/volumes/v");
		assertThat(admin().text("DELETE", path, BodyPublishers.noBody(), "If-Match", header(patched, "ETag")))
			.satisfies((gone) -> assertThat(gone.statusCode()).isEqualTo(204));
		assertProblem(put(path, "{}", "If-Match", "*"), 412, "precondition-failed");
		assertThat(put(path, "{}", "If-None-Match", "*").statusCode()).isEqualTo(201);
	}

	private HttpResponse<String> put(String path, String body, String... headers) throws Exception {
		return admin().text("PUT", path, BodyPublishers.ofString(body),
				with(headers, "Content-Type", "application/json"));
	}

	private HttpResponse<String> patch(String path, String tag) throws Exception {
		return admin().text("PATCH", path, BodyPublishers.ofString("{\"capacityBytes\":\"6MiB\"}"), "If-Match", tag,
				"Content-Type", "application/merge-patch+json");
	}

	private static String[] with(String[] headers, String... more) {
		return Stream.concat(Stream.of(headers), Stream.of(more)).toArray(String[]::new);
	}

	private String path() {
		return "/v1/tenants/t" + NAMES.incrementAndGet();
	}

	private long used(String path) throws Exception {
		return Client.json(admin().get(path)).get("used").get("capacityBytes").asLong();
	}

	private long capacity(String path) throws Exception {
		return Client.json(admin().get(path)).get("capacityBytes").asLong();
	}

	private static String withoutId(HttpResponse<String> response) {
		return response.body().replaceAll("\"requestId\":\"[^\"]*\"", "");
	}

}
