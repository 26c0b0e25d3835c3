package dev.holdfast.api.rest;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What all JSON resources have in common.
 */
@ServiceTest
class ConventionsTests extends Service {

	private static final String VOLUMES = "/v1/tenants/acme/volumes";

	@ParameterizedTest
	@ValueSource(strings = { "{\"sizeBytes\":NaN}", "{\"sizeBytes\":Infinity}", "{\"sizeBytes\":+1}",
			"{\"sizeBytes\":04096}", "{\"sizeBytes\":0x1000}", "{\"sizeBytes\":4096,}", "{'sizeBytes':4096}",
			"{sizeBytes:4096}", "{\"sizeBytes\":4096}/* why */", "{\"sizeBytes\":4096}{}", "{\"sizeBytes\":4096}]",
			"{\"sizeBytes\":4096,\"blockSize\":null,\"blockSize\":512}", "{\"sizeBytes\":4e3}",
			"{\"sizeBytes\":4096,\"devices\":\"d0\"}", "{\"sizeBytes\":4096,\"layout\":[\"linear\"]}",
			"{\"sizeBytes\":4096,\"layout\":1}", "{\"sizeBytes\":4096,\"layout\":\"LINEAR\"}",
			"{\"sizeBytes\":4096,\"layout\":\"\"}", "{\"sizeBytes\":4096,\"blockSize\":\"\"}",
			"{\"sizeBytes\":4096,\"blockSize\":true}", "{\"sizeBytes\":4096,\"blockSize\":{}}",
			"{\"sizeBytes\":4096,\"blockSize\":99999999999}", "{\"sizeBytes\":\"\"}", "{\"sizeBytes\":{}}",
			"{\"sizeBytes\":\"4096 \\u0000\"}", "\"\\uD800\"", "", " ", "true", "4096", "[[]]" })
	void shouldRefuseWhatIsNotTheJsonThatIsMeant(String body) throws Exception {
		assertProblem(acme().put(VOLUMES + "/odd", body), 400, "malformed-request");
		assertProblem(acme().get(VOLUMES + "/odd"), 404, "not-found");
	}

	@Test
	void shouldRefuseJsonThatIsOutOfAllMeasure() throws Exception {
		for (String body : List.of("[".repeat(100_000), "{\"a\":".repeat(100_000),
				"{\"sizeBytes\":" + "9".repeat(5000) + "}", "{\"sizeBytes\":1e" + "9".repeat(500) + "}",
				"{\"sizeBytes\":\"" + "9".repeat(5000) + "\"}",
				"{\"sizeBytes\":4096,\"blockSize\":" + "9".repeat(2000) + "}",
				"{\"sizeBytes\":4096,\"blockSize\":1e999999999}",
				"{\"sizeBytes\":4096,\"devices\":" + "[".repeat(600) + "]".repeat(600) + "}")) {
			HttpResponse<String> refused = acme().put(VOLUMES + "/odd", body);
			assertProblem(refused, 400, "malformed-request");
			assertThat(refused.body()).hasSizeLessThan(600);
		}
		HttpResponse<String> unknown = acme().put(VOLUMES + "/odd", "{\"" + "x".repeat(10_000) + "\":1}");
		assertProblem(unknown, 400, "unknown-field");
		assertThat(unknown.body()).hasSizeLessThan(600);
		assertProblem(acme().put(VOLUMES + "/odd", "{\"" + "x".repeat(60_000) + "\":1}"), 400, "malformed-request");
		assertProblem(acme().get(VOLUMES + "/odd"), 404, "not-found");
	}

