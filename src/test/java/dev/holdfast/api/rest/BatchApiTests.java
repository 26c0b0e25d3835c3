package dev.holdfast.api.rest;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.StreamSupport;

import dev.holdfast.buffer.BufferKey;
import dev.holdfast.buffer.BufferSpec;
import dev.holdfast.buffer.Buffers;
import dev.holdfast.buffer.Pages;
import dev.holdfast.ops.Client;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Batches of operations by reference, over HTTP.
 */
@ServiceTest
class BatchApiTests extends Service {

	private static final int BLOCK = 4096;

	private static final String READ = "{\"op\":\"read\",\"offset\":0,\"length\":4096,\"buffer\":\"batch\"}";

	@Autowired
	private Buffers buffers;

	private String volume;

	private String io;

	@BeforeEach
	void make() throws Exception {
		this.volume = volume();
		this.io = this.volume + ":io";
		// Tests of this class come one after the other, so they can share it.
		this.buffers.declare(new BufferKey("acme", "batch"), new BufferSpec(1 << 20, Pages.SMALL));
	}

	private HttpResponse<String> post(String body, String... headers) throws Exception {
		return post(acme(), body, headers);
	}

	private HttpResponse<String> post(Client client, String body, String... headers) throws Exception {
		String[] all = Arrays.copyOf(headers, headers.length + 2);
		all[headers.length] = "Content-Type";
		all[headers.length + 1] = "application/json";
		return client.text("POST", this.io, BodyPublishers.ofString(body), all);
	}

	private static String batch(boolean ordered, String... operations) {
		return "{\"operations\":[%s],\"ordered\":%s}".formatted(String.join(",", operations), ordered);
	}

	private static String operation(String op, long offset, long length, long bufferOffset) {
		return "{\"op\":\"%s\",\"offset\":%d,\"length\":%d,\"buffer\":\"batch\",\"bufferOffset\":%d}".formatted(op,
				offset, length, bufferOffset);
	}

	private static List<JsonNode> results(HttpResponse<String> answer) throws Exception {
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		return StreamSupport.stream(Client.json(answer).get("results").spliterator(), false).toList();
	}

	private static List<String> codes(List<JsonNode> results) {
		return results.stream()
			.map((result) -> result.has("problem") ? result.get("problem").get("code").asString() : "")
			.toList();
	}

	@Test
	void shouldAnswerEachOperation() throws Exception {
		byte[] bytes = random(2 * BLOCK);
		acme().put(this.volume + "/data?offset=0", bytes);
		List<JsonNode> results = results(
				post(batch(true, operation("read", 0, 2 * BLOCK, 0), operation("write", 4 * BLOCK, 2 * BLOCK, 0),
						"{\"op\":\"flush\"}", "{\"op\":\"zero\",\"offset\":0,\"length\":\"4KiB\",\"fua\":true}",
						"{\"op\":\"discard\",\"offset\":\"4KiB\",\"length\":4096}")));
		assertThat(codes(results)).containsOnly("");
		assertThat(results.getFirst().get("bytes").asLong()).isEqualTo(2 * BLOCK);
		assertThat(results.getFirst().get("tier").asString()).isIn("bvec", "none");
		assertThat(results.getFirst().get("micros").asLong()).isPositive();
		assertThat(results.get(2).has("tier")).isFalse();
		byte[] all = all(this.volume);
		assertThat(Arrays.copyOfRange(all, 4 * BLOCK, 6 * BLOCK)).isEqualTo(bytes);
		assertThat(Arrays.copyOf(all, BLOCK)).isEqualTo(new byte[BLOCK]);
	}

	@Test
	void shouldAnswerWhatIsWrongWithOneAndDoTheOthers() throws Exception {
		HttpResponse<String> answer = post(batch(false, operation("read", 512, BLOCK, 0),
				operation("read", 0, BLOCK, 1 << 20), operation("write", VOLUME_BYTES, BLOCK, 0),
				READ.replace("batch", "unknown"), READ, READ, operation("read", 0, BLOCK, 8 * BLOCK)));
		List<JsonNode> results = results(answer);
		assertThat(codes(results)).containsExactly("unaligned-range", "range-not-satisfiable", "range-not-satisfiable",
				"not-found", "", "region-in-flight", "");
		JsonNode problem = results.get(2).get("problem");
		assertThat(problem.get("type").asString()).isEqualTo("/problems/range-not-satisfiable");
		assertThat(problem.get("status").asInt()).isEqualTo(416);
		assertThat(problem.get("size").asLong()).isEqualTo(VOLUME_BYTES);
		assertThat(problem.get("requestId").asString()).isEqualTo(header(answer, "X-Request-Id"));
		assertThat(results.get(2).has("tier")).isFalse();
	}

