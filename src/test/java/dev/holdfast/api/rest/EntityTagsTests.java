package dev.holdfast.api.rest;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code ETag}, {@code If-Match} and {@code If-None-Match} of JSON resources, as seen at
 * volumes.
 */
@ServiceTest
class EntityTagsTests extends Service {

	private static final String VOLUMES = "/v1/tenants/acme/volumes/";

	private static final String OTHER = "\"0123\"";

	@Test
	void shouldGiveTheSameStrongTagEverywhere() throws Exception {
		String volume = VOLUMES + "tagged";
		HttpResponse<String> made = acme().put(volume, size("1MiB"));
		String tag = header(made, "ETag");
		assertThat(tag).matches("\"[0-9a-f.]+\"");
		assertThat(header(acme().put(volume, size("1MiB")), "ETag")).isEqualTo(tag);
		assertThat(header(acme().get(volume), "ETag")).isEqualTo(tag);
		assertThat(header(acme().text("HEAD", volume, BodyPublishers.noBody()), "ETag")).isEqualTo(tag);
		acme().put(volume + "/data?offset=0", new byte[4096]);
		assertThat(header(acme().get(volume), "ETag")).isEqualTo(tag);
		String grown = header(acme().patch(volume, size("2MiB")), "ETag");
		assertThat(grown).isNotEqualTo(tag).isEqualTo(header(acme().get(volume), "ETag"));
		acme().delete(volume);
		assertThat(header(acme().put(volume, size("2MiB")), "ETag")).isNotEqualTo(grown);
	}

	@Test
	void shouldSayThatTheClientHasItAlready() throws Exception {
		String volume = volume();
		String tag = header(acme().get(volume), "ETag");
		for (String header : List.of(tag, "W/" + tag, "*", OTHER + ", " + tag, " , ,W/" + tag + ",, " + OTHER + " ")) {
			HttpResponse<String> same = acme().get(volume, "If-None-Match", header);
			assertThat(same.statusCode()).as(header).isEqualTo(304);
			assertThat(same.body()).isEmpty();
			assertThat(header(same, "ETag")).isEqualTo(tag);
			assertThat(acme().text("HEAD", volume, BodyPublishers.noBody(), "If-None-Match", header).statusCode())
				.isEqualTo(304);
		}
		String partly = tag.substring(0, tag.indexOf('.')) + '"';
		for (String header : List.of(OTHER, "W/" + OTHER, "\"\"", partly)) {
			HttpResponse<String> other = acme().get(volume, "If-None-Match", header);
			assertThat(other.statusCode()).as(header).isEqualTo(200);
			assertThat(other.body()).contains("sizeBytes");
		}
		assertThat(acme().get(volume, "If-None-Match", OTHER, "If-None-Match", tag).statusCode()).isEqualTo(304);
	}

	@Test
	void shouldReadOnlyWhatMatches() throws Exception {
		String volume = volume();
		String tag = header(acme().get(volume), "ETag");
		assertThat(acme().get(volume, "If-Match", tag).statusCode()).isEqualTo(200);
		assertThat(acme().get(volume, "If-Match", "*").statusCode()).isEqualTo(200);
		assertProblem(acme().get(volume, "If-Match", OTHER), 412, "precondition-failed");
		assertProblem(acme().get(volume, "If-Match", "W/" + tag), 412, "precondition-failed");
		assertThat(acme().get(volume, "If-Match", tag, "If-None-Match", tag).statusCode()).isEqualTo(304);
		assertProblem(acme().get(volume, "If-Match", OTHER, "If-None-Match", tag), 412, "precondition-failed");
		assertProblem(acme().get(VOLUMES + "nowhere", "If-Match", "*"), 404, "not-found");
	}

