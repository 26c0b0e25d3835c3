package dev.holdfast.api.rest;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Arrays;

import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Conditions, caches and encodings: blocks change under a reader, so there is no
 * validator that could match.
 */
@ServiceTest
class ConditionTests extends Service {

	private final byte[] content = random(VOLUME_BYTES);

	private String volume;

	private String data;

	@BeforeEach
	void write() throws Exception {
		this.volume = volume();
		this.data = this.volume + "/data";
		assertThat(acme().put(this.data + "?offset=0", this.content).statusCode()).isEqualTo(204);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"x\"", "W/\"x\"", "*", "Fri, 27 Nov 2026 13:00:00 GMT", "nonsense", "" })
	void shouldGiveAllWhenARangeIsConditional(String condition) throws Exception {
		for (String range : new String[] { "bytes=0-0", "bytes=9999999-", "bytes=nonsense" }) {
			HttpResponse<byte[]> response = acme().getBytes(this.data, "Range", range, "If-Range", condition);
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.headers().firstValue("Content-Range")).isEmpty();
			assertThat(response.body()).isEqualTo(this.content);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			GET  | If-Match            | "x"                           | 412
			GET  | If-Match            | *, "x"                        | 412
			GET  | If-Match            | *                             | 206
			HEAD | If-Match            | "x"                           | 412
			HEAD | If-Match            | *                             | 200
			PUT  | If-Match            | "x"                           | 412
			PUT  | If-Match            | *                             | 204
			GET  | If-None-Match       | *                             | 304
			HEAD | If-None-Match       | *                             | 304
			PUT  | If-None-Match       | *                             | 412
			GET  | If-None-Match       | "x"                           | 206
			HEAD | If-None-Match       | "x", W/"y"                    | 200
			PUT  | If-None-Match       | "x"                           | 204
			GET  | If-Modified-Since   | Fri, 27 Nov 2099 13:00:00 GMT | 206
			GET  | If-Unmodified-Since | Fri, 27 Nov 1999 13:00:00 GMT | 206
			PUT  | If-Unmodified-Since | Fri, 27 Nov 1999 13:00:00 GMT | 204
			""")
	void shouldMatchOnlyAnything(String method, String name, String value, int status) throws Exception {
		boolean put = method.equals("PUT");
		HttpResponse<String> response = acme().text(method, this.data + (put ? "?offset=0" : ""),
				put ? BodyPublishers.ofByteArray(this.content, 0, 10) : BodyPublishers.noBody(), name, value,
				put ? "X" : "Range", "bytes=0-9");
		assertThat(response.statusCode()).isEqualTo(status);
		if (status == 412 && !method.equals("HEAD")) {
			assertProblem(response, 412, "precondition-failed");
		}
		if (status == 304) {
			assertThat(response.body()).isEmpty();
		}
		assertNeverKept(response);
	}

	@Test
	void shouldLookAtEachLineOfACondition() throws Exception {
		assertProblem(acme().get(this.data, "If-Match", "*", "If-Match", "\"x\""), 412, "precondition-failed");
		assertThat(acme().get(this.data, "If-None-Match", "\"x\"", "If-None-Match", "*").statusCode()).isEqualTo(304);
	}

	/** RFC 9110, section 13.2.1: who would be refused anyway is told why. */
	@Test
	void shouldIgnoreConditionsOfWritesThatFailWithoutThem() throws Exception {
		assertProblem(acme().put(this.data + "?offset=x", new byte[1], "If-Match", "\"x\""), 400, "malformed-request");
		assertProblem(acme().put(this.data + "?offset=1048576", new byte[1], "If-Match", "\"x\""), 416,
				"range-not-satisfiable");
	}

	@ParameterizedTest
	@ValueSource(strings = { "gzip", "gzip;q=1.0, identity;q=0", "br, deflate, zstd", "*" })
	void shouldNeverCompress(String encoding) throws Exception {
		byte[] zeroes = new byte[VOLUME_BYTES];
		assertThat(acme().put(this.data + "?offset=0", zeroes).statusCode()).isEqualTo(204);
		HttpResponse<byte[]> response = acme().getBytes(this.data, "Accept-Encoding", encoding);
		assertThat(response.headers().firstValue("Content-Encoding")).isEmpty();
		assertThat(Arrays.equals(response.body(), zeroes)).isTrue();
		assertNeverKept(response);
	}

	@Test
	void shouldGiveBlocksWhateverIsAccepted() throws Exception {
		HttpResponse<byte[]> response = acme().getBytes(this.data, "Accept", "image/png", "Range", "bytes=0-9");
		assertThat(response.statusCode()).isEqualTo(206);
		assertThat(header(response, "Content-Type")).isEqualTo("application/octet-stream");
	}

	@Test
	void shouldRefuseHeadersThatSayTwoThings() throws Exception {
		assertProblem(acme().get(this.data, "Range", "bytes=0-1", "Range", "bytes=2-3"), 416, "range-not-satisfiable");
		String answer = RawSocket
			.exchange(this.port,
					"PUT %s HTTP/1.1\nHost: h\nAuthorization: %s\nContent-Length: 5\n".formatted(this.data,
							acme().authorization())
							+ "Content-Range: bytes 0-4/*\nContent-Range: bytes 5-9/*\n\nhello");
		assertThat(answer).startsWith("HTTP/1.1 400").contains("\"code\":\"malformed-request\"");
		assertThat(all(this.volume)).isEqualTo(this.content);
	}

	private static void assertNeverKept(HttpResponse<?> response) {
		assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
		assertThat(response.headers().firstValue("ETag")).isEmpty();
		assertThat(response.headers().firstValue("Last-Modified")).isEmpty();
	}

}