	@Test
	void shouldSayWhatWasNotAttempted() throws Exception {
		acme().put(this.volume + "/data?offset=0", random(BLOCK));
		byte[] before = all(this.volume);
		List<JsonNode> results = results(post(
				batch(true, READ, operation("read", 1, BLOCK, 0), "{\"op\":\"zero\",\"offset\":0,\"length\":4096}")));
		assertThat(codes(results)).containsExactly("", "unaligned-range", "not-attempted");
		assertThat(all(this.volume)).isEqualTo(before);
		assertThat(acme().get("/problems/not-attempted").statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					{"op":"copy","offset":0,"length":4096,"buffer":"batch"}                   | malformed-request | op is one of
					{"offset":0,"length":4096,"buffer":"batch"}                               | malformed-request | op is one of
					{"op":"read","length":4096,"buffer":"batch"}                              | malformed-request | offset and length
					{"op":"zero","offset":0}                                                  | malformed-request | offset and length
					{"op":"read","offset":0,"length":4096}                                    | malformed-request | buffer is needed
					{"op":"read","offset":-1,"length":4096,"buffer":"batch"}                  | malformed-request | offset
					{"op":"read","offset":0.5,"length":4096,"buffer":"batch"}                 | malformed-request | offset
					{"op":"read","offset":0,"length":"4KB","buffer":"batch"}                  | malformed-request | write KiB
					{"op":"read","offset":0,"length":4096,"buffer":[7]}                       | malformed-request | buffer
					{"op":"read","offset":0,"length":4096,"buffer":"batch","fua":true}        | malformed-request | fua
					{"op":"read","offset":0,"length":4096,"buffer":"batch","colour":"red"}    | unknown-field     | colour
					{"op":"flush","offset":0,"length":4096}                                   | malformed-request | flush
					{"op":"zero","offset":0,"length":4096,"buffer":"batch"}                   | malformed-request | buffer
					{"op":"discard","offset":0,"length":4096,"bufferOffset":0}                | malformed-request | bufferOffset
					null                                                                      | malformed-request | object
					7                                                                         | malformed-request | operations
					""")
	void shouldDoNothingOfABatchThatIsMalformed(String wrong, String code, String says) throws Exception {
		acme().put(this.volume + "/data?offset=0", random(BLOCK));
		byte[] before = all(this.volume);
		HttpResponse<String> refused = post(batch(false, "{\"op\":\"zero\",\"offset\":0,\"length\":4096}", wrong));
		assertProblem(refused, 400, code);
		assertThat(Client.json(refused).get("detail").asString()).contains(says);
		assertThat(all(this.volume)).isEqualTo(before);
	}

	@Test
	void shouldLimitABatch() throws Exception {
		assertThat(
				results(post(batch(false, Collections.nCopies(1024, "{\"op\":\"discard\",\"offset\":0,\"length\":4096}")
					.toArray(String[]::new)))))
			.hasSize(1024);
		HttpResponse<String> refused = post(batch(false, Collections.nCopies(1025, READ).toArray(String[]::new)));
		assertProblem(refused, 413, "too-large");
		assertThat(Client.json(refused).get("limit").asInt()).isEqualTo(1024);
		assertThat(results(post(batch(false)))).isEmpty();
		assertProblem(post("{}"), 400, "malformed-request");
	}

	@Test
	void shouldBeForTheTenantAlone() throws Exception {
		String body = batch(false, READ);
		assertProblem(post(admin().tenant("acme", "reader"), body), 403, "forbidden");
		assertProblem(post(admin(), body), 403, "forbidden");
		assertProblem(post(admin().tenant("globex", "tenant"), body), 404, "not-found");
		assertProblem(acme().text("POST", "/v1/tenants/acme/volumes/none:io", BodyPublishers.ofString(body),
				"Content-Type", "application/json"), 404, "not-found");
		// Another tenant's buffer has no name here.
		this.buffers.declare(new BufferKey("globex", "theirs"), new BufferSpec(1 << 20, Pages.SMALL));
		assertThat(codes(results(post(batch(false, READ.replace("batch", "theirs")))))).containsExactly("not-found");
		assertThat(codes(results(post(batch(false, READ.replace("batch", "../globex/theirs"))))))
			.containsExactly("not-found");
	}

	@Test
	void shouldNeedTheVolumesLease() throws Exception {
		HttpResponse<String> held = acme().put(this.volume + "/lease", "{\"ttlSeconds\":60}");
		String number = Client.json(held).get("number").asString();
		assertProblem(post(batch(false, READ)), 409, "lease-lost");
		assertThat(codes(results(post(batch(false, READ), "Holdfast-Lease", number)))).containsExactly("");
	}

}