	@Test
	void shouldChangeOnlyWhatMatches() throws Exception {
		String volume = volume();
		String tag = header(acme().get(volume), "ETag");
		for (String header : List.of(OTHER, "W/" + tag, "W/" + OTHER, OTHER + ",W/" + tag)) {
			assertProblem(change("PATCH", volume, size("2MiB"), "If-Match", header), 412, "precondition-failed");
			assertProblem(change("PUT", volume, size("2MiB"), "If-Match", header), 412, "precondition-failed");
			assertProblem(change("DELETE", volume, "", "If-Match", header), 412, "precondition-failed");
		}
		assertThat(header(acme().get(volume), "ETag")).isEqualTo(tag);
		HttpResponse<String> grown = change("PATCH", volume, size("2MiB"), "If-Match", OTHER + ", " + tag);
		assertThat(grown.statusCode()).as(grown.body()).isEqualTo(200);
		assertProblem(change("PATCH", volume, size("3MiB"), "If-Match", tag), 412, "precondition-failed");
		assertThat(change("PATCH", volume, size("3MiB"), "If-Match", "*").statusCode()).isEqualTo(200);
		assertProblem(change("DELETE", volume, "", "If-Match", tag), 412, "precondition-failed");
		String last = header(acme().get(volume), "ETag");
		assertThat(change("DELETE", volume, "", "If-Match", last).statusCode()).isEqualTo(204);
		assertProblem(change("DELETE", volume, "", "If-Match", last), 404, "not-found");
		assertProblem(change("PATCH", volume, size("3MiB"), "If-Match", last), 404, "not-found");
	}

	@Test
	void shouldReplaceWhatMayChange() throws Exception {
		String volume = VOLUMES + "replaced";
		assertProblem(change("PUT", volume, size("1MiB"), "If-Match", "*"), 412, "precondition-failed");
		assertProblem(acme().get(volume), 404, "not-found");
		String tag = header(acme().put(volume, size("1MiB")), "ETag");
		HttpResponse<String> grown = change("PUT", volume, size("2MiB"), "If-Match", tag);
		assertThat(grown.statusCode()).as(grown.body()).isEqualTo(200);
		assertThat(Client.json(grown).get("sizeBytes").asInt()).isEqualTo(2 << 20);
		assertThat(header(grown, "ETag")).isNotEqualTo(tag);
		assertProblem(change("PUT", volume, size("4MiB"), "If-Match", tag), 412, "precondition-failed");
		assertThat(change("PUT", volume, size("2MiB"), "If-Match", "*").body()).isEqualTo(grown.body());
		assertProblem(change("PUT", volume, size("1MiB"), "If-Match", "*"), 422, "not-supported");
		assertProblem(change("PUT", volume, "{\"sizeBytes\":\"4MiB\",\"blockSize\":512}", "If-Match", "*"), 409,
				"already-exists");
		assertProblem(change("PUT", volume, "{\"sizeBytes\":\"4MiB\",\"layout\":\"striped\"}", "If-Match", "*"), 409,
				"already-exists");
		assertProblem(acme().put(volume, size("4MiB")), 409, "already-exists");
		assertThat(acme().get(volume).body()).isEqualTo(grown.body());
	}

	@Test
	void shouldMakeOnlyWhatIsNotThere() throws Exception {
		String volume = VOLUMES + "once";
		assertThat(change("PUT", volume, size("1MiB"), "If-None-Match", "*").statusCode()).isEqualTo(201);
		String tag = header(acme().get(volume), "ETag");
		assertProblem(change("PUT", volume, size("1MiB"), "If-None-Match", "*"), 412, "precondition-failed");
		assertProblem(change("PUT", volume, size("2MiB"), "If-None-Match", "*"), 412, "precondition-failed");
		assertProblem(change("PUT", volume, size("1MiB"), "If-None-Match", tag), 412, "precondition-failed");
		assertProblem(change("PUT", volume, size("1MiB"), "If-None-Match", "W/" + tag), 412, "precondition-failed");
		assertThat(change("PUT", volume, size("1MiB"), "If-None-Match", OTHER).statusCode()).isEqualTo(200);
		assertProblem(change("PATCH", volume, size("2MiB"), "If-None-Match", "*"), 412, "precondition-failed");
		assertProblem(change("DELETE", volume, "", "If-None-Match", "*"), 412, "precondition-failed");
		assertThat(header(acme().get(volume), "ETag")).isEqualTo(tag);
	}

