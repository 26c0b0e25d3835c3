package dev.holdfast.api.rest;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.ServiceTest;
import dev.holdfast.tenant.Tokens;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class TokensTests extends Service {

	private static final AtomicInteger NAMES = new AtomicInteger();

	private String tenant;

	private String path;

	@BeforeEach
	void makeTenant() throws Exception {
		this.tenant = "/v1/tenants/tokens" + NAMES.incrementAndGet();
		this.path = this.tenant + "/tokens";
		assertThat(admin().put(this.tenant, "{}").statusCode()).isEqualTo(201);
	}

	@Test
	void shouldShowATokenWithoutItsSecret() throws Exception {
		String end = Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS).toString();
		JsonNode made = Client.json(put("app", "{\"role\":\"reader\",\"expiresAt\":\"%s\"}".formatted(end)));
		String secret = made.get("token").asString();
		HttpResponse<String> shown = admin().get(this.path + "/app");
		JsonNode token = Client.json(shown);
		assertThat(token.get("name").asString()).isEqualTo("app");
		assertThat(token.get("role").asString()).isEqualTo("reader");
		assertThat(token.get("expiresAt").asString()).isEqualTo(end);
		assertThat(token.get("id").asString()).isEqualTo(secret.substring(3, 15));
		assertThat(Instant.parse(token.get("createdAt").asString())).isBeforeOrEqualTo(Instant.now());
		assertThat(token.has("lastUsedAt")).isFalse();
		assertThat(shown.body()).doesNotContain(secret.substring(16, 59));
		assertThat(admin().get(this.path).body()).doesNotContain(secret.substring(16, 59));
	}

	@Test
	void shouldSayWhenATokenWasUsedLastByTheMinute() throws Exception {
		Client client = client("app");
		Instant before = Instant.now().truncatedTo(ChronoUnit.MINUTES);
		client.get("/v1/me");
		JsonNode token = Client.json(admin().get(this.path + "/app"));
		Instant used = Instant.parse(token.get("lastUsedAt").asString());
		Instant made = Instant.parse(token.get("createdAt").asString());
		assertThat(used).isBetween(before, Instant.now())
			.isAfterOrEqualTo(made)
			.isIn(made, used.truncatedTo(ChronoUnit.MINUTES));
	}

	@Test
	void shouldListTokensInPages() throws Exception {
		for (String name : List.of("c", "a", "b")) {
			put(name, "{\"role\":\"tenant\"}");
		}
		JsonNode first = Client.json(admin().get(this.path + "?pageSize=2"));
		assertThat(names(first)).containsExactly("a", "b");
		JsonNode second = Client
			.json(admin().get(this.path + "?pageSize=2&pageToken=" + first.get("nextPageToken").asString()));
		assertThat(names(second)).containsExactly("c");
		assertThat(second.has("nextPageToken")).isFalse();
	}

	private static List<String> names(JsonNode page) {
		List<String> names = new ArrayList<>();
		page.get("tokens").forEach((token) -> names.add(token.get("name").asString()));
		return names;
	}

	@Test
	void shouldRefuseTheTokenAfterTheLast() throws Exception {
		for (int i = 0; i < Tokens.PER_TENANT; i++) {
			assertThat(put("t" + i, "{\"role\":\"tenant\"}").statusCode()).isEqualTo(201);
		}
		HttpResponse<String> refused = put("more", "{\"role\":\"tenant\"}");
		assertProblem(refused, 403, "quota-exceeded");
		assertThat(Client.json(refused).get("limit").asInt()).isEqualTo(32);
		assertThat(Client.json(refused).get("detail").asString()).contains("32 tokens");
		assertThat(put("t0", "{\"role\":\"tenant\"}").statusCode()).isEqualTo(200);
		admin().delete(this.path + "/t0");
		assertThat(put("more", "{\"role\":\"tenant\"}").statusCode()).isEqualTo(201);
	}

	@Test
	void shouldEndARevokedTokenAtOnceAlsoOnAKeptConnection() throws Exception {
		Client client = client("app");
		String request = "HEAD /v1/me HTTP/1.1\nHost: h\nAuthorization: %s\n\n".formatted(client.authorization());
		try (RawSocket connection = new RawSocket(this.port)) {
			assertThat(connection.send(request).head()).startsWith("HTTP/1.1 200");
			assertThat(admin().delete(this.path + "/app").statusCode()).isEqualTo(204);
			assertThat(connection.send(request).head()).startsWith("HTTP/1.1 401");
		}
		assertProblem(admin().delete(this.path + "/app"), 404, "not-found");
		assertProblem(admin().get(this.path + "/app"), 404, "not-found");
	}

	@Test
	void shouldRotateWithTwoLiveTokens() throws Exception {
		Client old = client("2026-01");
		Client fresh = client("2026-02");
		for (Client each : List.of(old, fresh)) {
			assertThat(each.get(this.tenant).statusCode()).isEqualTo(200);
		}
		admin().delete(this.path + "/2026-01");
		assertThat(old.get(this.tenant).statusCode()).isEqualTo(401);
		assertThat(fresh.get(this.tenant).statusCode()).isEqualTo(200);
		Client again = client("2026-01");
		assertThat(again.get(this.tenant).statusCode()).isEqualTo(200);
		assertThat(old.get(this.tenant).statusCode()).isEqualTo(401);
	}

	@Test
	void shouldEndATokenAtItsTime() throws Exception {
		Instant end = Instant.now().plusMillis(700);
		JsonNode made = Client.json(put("short", "{\"role\":\"tenant\",\"expiresAt\":\"%s\"}".formatted(end)));
		Client client = Client.anonymous(this.port).authorization("Bearer " + made.get("token").asString());
		assertThat(client.get("/v1/me").statusCode()).isEqualTo(200);
		Awaitility.await()
			.pollInterval(Duration.ofMillis(100))
			.atMost(Duration.ofSeconds(5))
			.until(() -> client.get("/v1/me").statusCode() == 401);
		assertThat(Instant.now()).isAfter(end);
		assertThat(Client.json(admin().get(this.path + "/short")).get("role").asString()).isEqualTo("tenant");
	}

	@Test
	void shouldMakeNoAdministrator() throws Exception {
		assertProblem(put("boss", "{\"role\":\"admin\"}"), 400, "malformed-request");
		assertProblem(admin().put("/v1/tokens/boss", "{\"role\":\"admin\"}"), 404, "not-found");
		assertProblem(admin().get("/v1/tenants/nobody-at-all/tokens"), 404, "not-found");
		assertProblem(admin().delete("/v1/tenants/nobody-at-all/tokens/x"), 404, "not-found");
		assertProblem(put("Bad", "{\"role\":\"tenant\"}"), 400, "bad-name");
		assertProblem(put("x", "{\"role\":\"tenant\",\"secret\":\"x\"}"), 400, "unknown-field");
	}

	@Test
	void shouldChangeOnlyWhatTheClientHasSeen() throws Exception {
		HttpResponse<String> made = put("app", "{\"role\":\"tenant\"}");
		Client client = Client.anonymous(this.port)
			.authorization("Bearer " + Client.json(made).get("token").asString());
		String tag = header(made, "ETag");
		assertThat(header(admin().get(this.path + "/app"), "ETag")).isEqualTo(tag);
		assertThat(client.put(this.tenant + "/volumes/v", "{\"sizeBytes\":4096}").statusCode()).isEqualTo(201);
		HttpResponse<String> changed = replace("{\"role\":\"reader\"}", tag);
		assertThat(changed.statusCode()).isEqualTo(200);
		assertThat(Client.json(changed).has("token")).isFalse();
		assertProblem(client.delete(this.tenant + "/volumes/v"), 403, "forbidden");
		assertThat(client.get(this.tenant + "/volumes/v").statusCode()).isEqualTo(200);
		assertProblem(replace("{\"role\":\"tenant\"}", tag), 412, "precondition-failed");
		assertProblem(admin().text("DELETE", this.path + "/app", BodyPublishers.noBody(), "If-Match", tag), 412,
				"precondition-failed");
		assertThat(client.get("/v1/me").statusCode()).isEqualTo(200);
		assertThat(admin().text("DELETE", this.path + "/app", BodyPublishers.noBody(), "If-Match",
				header(changed, "ETag")))
			.satisfies((gone) -> assertThat(gone.statusCode()).isEqualTo(204));
		assertProblem(replace("{\"role\":\"tenant\"}", "*"), 412, "precondition-failed");
	}

	private HttpResponse<String> replace(String body, String tag) throws Exception {
		return admin().text("PUT", this.path + "/app", BodyPublishers.ofString(body), "If-Match", tag, "Content-Type",
				"application/json");
	}

	private HttpResponse<String> put(String name, String body) throws Exception {
		return admin().put(this.path + "/" + name, body);
	}

	private Client client(String name) throws Exception {
		return Client.anonymous(this.port)
			.authorization("Bearer " + Client.json(put(name, "{\"role\":\"tenant\"}")).get("token").asString());
	}

}
