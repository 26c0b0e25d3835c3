package dev.holdfast.api.rest;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class DataWriteTests extends Service {

	private String volume;

	private String data;

	@BeforeEach
	void make() throws Exception {
		this.volume = volume();
		this.data = this.volume + "/data";
	}

	@ParameterizedTest
	@CsvSource({ "0,4096", "0,1", "1,1", "4095,2", "1,4095", "5000,100000", "1048575,1", "0,1048576", "1048576,0",
			"300000,700001" })
	void shouldPutBytesAnywhere(int offset, int length) throws Exception {
		byte[] bytes = random(length);
		HttpResponse<String> response = acme().put(this.data + "?offset=" + offset, bytes);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
		assertOnly(offset, bytes);
	}

	@ParameterizedTest
	@CsvSource({ "0,4096", "7,300000", "1048570,6", "0,1048576", "100,0" })
	void shouldTakeChunkedBodies(int offset, int length) throws Exception {
		byte[] bytes = random(length);
		HttpResponse<String> response = acme().text("PUT", this.data + "?offset=" + offset,
				BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)));
		assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
		assertOnly(offset, bytes);
	}

	@ParameterizedTest
	@ValueSource(strings = { "bytes 100-199/*", "bytes 100-199/1048576", "bytes 100-199/200", "Bytes  100-199/*" })
	void shouldTakeAContentRange(String range) throws Exception {
		byte[] bytes = random(100);
		HttpResponse<String> response = acme().put(this.data, bytes, "Content-Range", range);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
		assertOnly(100, bytes);
	}

	@Test
	void shouldTakeAContentRangeWithAChunkedBody() throws Exception {
		byte[] bytes = random(5000);
		HttpResponse<String> response = acme().text("PUT", this.data,
				BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)), "Content-Range",
				"bytes 10-5009/*");
		assertThat(response.statusCode()).isEqualTo(204);
		assertOnly(10, bytes);
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json",
			"text/plain" })
	void shouldIgnoreTheContentType(String type) throws Exception {
		byte[] bytes = random(100);
		assertThat(acme().put(this.data + "?offset=0", bytes, "Content-Type", type).statusCode()).isEqualTo(204);
		assertOnly(0, bytes);
	}

	@Test
	void shouldBeDurableOnRequest() throws Exception {
		byte[] bytes = random(10000);
		assertThat(acme().put(this.data + "?offset=0&fua=true", bytes).statusCode()).isEqualTo(204);
		assertThat(acme().put(this.data + "?offset=0&fua=false", bytes).statusCode()).isEqualTo(204);
		assertThat(acme().text("POST", this.volume + ":flush", BodyPublishers.noBody()).statusCode()).isEqualTo(204);
		assertOnly(0, bytes);
	}

	@Test
	void shouldZeroAndDiscard() throws Exception {
		byte[] bytes = random(20000);
		assertThat(acme().put(this.data + "?offset=0", bytes).statusCode()).isEqualTo(204);
		assertThat(act("zero", "{\"offset\":100,\"length\":\"8KiB\"}").statusCode()).isEqualTo(204);
		Arrays.fill(bytes, 100, 100 + 8192, (byte) 0);
		assertOnly(0, bytes);
		assertThat(act("zero?fua=true", "{\"offset\":0,\"length\":20000}").statusCode()).isEqualTo(204);
		assertOnly(0, new byte[20000]);
		assertThat(act("discard", "{\"offset\":0,\"length\":%d}".formatted(VOLUME_BYTES)).statusCode()).isEqualTo(204);
		for (String verb : new String[] { "zero", "discard" }) {
			assertProblem(act(verb, "{\"offset\":0,\"length\":%d}".formatted(VOLUME_BYTES + 1)), 416,
					"range-not-satisfiable");
			assertProblem(act(verb, "{\"offset\":-1,\"length\":1}"), 400, "malformed-request");
			assertProblem(act(verb, "{\"offset\":0}"), 400, "malformed-request");
			assertProblem(act(verb, "{\"offset\":0,\"length\":1,\"fua\":true}"), 400, "unknown-field");
			assertProblem(act(verb, "[]"), 400, "malformed-request");
			HttpResponse<String> reader = admin().tenant("acme", "reader")
				.text("POST", this.volume + ":" + verb, BodyPublishers.ofString("{\"offset\":0,\"length\":1}"),
						"Content-Type", "application/json");
			assertProblem(reader, 403, "forbidden");
		}
	}

	@ParameterizedTest
	@CsvSource({ "0,0", "5,0", "1048576,0", "0,1", "4095,1", "4095,2", "4096,4096", "1,4095", "1,8190", "1048575,1",
			"1044481,4095", "5000,1000000", "0,1048576" })
	void shouldZeroAnyBytesAndNoOthers(int offset, int length) throws Exception {
		byte[] bytes = random(VOLUME_BYTES);
		assertThat(acme().put(this.data + "?offset=0", bytes).statusCode()).isEqualTo(204);
		String range = "{\"offset\":%d,\"length\":%d}".formatted(offset, length);
		assertThat(act("zero", range).statusCode()).isEqualTo(204);
		Arrays.fill(bytes, offset, offset + length, (byte) 0);
		assertOnly(0, bytes);
	}

	/** What is discarded reads as zeroes or as before, and only whole blocks are. */
	@ParameterizedTest
	@CsvSource({ "0,0,0,0", "1048576,0,0,0", "1,4094,0,0", "4095,2,0,0", "1,8191,4096,8192", "4096,4096,4096,8192",
			"1044481,4095,0,0", "5000,1000000,8192,1003520" })
	void shouldDiscardWholeBlocksAndNoOthers(int offset, int length, int from, int to) throws Exception {
		byte[] bytes = random(VOLUME_BYTES);
		assertThat(acme().put(this.data + "?offset=0", bytes).statusCode()).isEqualTo(204);
		String range = "{\"offset\":%d,\"length\":%d}".formatted(offset, length);
		assertThat(act("discard", range).statusCode()).isEqualTo(204);
		byte[] read = all(this.volume);
		assertThat(Arrays.equals(read, 0, from, bytes, 0, from)).isTrue();
		assertThat(Arrays.equals(read, to, VOLUME_BYTES, bytes, to, VOLUME_BYTES)).isTrue();
		for (int block = from; block < to; block += 4096) {
			assertThat(Arrays.equals(read, block, block + 4096, bytes, block, block + 4096)
					|| Arrays.equals(read, block, block + 4096, new byte[4096], 0, 4096))
				.isTrue();
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			{"offset":1048576,"length":1}                   | 416 | range-not-satisfiable
			{"offset":1048577,"length":0}                   | 416 | range-not-satisfiable
			{"offset":1,"length":1048576}                   | 416 | range-not-satisfiable
			{"offset":9007199254740991,"length":1}          | 416 | range-not-satisfiable
			{"offset":1,"length":9007199254740991}          | 416 | range-not-satisfiable
			{"offset":9007199254740992,"length":1}          | 400 | malformed-request
			{"offset":9223372036854775807,"length":1}       | 400 | malformed-request
			{"offset":1,"length":9223372036854775808}       | 400 | malformed-request
			{"offset":0,"length":-1}                        | 400 | malformed-request
			{"offset":0.5,"length":1}                       | 400 | malformed-request
			{"offset":0,"length":"1KB"}                     | 400 | malformed-request
			{"offset":0,"length":null}                      | 400 | malformed-request
			{"offset":0,"length":true}                      | 400 | malformed-request
			{"length":1}                                    | 400 | malformed-request
			{}                                              | 400 | malformed-request
			""")
	void shouldClearNothingThatIsNotThere(String range, int status, String code) throws Exception {
		byte[] bytes = random(VOLUME_BYTES);
		assertThat(acme().put(this.data + "?offset=0", bytes).statusCode()).isEqualTo(204);
		for (String verb : new String[] { "zero", "discard" }) {
			assertProblem(act(verb, range), status, code);
		}
		assertOnly(0, bytes);
	}

	private HttpResponse<String> act(String verb, String json) throws Exception {
		return acme().text("POST", this.volume + ":" + verb, BodyPublishers.ofString(json), "Content-Type",
				"application/json");
	}

	@Test
	void shouldSayHowItWasDone() throws Exception {
		HttpResponse<String> response = acme().put(this.data + "?offset=0", random(4096));
		assertThat(header(response, "Holdfast-Tier")).isIn("bvec", "none");
		assertThat(header(response, "Server-Timing")).startsWith("queue;dur=");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "?offset=", "?offset=-1", "?offset=1.5", "?offset=x", "?offset=0&offset=1",
			"?offset=9999999999999999999", "?offset=0&fua=yes", "?offset=0&fua=" })
	void shouldRefuseParametersThatAreNone(String query) throws Exception {
		assertProblem(acme().put(this.data + query, random(10)), 400, "malformed-request");
		assertUntouched();
	}

	@ParameterizedTest
	@ValueSource(strings = { "?Offset=0", "?offset=0&fau=true", "?offset=0&FUA=true", "?offset=0&length=10",
			"?offset=0&x", "?offset=0&=1" })
	void shouldRefuseParametersThatItWouldIgnore(String query) throws Exception {
		HttpResponse<String> response = acme().put(this.data + query, random(10));
		assertProblem(response, 400, "unknown-field");
		assertThat(response.body()).contains("here: offset, fua");
		assertUntouched();
	}

	@ParameterizedTest
	@ValueSource(strings = { "?%6Fffset=0", "?&offset=0&", "?fua=true&offset=%30" })
	void shouldTakeParametersInAnyForm(String query) throws Exception {
		byte[] bytes = random(10);
		assertThat(acme().put(this.data + query, bytes).statusCode()).isEqualTo(204);
		assertOnly(0, bytes);
	}

	@ParameterizedTest
	@ValueSource(strings = { "bytes 0-9", "bytes */10", "bytes 9-0/*", "0-9/*", "bytes 0-9/5", "bytes a-b/*",
			"bytes 0-99999999999999999999/*", "lines 0-9/*" })
	void shouldRefuseContentRangesThatAreNone(String range) throws Exception {
		assertProblem(acme().put(this.data, random(10), "Content-Range", range), 400, "malformed-request");
		assertUntouched();
	}

	@Test
	void shouldRefuseTwoPlacesAtOnce() throws Exception {
		assertProblem(acme().put(this.data + "?offset=1", random(10), "Content-Range", "bytes 0-9/*"), 400,
				"malformed-request");
		assertThat(acme().put(this.data + "?offset=0", random(10), "Content-Range", "bytes 0-9/*").statusCode())
			.isEqualTo(204);
	}

	@ParameterizedTest
	@ValueSource(strings = { "?offset=1048576", "?offset=1048567", "?offset=999999999999999999" })
	void shouldRefuseWhatGoesBehindTheEnd(String query) throws Exception {
		HttpResponse<String> response = acme().put(this.data + query, random(10));
		assertProblem(response, 416, "range-not-satisfiable");
		assertThat(header(response, "Content-Range")).isEqualTo("bytes */" + VOLUME_BYTES);
		assertUntouched();
	}

	@Test
	void shouldRefuseAChunkedBodyThatGoesBehindTheEnd() throws Exception {
		byte[] bytes = random(20);
		assertProblem(
				acme().text("PUT", this.data + "?offset=" + (VOLUME_BYTES - 10),
						BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes))),
				416, "range-not-satisfiable");
	}

	@Test
	void shouldRefuseLengthsThatDisagree() throws Exception {
		assertProblem(acme().put(this.data, random(10), "Content-Range", "bytes 0-10/*"), 400, "length-mismatch");
		assertUntouched();
	}

	@Test
	void shouldRefuseAChunkedBodyOfAnotherLengthThanAnnounced() throws Exception {
		String longer = chunked("Content-Range: bytes 0-3/*", "5\nhello\n0\n\n");
		assertThat(longer).startsWith("HTTP/1.1 400").contains("\"code\":\"length-mismatch\"");
		String shorter = chunked("Content-Range: bytes 0-9/*", "5\nhello\n0\n\n");
		assertThat(shorter).startsWith("HTTP/1.1 400").contains("\"code\":\"length-mismatch\"");
	}

	@Test
	void shouldSayHowMuchOfABodyCutShortIsWritten() throws Exception {
		String answer = RawSocket.exchange(this.port,
				request("PUT", "?offset=0", "Content-Length: 100000") + "x".repeat(50000));
		assertThat(answer).startsWith("HTTP/1.1 400")
			.contains("\"code\":\"length-mismatch\"")
			.contains("\"bytesWritten\":49152");
		assertOnly(0, "x".repeat(49152).getBytes(StandardCharsets.US_ASCII));
	}

	@Test
	void shouldNotTakeACutForTheEndOfAChunkedBody() throws Exception {
		String answer = RawSocket.exchange(this.port,
				request("PUT", "?offset=0", "Transfer-Encoding: chunked") + "1000\n" + "x".repeat(4096) + "\n1000\nxx");
		assertThat(answer).startsWith("HTTP/1.1 400").contains("\"code\":\"length-mismatch\"").contains("bytesWritten");
	}

	@Test
	void shouldRefuseChunksThatAreNone() throws Exception {
		String answer = RawSocket.exchange(this.port,
				request("PUT", "?offset=0", "Transfer-Encoding: chunked") + "zz\nhello\n0\n\n");
		assertThat(answer).startsWith("HTTP/1.1 400").contains("\"code\":\"malformed-request\"");
		assertUntouched();
	}

	@Test
	void shouldAskForTheBodyOnlyIfItWantsIt() throws Exception {
		try (RawSocket socket = new RawSocket(this.port)) {
			socket.send(request("PUT", "?offset=0", "Content-Length: 5\nExpect: 100-continue"));
			assertThat(socket.head()).startsWith("HTTP/1.1 100");
			assertThat(socket.send("hello").head()).startsWith("HTTP/1.1 204");
		}
		for (String refused : new String[] { "?offset=1048576", "", "?offset=0&fua=maybe" }) {
			try (RawSocket socket = new RawSocket(this.port)) {
				socket.send(request("PUT", refused, "Content-Length: 5\nExpect: 100-continue"));
				assertThat(socket.head()).startsWith("HTTP/1.1 4");
			}
		}
	}

	@Test
	void shouldRefuseWhatItCannotVerifyOrUndo() throws Exception {
		assertProblem(acme().put(this.data + "?offset=0", random(10), "Content-Encoding", "gzip"), 422,
				"not-supported");
		assertProblem(acme().put(this.data + "?offset=0", random(10), "If-Match", "\"x\""), 412, "precondition-failed");
		assertProblem(acme().put(this.data + "?offset=0", random(10), "If-None-Match", "*"), 412,
				"precondition-failed");
		assertUntouched();
	}

	@Test
	void shouldNotFindAVolumeThatIsNotThere() throws Exception {
		String none = "/v1/tenants/acme/volumes/none";
		assertProblem(acme().put(none + "/data?offset=0", random(10)), 404, "not-found");
		assertProblem(acme().get(none + "/data"), 404, "not-found");
		assertProblem(acme().text("POST", none + ":flush", BodyPublishers.noBody()), 404, "not-found");
		assertThat(acme().text("HEAD", none + "/data", BodyPublishers.noBody()).statusCode()).isEqualTo(404);
	}

	@Test
	void shouldRefuseOtherMethods() throws Exception {
		for (String method : new String[] { "POST", "DELETE", "PATCH", "FOO" }) {
			HttpResponse<String> response = acme().text(method, this.data, BodyPublishers.noBody());
			assertProblem(response, 405, "method-not-allowed");
			assertThat(header(response, "Allow")).contains("GET").contains("PUT");
		}
		assertProblem(acme().get(this.volume + ":nonsense"), 400, "bad-name");
	}

	private String chunked(String header, String body) throws Exception {
		return RawSocket.exchange(this.port, request("PUT", "", "Transfer-Encoding: chunked\n" + header) + body);
	}

	private String request(String method, String query, String headers) throws Exception {
		return "%s %s%s HTTP/1.1\nHost: h\nAuthorization: %s\n%s\n\n".formatted(method, this.data, query,
				acme().authorization(), headers);
	}

	private void assertOnly(int offset, byte[] bytes) throws Exception {
		byte[] expected = new byte[VOLUME_BYTES];
		System.arraycopy(bytes, 0, expected, offset, bytes.length);
		assertThat(Arrays.equals(all(this.volume), expected)).isTrue();
	}

	private void assertUntouched() throws Exception {
		assertOnly(0, new byte[0]);
	}

}