	@ParameterizedTest
	@ValueSource(strings = { "abc", "\"abc", "abc\"", "\"a\"b\"", "*, *", "\"a\", *", "w/\"abc\"", "W/abc", "\"a b\"",
			",", "''" })
	void shouldSayThatAConditionIsMalformed(String header) throws Exception {
		String volume = volume();
		assertProblem(change("PATCH", volume, size("2MiB"), "If-Match", header), 400, "malformed-request");
		assertProblem(change("PUT", volume, size("2MiB"), "If-None-Match", header), 400, "malformed-request");
		assertProblem(change("DELETE", volume, "", "If-Match", header), 400, "malformed-request");
		assertThat(Client.json(acme().get(volume)).get("sizeBytes").asInt()).isEqualTo(VOLUME_BYTES);
	}

	/**
	 * Two lines of a header are one list, and an empty one is no condition that holds.
	 */
	@Test
	void shouldReadConditionsInSeveralLines() throws Exception {
		String volume = volume();
		String tag = header(acme().get(volume), "ETag");
		String request = "DELETE %s HTTP/1.1\nHost: h\nConnection: close\nAuthorization: %s\n".formatted(volume,
				acme().authorization());
		assertThat(RawSocket.exchange(this.port, request + "If-Match:\n\n")).startsWith("HTTP/1.1 400");
		assertThat(RawSocket.exchange(this.port, request + "If-Match: \"x\"\nIf-Match: \"y\"\n\n"))
			.startsWith("HTTP/1.1 412");
		assertThat(RawSocket.exchange(this.port, request + "If-Match: \"x\"\nIf-Match: " + tag + "\n\n"))
			.startsWith("HTTP/1.1 204");
	}

	@Test
	void shouldLetExactlyOneWin() throws Exception {
		String volume = volume();
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			for (int round = 1; round <= 5; round++) {
				String tag = header(acme().get(volume), "ETag");
				List<Future<HttpResponse<String>>> answers = new ArrayList<>();
				for (int i = 0; i < 8; i++) {
					// Half of them ask for the same.
					String change = "{\"sizeBytes\":%d}".formatted(VOLUME_BYTES + (round * 8 + i / 2) * 4096);
					String method = (i % 2 == 0) ? "PATCH" : "PUT";
					answers.add(threads.submit(() -> change(method, volume, change, "If-Match", tag)));
				}
				List<Integer> statuses = new ArrayList<>();
				String won = "";
				for (Future<HttpResponse<String>> answer : answers) {
					statuses.add(answer.get().statusCode());
					won = (answer.get().statusCode() == 200) ? answer.get().body() : won;
				}
				assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 412);
				assertThat(acme().get(volume).body()).isEqualTo(won);
			}
		}
	}

	@Test
	void shouldLetExactlyOneMakeIt() throws Exception {
		Client acme = acme();
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			for (int round = 0; round < 5; round++) {
				String volume = VOLUMES + "raced" + round;
				List<Future<HttpResponse<String>>> answers = new ArrayList<>();
				for (int i = 0; i < 8; i++) {
					answers.add(threads.submit(() -> change("PUT", volume, size("1MiB"), "If-None-Match", "*")));
				}
				List<Integer> statuses = new ArrayList<>();
				for (Future<HttpResponse<String>> answer : answers) {
					statuses.add(answer.get().statusCode());
				}
				assertThat(statuses).containsOnlyOnce(201).containsOnly(201, 412);
				assertThat(acme.delete(volume).statusCode()).isEqualTo(204);
			}
		}
	}

	private HttpResponse<String> change(String method, String path, String body, String... headers) throws Exception {
		if (body.isEmpty()) {
			return acme().text(method, path, BodyPublishers.noBody(), headers);
		}
		String[] all = { "Content-Type", "PATCH".equals(method) ? "application/merge-patch+json" : "application/json",
				headers[0], headers[1] };
		return acme().text(method, path, BodyPublishers.ofString(body), all);
	}

	private static String size(String size) {
		return "{\"sizeBytes\":\"" + size + "\"}";
	}

}
