package dev.holdfast.api.rest;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.buffer.BufferKey;
import dev.holdfast.buffer.Buffers;
import dev.holdfast.buffer.Region;
import dev.holdfast.ops.Client;
import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Buffers over HTTP: what is declared, what one gets, and the bytes.
 */
@ServiceTest
class BufferRoutesTests extends Service {

	private static final String BUFFERS = "/v1/tenants/acme/buffers/";

	private static final int MIB = 1 << 20;

	private static final AtomicInteger NAMES = new AtomicInteger();

	@Autowired
	Buffers buffers;

	private String buffer() throws Exception {
		String path = BUFFERS + "b" + NAMES.incrementAndGet();
		HttpResponse<String> made = acme().put(path, "{\"sizeBytes\":\"1MiB\",\"pages\":\"4k\"}");
		assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
		return path;
	}

	private BufferHandle handle(String path) {
		return this.buffers.open(new BufferKey("acme", path.substring(BUFFERS.length())));
	}

	@Test
	void shouldDeclareAndSayWhatItIs() throws Exception {
		HttpResponse<String> made = acme().put(BUFFERS + "first", "{\"sizeBytes\":\"1MiB\"}");
		assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
		JsonNode buffer = Client.json(made);
		assertThat(buffer.get("name").asString()).isEqualTo("first");
		assertThat(buffer.get("sizeBytes").asLong()).isEqualTo(MIB);
		assertThat(buffer.get("declared").toString()).isEqualTo("{\"sizeBytes\":1048576,\"pages\":\"auto\"}");
		assertThat(buffer.get("state").asString()).isEqualTo("ready");
		assertThat(buffer.get("pages").asString()).isEqualTo("4k");
		assertThat(buffer.get("tier").asString()).isEqualTo("bvec");
		assertThat(buffer.has("tierReason")).isFalse();
		assertThat(acme().get(BUFFERS + "first").body()).isEqualTo(made.body());
		assertThat(admin().tenant("acme", "reader").get(BUFFERS + "first").body()).isEqualTo(made.body());
		assertThat(acme().put(BUFFERS + "first", "{\"sizeBytes\":1048576}").statusCode()).isEqualTo(200);
		assertThat(acme().put(BUFFERS + "first", "{\"sizeBytes\":1048576,\"pages\":\"auto\"}").statusCode())
			.isEqualTo(200);
		assertProblem(acme().put(BUFFERS + "first", "{\"sizeBytes\":1048576,\"pages\":\"4k\"}"), 409, "already-exists");
		assertProblem(acme().put(BUFFERS + "first", "{\"sizeBytes\":8192}"), 409, "already-exists");
		assertThat(acme().delete(BUFFERS + "first").statusCode()).isEqualTo(204);
		assertProblem(acme().get(BUFFERS + "first"), 404, "not-found");
		assertProblem(acme().delete(BUFFERS + "first"), 404, "not-found");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			{"sizeBytes":0}                          | 400 | malformed-request
			{"sizeBytes":1}                          | 400 | malformed-request
			{"sizeBytes":4097}                       | 400 | malformed-request
			{"sizeBytes":-4096}                      | 400 | malformed-request
			{"sizeBytes":"1MB"}                      | 400 | malformed-request
			{"sizeBytes":"1MiB","pages":"2m"}        | 400 | malformed-request
			{"sizeBytes":"2MiB","pages":"1g"}        | 400 | malformed-request
			{"sizeBytes":"2MiB","pages":"2M"}        | 400 | malformed-request
			{"sizeBytes":"2MiB","pages":"8k"}        | 400 | malformed-request
			{"sizeBytes":"65GiB"}                    | 413 | too-large
			{"sizeBytes":"8388607TiB"}               | 400 | malformed-request
			{}                                       | 400 | malformed-request
			{"pages":"4k"}                           | 400 | malformed-request
			[]                                       | 400 | malformed-request
			{"sizeBytes":4096,"shared":true}         | 400 | unknown-field
			{"sizeBytes":4096,"colour":"red"}        | 400 | unknown-field
			""")
	void shouldRefuseAWrongDeclaration(String body, int status, String code) throws Exception {
		assertProblem(acme().put(BUFFERS + "wrong", body), status, code);
		assertProblem(acme().get(BUFFERS + "wrong"), 404, "not-found");
	}

	@Test
	void shouldRefuseWrongNames() throws Exception {
		for (String name : new String[] { "Upper", "-x", "x-", "a_b", "a".repeat(64) }) {
			assertProblem(acme().put(BUFFERS + name, "{\"sizeBytes\":4096}"), 400, "bad-name");
			assertProblem(acme().get(BUFFERS + name), 400, "bad-name");
		}
	}

	@Test
	void shouldBeNobodyElses() throws Exception {
		String buffer = buffer();
		Client other = admin().tenant("globex", "tenant");
		Client reader = admin().tenant("acme", "reader");
		String absent = BUFFERS + "absent";
		for (String path : new String[] { buffer, absent, buffer + "/data", buffer + "/mappings",
				buffer + "/mappings/v" }) {
			HttpResponse<String> refused = other.get(path);
			assertProblem(refused, 404, "not-found");
			assertThat(detail(refused)).isEqualTo(detail(other.get(absent)));
			assertProblem(admin().get(path), 403, "forbidden");
		}
		assertProblem(other.put(buffer, "{\"sizeBytes\":4096}"), 404, "not-found");
		assertProblem(other.delete(buffer), 404, "not-found");
		assertProblem(other.put(buffer + "/data?offset=0", new byte[1]), 404, "not-found");
		assertProblem(reader.put(buffer, "{\"sizeBytes\":\"1MiB\"}"), 403, "forbidden");
		assertProblem(reader.delete(buffer), 403, "forbidden");
		assertProblem(reader.put(buffer + "/data?offset=0", new byte[1]), 403, "forbidden");
		assertProblem(admin().put(buffer, "{\"sizeBytes\":\"1MiB\"}"), 403, "forbidden");
		assertProblem(admin().delete(buffer), 403, "forbidden");
		assertProblem(admin().put(buffer + "/data?offset=0", new byte[1]), 403, "forbidden");
		assertThat(reader.getBytes(buffer + "/data").body()).isEqualTo(new byte[MIB]);
	}

	private static String detail(HttpResponse<String> problem) {
		return Client.json(problem).get("detail").asString();
	}

	@Test
	void shouldListInPages() throws Exception {
		Client client = admin().tenant("paged", "tenant");
		for (String name : new String[] { "c", "a", "b" }) {
			client.put("/v1/tenants/paged/buffers/" + name, "{\"sizeBytes\":4096}");
		}
		JsonNode first = Client.json(client.get("/v1/tenants/paged/buffers?pageSize=2"));
		assertThat(first.get("buffers").valueStream().map((buffer) -> buffer.get("name").asString()))
			.containsExactly("a", "b");
		JsonNode second = Client.json(
				client.get("/v1/tenants/paged/buffers?pageSize=2&pageToken=" + first.get("nextPageToken").asString()));
		assertThat(second.get("buffers").get(0).get("name").asString()).isEqualTo("c");
		assertThat(second.has("nextPageToken")).isFalse();
		assertProblem(client.get("/v1/tenants/paged/buffers?pageToken=Li4v"), 400, "malformed-request");
	}

	@Test
	void shouldHonourConditions() throws Exception {
		String buffer = BUFFERS + "conditional";
		String declaration = "{\"sizeBytes\":4096}";
		assertProblem(put(buffer, declaration, "If-Match", "*"), 412, "precondition-failed");
		HttpResponse<String> made = put(buffer, declaration, "If-None-Match", "*");
		assertThat(made.statusCode()).isEqualTo(201);
		String tag = header(made, "ETag");
		assertThat(tag).isNotEmpty();
		assertProblem(put(buffer, declaration, "If-None-Match", "*"), 412, "precondition-failed");
		assertThat(put(buffer, declaration, "If-Match", tag).statusCode()).isEqualTo(200);
		assertProblem(put(buffer, "{\"sizeBytes\":8192}", "If-Match", tag), 422, "not-supported");
		assertThat(acme().get(buffer, "If-None-Match", tag).statusCode()).isEqualTo(304);
		assertProblem(acme().text("DELETE", buffer, BodyPublishers.noBody(), "If-Match", "\"other\""), 412,
				"precondition-failed");
		assertThat(acme().text("DELETE", buffer, BodyPublishers.noBody(), "If-Match", tag).statusCode()).isEqualTo(204);
	}

	private HttpResponse<String> put(String path, String json, String header, String value) throws Exception {
		return acme().text("PUT", path, BodyPublishers.ofString(json), "Content-Type", "application/json", header,
				value);
	}

	@Test
	void shouldBeZeroedFilledAndReadInRanges() throws Exception {
		String data = buffer() + "/data";
		assertThat(acme().getBytes(data).body()).isEqualTo(new byte[MIB]);
		byte[] content = random(300_001);
		byte[] expected = new byte[MIB];
		System.arraycopy(content, 0, expected, 4097, content.length);
		assertThat(acme().put(data + "?offset=4097", content).statusCode()).isEqualTo(204);
		HttpResponse<byte[]> whole = acme().getBytes(data);
		assertThat(whole.statusCode()).isEqualTo(200);
		assertThat(whole.body()).isEqualTo(expected);
		assertThat(whole.headers().firstValue("Accept-Ranges")).hasValue("bytes");
		assertThat(whole.headers().firstValue("Holdfast-Block-Size")).isEmpty();
		HttpResponse<byte[]> part = acme().getBytes(data, "Range", "bytes=4090-4103");
		assertThat(part.statusCode()).isEqualTo(206);
		assertThat(header(part, "Content-Range")).isEqualTo("bytes 4090-4103/1048576");
		assertThat(part.body()).isEqualTo(Arrays.copyOfRange(expected, 4090, 4104));
		HttpResponse<byte[]> several = acme().getBytes(data, "Range", "bytes=0-1,4097-4098");
		assertThat(header(several, "Content-Type")).startsWith("multipart/byteranges");
		assertThat(acme().put(data, new byte[] { 1, 2 }, "Content-Range", "bytes 8-9/*").statusCode()).isEqualTo(204);
		assertThat(acme().getBytes(data, "Range", "bytes=8-9").body()).containsExactly(1, 2);
		HttpResponse<String> head = acme().text("HEAD", data, BodyPublishers.noBody());
		assertThat(header(head, "Content-Length")).isEqualTo("1048576");
	}

	@Test
	void shouldRefuseBytesOutside() throws Exception {
		String data = buffer() + "/data";
		HttpResponse<String> refused = acme().put(data + "?offset=1048575", new byte[2]);
		assertProblem(refused, 416, "range-not-satisfiable");
		assertThat(header(refused, "Content-Range")).isEqualTo("bytes */1048576");
		assertProblem(acme().get(data, "Range", "bytes=1048576-"), 416, "range-not-satisfiable");
		assertProblem(acme().put(data, new byte[2]), 400, "malformed-request");
		assertProblem(acme().put(data + "?offset=x", new byte[2]), 400, "malformed-request");
		assertProblem(acme().put(BUFFERS + "absent/data?offset=0", new byte[2]), 404, "not-found");
		assertThat(acme().getBytes(data).body()).isEqualTo(new byte[MIB]);
	}

	@Test
	void shouldVerifyDigests() throws Exception {
		String data = buffer() + "/data";
		assertProblem(acme().put(data + "?offset=0", new byte[] { 1, 2, 3 }, "Content-Digest", "crc32c=:AAAAAA==:"),
				400, "digest-mismatch");
		assertThat(acme().getBytes(data, "Range", "bytes=0-2").body()).containsExactly(0, 0, 0);
		assertThat(header(acme().getBytes(data, "Range", "bytes=0-2", "Want-Content-Digest", "crc32c=1"),
				"Content-Digest"))
			.startsWith("crc32c=:");
	}

	@Test
	@DisplayName("Rule 14: bytes that the device has are not changed by anybody, and not read if it changes them")
	void shouldRefuseBytesInFlight() throws Exception {
		String buffer = buffer();
		String data = buffer + "/data";
		try (Region reading = handle(buffer).take(4096, 4096, true)) {
			assertThat(reading).isNotNull();
			assertProblem(acme().get(data, "Range", "bytes=8191-8191"), 409, "region-in-flight");
			assertProblem(acme().put(data + "?offset=4095", new byte[2]), 409, "region-in-flight");
			assertThat(acme().get(data, "Range", "bytes=8192-8200").statusCode()).isEqualTo(206);
			assertThat(acme().put(data + "?offset=0", new byte[4096]).statusCode()).isEqualTo(204);
		}
		try (Region writing = handle(buffer).take(4096, 4096, false)) {
			assertThat(writing).isNotNull();
			assertThat(acme().get(data, "Range", "bytes=4096-8191").statusCode()).isEqualTo(206);
			assertProblem(acme().put(data + "?offset=4096", new byte[1]), 409, "region-in-flight");
			HttpResponse<String> all = acme().put(data + "?offset=0", new byte[MIB]);
			assertProblem(all, 409, "region-in-flight");
		}
		assertThat(handle(buffer).inUse()).isZero();
	}

	@Test
	void shouldHoldNoRegionForASlowClient() throws Exception {
		String buffer = buffer();
		try (RawSocket socket = new RawSocket(this.port)) {
			socket.send("PUT %s/data?offset=0 HTTP/1.1\nHost: x\nAuthorization: %s\nContent-Length: 1048576\n\n"
				.formatted(buffer, acme().authorization()) + "a".repeat(200_000));
			await().until(() -> acme().getBytes(buffer + "/data", "Range", "bytes=0-0").body()[0] == 'a');
			// The rest is awaited, and nobody is kept out.
			await().untilAsserted(() -> assertThat(handle(buffer).inUse()).isZero());
			assertThat(acme().put(buffer + "/data?offset=0", new byte[MIB]).statusCode()).isEqualTo(204);
			assertThat(acme().delete(buffer).statusCode()).isEqualTo(204);
		}
	}

	@Test
	@DisplayName("Rule 9: a buffer in use goes when that ends, and an operation says when")
	void shouldAnswerWithAnOperationWhileItIsInUse() throws Exception {
		String buffer = buffer();
		String operation;
		try (Region region = handle(buffer).take(0, 4096, true)) {
			assertThat(region).isNotNull();
			HttpResponse<String> accepted = acme().delete(buffer);
			assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
			operation = header(accepted, "Location");
			assertThat(Client.json(accepted).get("kind").asString()).isEqualTo("delete-buffer");
			assertThat(Client.json(accepted).get("state").asString()).isEqualTo("running");
			assertThat(Client.json(acme().get(buffer)).get("state").asString()).isEqualTo("deleting");
			assertProblem(acme().put(buffer, "{\"sizeBytes\":\"1MiB\",\"pages\":\"4k\"}"), 409, "in-use");
			assertProblem(acme().get(buffer + "/data"), 404, "not-found");
			assertThat(header(acme().delete(buffer), "Location")).isEqualTo(operation);
			assertProblem(acme().post(operation + ":cancel"), 422, "not-supported");
		}
		await().untilAsserted(
				() -> assertThat(Client.json(acme().get(operation)).get("state").asString()).isEqualTo("succeeded"));
		assertProblem(acme().get(buffer), 404, "not-found");
		assertThat(acme().put(buffer, "{\"sizeBytes\":\"1MiB\",\"pages\":\"4k\"}").statusCode()).isEqualTo(201);
		assertThat(acme().getBytes(buffer + "/data").body()).isEqualTo(new byte[MIB]);
	}

}