	@Test
	void shouldReadUtf8() throws Exception {
		byte[] broken = "{\"sizeBytes\":4096,\"layout\":\"x\"}".getBytes(StandardCharsets.UTF_8);
		broken[broken.length - 3] = (byte) 0xff;
		assertProblem(acme().put(VOLUMES + "/odd", broken, "Content-Type", "application/json"), 400,
				"malformed-request");
		byte[] overlong = "{\"sizeBytes\":4096,\"layout\":\"xy\"}".getBytes(StandardCharsets.UTF_8);
		overlong[overlong.length - 4] = (byte) 0xc0;
		overlong[overlong.length - 3] = (byte) 0x80;
		assertProblem(acme().put(VOLUMES + "/odd", overlong, "Content-Type", "application/json"), 400,
				"malformed-request");
		byte[] marked = "\ufeff{\"sizeBytes\":4096}".getBytes(StandardCharsets.UTF_8);
		assertThat(acme().put(VOLUMES + "/marked", marked, "Content-Type", "application/json").statusCode())
			.isEqualTo(201);
		assertThat(acme()
			.put(VOLUMES + "/marked", "{\"sizeBytes\":4096}".getBytes(StandardCharsets.UTF_8), "Content-Type",
					"application/json; charset=utf-8")
			.statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@CsvSource({ "1KB, write KiB", "1MB, write MiB", "1GB, write GiB", "1TB, write TiB", "1kib, not a unit",
			"1PiB, not a unit", "1K, not a unit", "-1, is not a size", "1.5GiB, is not a size", "1e6, is not a size",
			"8192TiB, a size is from 0 to 9007199254740991", "9007199254740992, a size is from 0",
			"99999999999999999999, is not a size" })
	void shouldSayHowToWriteASize(String size, String advice) throws Exception {
		HttpResponse<String> refused = acme().put(VOLUMES + "/odd", "{\"sizeBytes\":\"" + size + "\"}");
		assertProblem(refused, 400, "malformed-request");
		assertThat(Client.json(refused).get("detail").asString()).startsWith("sizeBytes: ").contains(advice);
	}

	@ParameterizedTest
	@CsvSource({ "4096, 4096", "'\"4096\"', 4096", "'\"8KiB\"', 8192", "'\"1 MiB\"', 1048576" })
	void shouldAnswerSizesInBytes(String size, long bytes) throws Exception {
		HttpResponse<String> made = acme().put(VOLUMES + "/sized" + bytes, "{\"sizeBytes\":" + size + "}");
		JsonNode answered = Client.json(made).get("sizeBytes");
		assertThat(answered.isIntegralNumber()).isTrue();
		assertThat(answered.asLong()).isEqualTo(bytes);
	}

	@Test
	void shouldWriteTimesAsRfc3339() throws Exception {
		HttpResponse<String> made = admin().put("/v1/tenants/acme/tokens/times",
				"{\"role\":\"reader\",\"expiresAt\":\"2099-01-01T02:00:00.5+02:00\"}");
		assertThat(made.statusCode()).as(made.body()).isIn(200, 201);
		String created = Client.json(made).get("createdAt").asString();
		assertThat(Instant.parse(created)).isBefore(Instant.now().plusSeconds(1));
		assertThat(created).endsWith("Z");
		assertThat(Client.json(made).get("expiresAt").asString()).startsWith("2099-01-01T00:00:00");
		for (String time : List.of("\"2099-01-01\"", "\"2099-01-01T00:00:00\"", "4070908800", "\"soon\"", "\"\"", "{}",
				"\"2099-13-01T00:00:00Z\"", "\"+999999999-01-01T00:00:00Z\"")) {
			assertProblem(
					admin().put("/v1/tenants/acme/tokens/never", "{\"role\":\"reader\",\"expiresAt\":" + time + "}"),
					400, "malformed-request");
		}
	}

	@Test
	void shouldAnswerHeadAsGetWithoutTheBody() throws Exception {
		String volume = volume();
		for (String path : List.of(volume, VOLUMES, "/v1/me", "/v1/operations", volume + "/extents")) {
			HttpResponse<String> head = acme().text("HEAD", path, BodyPublishers.noBody());
			HttpResponse<String> get = acme().get(path);
			assertThat(head.statusCode()).as(path).isEqualTo(get.statusCode());
			assertThat(head.body()).isEmpty();
			assertThat(header(head, "Content-Type")).isEqualTo(header(get, "Content-Type"));
			assertThat(header(head, "ETag")).isEqualTo(header(get, "ETag"));
		}
		assertThat(acme().text("HEAD", VOLUMES + "/nowhere", BodyPublishers.noBody()).statusCode()).isEqualTo(404);
	}

	@Test
	void shouldSayWhatAResourceUnderstands() throws Exception {
		for (String path : List.of(VOLUMES + "/v", VOLUMES + "/nowhere", "/v1/tenants/globex/volumes/v")) {
			HttpResponse<String> options = acme().text("OPTIONS", path, BodyPublishers.noBody());
			assertThat(options.statusCode()).isEqualTo(200);
			assertThat(header(options, "Allow").split(",")).contains("GET", "HEAD", "PUT", "PATCH", "DELETE",
					"OPTIONS");
			assertThat(header(options, "Accept-Patch")).contains("application/merge-patch+json");
			assertThat(options.body()).isEmpty();
		}
		assertProblem(Client.anonymous(this.port).text("OPTIONS", VOLUMES, BodyPublishers.noBody()), 401,
				"unauthenticated");
		HttpResponse<String> refused = acme().text("POST", VOLUMES + "/v", BodyPublishers.noBody());
		assertProblem(refused, 405, "method-not-allowed");
		assertThat(header(refused, "Allow")).contains("PATCH").doesNotContain("POST");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "%2F", "/.", "/..", "%2e", "/%2e%2e/", ";x=y", "%00", "%0a", "%25", "%", "//" })
	void shouldKnowOnlyOnePathOfEachResource(String more) throws Exception {
		String volume = volume();
		String answer = RawSocket.exchange(this.port,
				"GET %s HTTP/1.1\nHost: h\nConnection: close\nAuthorization: %s\n\n".formatted(volume + more,
						acme().authorization()));
		assertThat(answer).containsPattern("^HTTP/1.1 40[04] ")
			.contains("application/problem+json", "X-Request-Id: ")
			.doesNotContain("sizeBytes");
	}

	@Test
	void shouldNotTellTenantsThatExistFromOthers() throws Exception {
		admin().put("/v1/tenants/globex", "{}");
		for (String route : List.of("", "/volumes", "/volumes/v", "/volumes/v/data", "/volumes/v/extents", "/tokens",
				"/nonsense", "/volumes/BAD")) {
			for (String method : List.of("GET", "PUT", "DELETE", "PATCH")) {
				String there = body(method, "/v1/tenants/globex" + route);
				assertThat(there).as(method + route).isEqualTo(body(method, "/v1/tenants/initech" + route));
			}
		}
	}

	private String body(String method, String path) throws Exception {
		HttpResponse<String> answer = acme().text(method, path, BodyPublishers.ofString("{}"), "Content-Type",
				"application/json");
		return answer.statusCode() + answer.body().replaceAll("\"requestId\":\"[^\"]*\"", "");
	}

	@Test
	void shouldGiveEachAnswerAnId() throws Exception {
		String volume = volume();
		String tag = header(acme().get(volume), "ETag");
		List<HttpResponse<String>> answers = List.of(acme().put(volume, "{\"sizeBytes\":" + VOLUME_BYTES + "}"),
				acme().get(volume, "If-None-Match", tag), acme().text("HEAD", volume, BodyPublishers.noBody()),
				acme().text("OPTIONS", volume, BodyPublishers.noBody()), acme().post(volume + ":flush"),
				acme().post(volume + ":nonsense"), acme().delete(volume), acme().delete(volume),
				Client.anonymous(this.port).get(volume));
		assertThat(answers).extracting(HttpResponse::statusCode)
			.containsExactly(200, 304, 200, 200, 204, 405, 204, 404, 401);
		assertThat(answers).allSatisfy((answer) -> assertThat(header(answer, "X-Request-Id")).matches("[0-9a-f]{16}"));
		assertThat(answers).extracting((answer) -> header(answer, "X-Request-Id")).doesNotHaveDuplicates();
	}

	@ParameterizedTest
	@ValueSource(strings = { "pageSize=%2B5", "pageSize=-1", "pageSize=%D9%A3", "pageSize=1e2", "pageSize=99999999999",
			"pageSize=5%20", "pageToken=YQ&pageToken=YQ", "pageToken=%C3%A4", "pageToken=..", "pageToken=QQ" })
	void shouldRefusePagesThatAreNone(String query) throws Exception {
		for (String list : List.of(VOLUMES, "/v1/operations")) {
			assertProblem(acme().get(list + "?" + query), 400, "malformed-request");
		}
		assertProblem(admin().get("/v1/devices?" + query), 400, "malformed-request");
	}

	@Test
	void shouldTakeTheLargestPageAndAnEndThatIsGone() throws Exception {
		assertThat(acme().get(VOLUMES + "?pageSize=1000").statusCode()).isEqualTo(200);
		assertThat(acme().get(VOLUMES + "?pageSize=001").statusCode()).isEqualTo(200);
		JsonNode behind = Client.json(acme().get(VOLUMES + "?pageToken=enp6eg"));
		assertThat(behind.get("volumes")).isEmpty();
		assertThat(behind.has("nextPageToken")).isFalse();
	}

	@Test
	void shouldTagDevices() throws Exception {
		String device = "/v1/devices/d0";
		String tag = header(admin().get(device), "ETag");
		assertThat(tag).startsWith("\"");
		String other = "\"0123\"";
		assertProblem(admin().get(device, "If-Match", other), 412, "precondition-failed");
		assertProblem(admin().text("DELETE", device, BodyPublishers.noBody(), "If-Match", other), 412,
				"precondition-failed");
		assertProblem(admin().text("PUT", device, BodyPublishers.ofString("{\"path\":\"/dev/nothing\"}"),
				"Content-Type", "application/json", "If-None-Match", "*"), 412, "precondition-failed");
		assertProblem(admin().text("PUT", "/v1/devices/none", BodyPublishers.ofString("{\"path\":\"/dev/nothing\"}"),
				"Content-Type", "application/json", "If-Match", "*"), 412, "precondition-failed");
		// Figures change it, and do not stand in a client's way.
		volume();
		HttpResponse<String> later = admin().get(device, "If-None-Match", tag);
		assertThat(later.statusCode()).isEqualTo(200);
		assertThat(header(later, "ETag")).isNotEqualTo(tag);
		assertThat(admin().get(device, "If-Match", tag).statusCode()).isEqualTo(200);
		assertProblem(admin().text("DELETE", device, BodyPublishers.noBody(), "If-Match", tag), 409, "in-use");
	}

	@Test
	void shouldRepeatNoTokenAndLittleElseOfWhatIsNotAField() throws Exception {
		String token = acme().authorization().substring("Bearer ".length());
		for (String name : new String[] { token, token.substring(0, 40), "x" + token }) {
			HttpResponse<String> refused = acme().put("/v1/tenants/acme/volumes/never",
					"{\"sizeBytes\":4096,\"%s\":1}".formatted(name));
			assertProblem(refused, 400, "unknown-field");
			assertThat(refused.body()).doesNotContain("hf_", token.substring(4, 12));
		}
		HttpResponse<String> refused = acme().put("/v1/tenants/acme/volumes/never",
				"{\"%s\":1}".formatted("a".repeat(33)));
		assertProblem(refused, 400, "unknown-field");
		assertThat(refused.body()).contains("'" + "a".repeat(32) + "…'").doesNotContain("a".repeat(33));
	}

}
