package dev.holdfast.api.rest;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Limits of what a tenant may have at a time, and in one request.
 */
@ServiceTest
class LimitTests extends Service {

	private static final int JSON_LIMIT = 1 << 20;

	private final List<RawSocket> stalled = new ArrayList<>();

	private String volume;

	private String data;

	@BeforeEach
	void make() throws Exception {
		this.volume = volume() + "-large";
		this.data = this.volume + "/data";
		assertThat(acme().put(this.volume, "{\"sizeBytes\":\"64MiB\"}").statusCode()).isEqualTo(201);
	}

	@AfterEach
	void close() throws Exception {
		for (RawSocket socket : this.stalled) {
			socket.close();
		}
		await().until(() -> Client.anonymous(this.managementPort)
			.get("/actuator/prometheus")
			.body()
			.contains("holdfast_staging_used_ratio 0.0\n"));
		assertThat(acme().delete(this.volume).statusCode()).isEqualTo(204);
	}

	@Test
	void shouldReadEightWholeVolumesAtATime() throws Exception {
		String[] whole = { "x=1", "bytes=0-", "bytes=5-,0-4", "bytes=0-,0-", "bytes=-67108864" };
		for (int i = 0; i < 8; i++) {
			assertThat(stall(get(whole[i % whole.length])).head()).startsWith("HTTP/1.1 20");
		}
		for (String range : whole) {
			HttpResponse<String> ninth = acme().get(this.data, "Range", range);
			assertProblem(ninth, 429, "rate-limited");
			assertThat(header(ninth, "Retry-After")).isEqualTo("1");
			assertThat(Client.json(ninth).get("limit").asInt()).isEqualTo(8);
			assertThat(Client.json(ninth).get("retryable").asBoolean()).isTrue();
			assertThat(ninth.headers().firstValue("Content-Range")).isEmpty();
		}
		assertThat(stall(get("bytes=1-")).head()).as("not all of it").startsWith("HTTP/1.1 206");
		assertThat(acme().getBytes(volume() + "/data").statusCode()).as("a small volume").isEqualTo(200);
		this.stalled.removeFirst().close();
		await().until(() -> acme().getBytes(this.data).statusCode() == 200);
	}

	/** A quarter of the staging memory is 4 MiB here. */
	@Test
	void shouldServeATenantBesideItsSlowClients() throws Exception {
		for (int i = 0; i < 40; i++) {
			stall(get("bytes=1-"));
			stall("PUT", "?offset=" + (i << 20), "Content-Length: 1000000").send("x".repeat(i % 2 == 0 ? 1 : 100_000));
		}
		assertThat(this.stalled.getFirst().head()).startsWith("HTTP/1.1 206");
		String other = volume() + "/data";
		byte[] bytes = random(60_000);
		for (int i = 0; i < 20; i++) {
			long start = System.nanoTime();
			assertThat(acme().put(other + "?offset=" + i, bytes).statusCode()).isEqualTo(204);
			HttpResponse<byte[]> read = acme().getBytes(other, "Range", "bytes=%d-%d".formatted(i, i + 59_999));
			assertThat(read.body()).isEqualTo(bytes);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
		}
	}

	/** A tenant may have two of the longest bodies held at a time. */
	@Test
	void shouldHoldNoMoreBodiesUntilTheirDigestsAreVerified() throws Exception {
		String digest = "Content-Digest: crc32c=:AAAAAA==:\nContent-Length: " + (8 << 20);
		for (int i = 0; i < 2; i++) {
			stall("PUT", "?offset=0", digest).send("x".repeat((8 << 20) - 1));
		}
		await().until(() -> digested(1).statusCode() == 503);
		for (int length : new int[] { 1, 1 << 20 }) {
			HttpResponse<String> refused = digested(length);
			assertProblem(refused, 503, "overloaded");
			assertThat(header(refused, "Retry-After")).isEqualTo("1");
			assertThat(Client.json(refused).get("retryable").asBoolean()).isTrue();
		}
		assertThat(acme().put(this.data + "?offset=0", random(1 << 20)).statusCode()).as("without a digest")
			.isEqualTo(204);
		this.stalled.removeFirst().close();
		await().until(() -> digested(1).statusCode() == 400);
		assertProblem(digested(1), 400, "digest-mismatch");
	}

	private HttpResponse<String> digested(int length) throws Exception {
		return acme().put(this.data + "?offset=0", random(length), "Content-Digest", "crc32c=:AAAAAA==:");
	}

	@Test
	void shouldRefuseJsonThatIsTooLong() throws Exception {
		String small = volume();
		String fits = padded("{\"sizeBytes\":%d}".formatted(VOLUME_BYTES), JSON_LIMIT);
		assertThat(acme().put(small, fits).statusCode()).isEqualTo(200);
		for (int length : new int[] { JSON_LIMIT + 1, 5 << 20 }) {
			String more = padded("{\"sizeBytes\":%d}".formatted(VOLUME_BYTES), length);
			assertTooLarge(acme().put(small, more));
			assertTooLarge(acme().text("PUT", small, chunked(more), "Content-Type", "application/json"));
		}
		HttpResponse<String> zero = acme().text("POST", small + ":zero",
				chunked("{\"offset\":0,\"length\":1" + " ".repeat(JSON_LIMIT) + "}"), "Content-Type",
				"application/json");
		assertTooLarge(zero);
		try (RawSocket socket = new RawSocket(this.port)) {
			socket.send("PUT %s HTTP/1.1\nHost: h\nAuthorization: %s\n".formatted(small, acme().authorization())
					+ "Content-Type: application/json\nContent-Length: 1048577\nExpect: 100-continue\n\n");
			assertThat(socket.head()).as("before the body").startsWith("HTTP/1.1 413");
		}
	}

	@Test
	void shouldTakeSomeOfABodyThatNobodyWantsAndNoMore() throws Exception {
		try (RawSocket socket = stall("PUT", "?offset=67108864", "Content-Length: 2000000")) {
			String head = socket.send("x".repeat(2_000_000)).head();
			assertThat(head).startsWith("HTTP/1.1 416").doesNotContain("close");
			int left = Integer.parseInt(head.replaceAll("(?s).*Content-Length: (\\d+).*", "$1"));
			while (left > 0) {
				left -= socket.readSome(left);
			}
			socket.send("GET /v1/nonsense HTTP/1.1\nHost: h\n\n");
			assertThat(socket.head()).as("the connection goes on").startsWith("HTTP/1.1 401");
		}
		assertThat(acme().put(this.data + "?offset=67108860", random(9 << 20)).statusCode()).isEqualTo(416);
	}

	private static String padded(String json, int length) {
		return json + " ".repeat(length - json.length());
	}

	private static java.net.http.HttpRequest.BodyPublisher chunked(String body) {
		byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
		return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes));
	}

	private static void assertTooLarge(HttpResponse<String> response) {
		assertProblem(response, 413, "too-large");
		assertThat(Client.json(response).get("limit").asLong()).isEqualTo(JSON_LIMIT);
	}

	private String get(String range) {
		return "Range: " + range;
	}

	private RawSocket stall(String header) throws Exception {
		return stall("GET", "", header);
	}

	private RawSocket stall(String method, String query, String header) throws Exception {
		RawSocket socket = new RawSocket(this.port);
		this.stalled.add(socket);
		return socket.send("%s %s%s HTTP/1.1\nHost: h\nAuthorization: %s\n%s\n\n".formatted(method, this.data, query,
				acme().authorization(), header));
	}

}
