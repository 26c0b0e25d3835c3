package dev.holdfast.api.rest;

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
 * What is decided about a request before any controller sees it.
 */
@ServiceTest
class ContainerTests extends Service {

	private String volume;

	@BeforeEach
	void make() throws Exception {
		this.volume = volume();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			GET /v1/me HTTP/1.1~Host: h~A: 20000                 | 431 | headers-too-large
			GET /v1/me HTTP/1.1~Host: h~A: 17000                 | 431 | headers-too-large
			GET /20000 HTTP/1.1~Host: h                          | 414 | uri-too-long
			GET /v1/me?20000 HTTP/1.1~Host: h                    | 414 | uri-too-long
			GET /v1/me HTTP/1.1~AUTH                             | 400 | malformed-request
			GET /v1/me HTTP/1.1~Host: a~Host: b~AUTH             | 400 | malformed-request
			GET /v1/me HTTP/1.1~Host: a b~AUTH                   | 400 | malformed-request
			GET http://other/v1/me HTTP/1.1~Host: h~AUTH         | 400 | malformed-request
			GET /v1/me HTTP/2.0~Host: h~AUTH                     | 505 | version-not-supported
			CONNECT h:80 HTTP/1.1~Host: h~AUTH                   | 501 | not-implemented
			TRACE DATA HTTP/1.1~Host: h~AUTH                     | 405 | method-not-allowed
			FOO DATA HTTP/1.1~Host: h~AUTH                       | 405 | method-not-allowed
			get DATA HTTP/1.1~Host: h~AUTH                       | 405 | method-not-allowed
			GET /v1/me;a=b HTTP/1.1~Host: h~AUTH                 | 400 | malformed-request
			PATCH /v1/me;a=%s HTTP/1.1~Host: h                   | 400 | malformed-request
			TRACE /v1/me;a=b HTTP/1.1~Host: h~AUTH               | 405 | method-not-allowed
			GET /v1/me;%zz HTTP/1.1~Host: h~AUTH                 | 400 | malformed-request
			GET /v1/me%00 HTTP/1.1~Host: h~AUTH                  | 400 | malformed-request
			GET /v1/tenants/acme/../globex HTTP/1.1~Host: h~AUTH | 400 | malformed-request
			GET /v1/tenants/..%2fme HTTP/1.1~Host: h~AUTH        | 400 | malformed-request
			GET /v1/me HTTP/1.1~Host: h~AUTH~Ba d: x             | 400 | malformed-request
			GET /v1/me HTTP/1.1~Host: h~AUTH~Accept: image/png   | 406 | not-acceptable
			GET /v1/me HTTP/1.1~Host: h~AUTH~Expect: 200-ok      | 417 | expectation-failed
			GET DATA HTTP/1.1~Host: h~AUTH~Range: bytes=0-CTRL  | 400 | malformed-request
			GET DATA HTTP/1.1~Host: h~AUTH~If-Match: "CTRL"   | 400 | malformed-request
			PUT /v1/nothing HTTP/1.1~Host: h~AUTH~Content-Type: a/* | 404 | not-found
			GET DATAx HTTP/1.1~Host: h~AUTH~Content-Type: a/b;charset=%% | 404 | not-found
			POST ZERO HTTP/1.1~Host: h~AUTH~Content-Type: */*    | 415 | unsupported-media-type
			POST ZERO HTTP/1.1~Host: h~AUTH~Content-Type: a/*    | 415 | unsupported-media-type
			POST ZERO HTTP/1.1~Host: h~AUTH~Content-Type: a;b=c  | 415 | unsupported-media-type
			""")
	void shouldRefuse(String head, int status, String code) throws Exception {
		assertRefused(exchange(head.replaceAll("20000|17000", "x".repeat(20_000)), ""), status, code);
	}

	@Test
	void shouldReadAsMuchOfAHeadAsTheLimit() throws Exception {
		String short16KiB = "GET /v1/me HTTP/1.1~Host: h~AUTH~A: ";
		assertThat(exchange(short16KiB + "x".repeat(16_000), "")).startsWith("HTTP/1.1 200");
		assertRefused(exchange("GET /v1/me?" + "x".repeat(16_000) + " HTTP/1.1~Host: h~AUTH", ""), 400,
				"unknown-field");
		assertRefused(exchange("GET /v1/me HTTP/1.1~Host: h~AUTH" + "~A: b".repeat(150), ""), 431, "headers-too-large");
	}

	/** Where two ends of a body could be seen, there is one or none. */
	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			HTTP/1.1~Host: h | Content-Length: 5~Content-Length: 6                     | 400
			HTTP/1.1~Host: h | Content-Length: 5~Content-Length: 5                     | 400
			HTTP/1.1~Host: h | Content-Length: 5, 5                                    | 400
			HTTP/1.1~Host: h | Content-Length: -5                                      | 400
			HTTP/1.1~Host: h | Content-Length: +5                                      | 400
			HTTP/1.1~Host: h | Content-Length: 0x5                                     | 400
			HTTP/1.1~Host: h | Content-Length: 99999999999999999999                    | 400
			HTTP/1.1~Host: h | Content-Length : 5                                      | 400
			HTTP/1.1~Host: h | Transfer-Encoding: chunked, identity                    | 400
			HTTP/1.1~Host: h | Transfer-Encoding: chunked~Transfer-Encoding: chunked   | 400
			HTTP/1.1~Host: h | Transfer-Encoding: gzip, chunked                        | 501
			HTTP/1.1~Host: h | Transfer-Encoding: identity                             | 501
			HTTP/1.1~Host: h | Transfer-Encoding: xchunked                             | 501
			HTTP/1.0         | Transfer-Encoding: chunked                              | 400
			HTTP/1.0         | Transfer-Encoding: chunked~Content-Length: 5            | 400
			HTTP/1.1~Host: h | Expect: nonsense~Content-Length: 5                      | 417
			""")
	void shouldRefuseLengthsThatAreNone(String version, String headers, int status) throws Exception {
		String answer = exchange("PUT DATA?offset=0 %s~AUTH~%s".formatted(version, headers), "5\nhello\n0\n\n");
		assertThat(answer).startsWith("HTTP/1.1 " + status).contains("application/problem+json");
		assertThat(answer.split("HTTP/1.1 ", -1)).as("no second answer").hasSize(2);
		assertUntouched();
	}

	/** As RFC 9112, section 6.3, says: the chunks count, and nothing comes after them. */
	@Test
	void shouldTakeTheChunksAndCloseWhereThereIsALengthToo() throws Exception {
		String answer = exchange("PUT DATA?offset=0 HTTP/1.1~Host: h~AUTH~Content-Length: 4~Transfer-Encoding: chunked",
				"5\nhello\n0\n\nGET /v1/me HTTP/1.1\nHost: h\n\n");
		assertThat(answer).startsWith("HTTP/1.1 204").contains("Connection: close");
		assertThat(answer.split("HTTP/1.1 ", -1)).as("no second answer").hasSize(2);
		assertThat(Arrays.copyOf(all(this.volume), 6)).containsExactly('h', 'e', 'l', 'l', 'o', 0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "zz\nhello\n0\n\n", "-5\nhello\n0\n\n", "FFFFFFFFFFFFFFFFF\nhello\n0\n\n",
			"\nhello\n0\n\n", "5 5\nhello\n0\n\n" })
	void shouldRefuseChunksThatAreNone(String body) throws Exception {
		String answer = exchange("PUT DATA?offset=0 HTTP/1.1~Host: h~AUTH~Transfer-Encoding: chunked", body);
		assertRefused(answer, 400, "malformed-request");
		assertUntouched();
	}

	@Test
	void shouldRefuseChunksThatGoWrongLater() throws Exception {
		for (String body : new String[] { "5\nhelloX\n0\n\n", "5\nhello\n0\nA: " + "x".repeat(20_000) + "\n\n",
				"5;" + "x".repeat(20_000) + "\nhello\n0\n\n" }) {
			String answer = exchange("PUT DATA?offset=0 HTTP/1.1~Host: h~AUTH~Transfer-Encoding: chunked", body);
			assertRefused(answer, 400, "malformed-request");
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "PUT DATA?offset=%zz", "PUT DATA?offset=%", "PUT DATA?%zz=1&offset=0", "POST ZERO?fua=%C3%28" })
	void shouldRefuseQueriesThatCannotBeDecoded(String request) throws Exception {
		String answer = exchange(request + " HTTP/1.1~Host: h~AUTH~Content-Type: application/json~Content-Length: 23",
				"{\"offset\":0,\"length\":1}");
		assertRefused(answer, 400, "malformed-request");
		assertUntouched();
	}

	@Test
	void shouldServeOldClientsAndAbsoluteTargets() throws Exception {
		assertThat(exchange("GET DATA HTTP/1.0~AUTH~Range: bytes=0-3", "")).startsWith("HTTP/1.1 206")
			.contains("Content-Length: 4", "Connection: close");
		assertThat(exchange("GET http://h/v1/me HTTP/1.1~Host: h~AUTH", "")).startsWith("HTTP/1.1 200");
		assertThat(exchange("PUT DATA?offset=0 HTTP/1.1~Host: h~AUTH~X: a~ b~Content-Length: 1", "x"))
			.startsWith("HTTP/1.1 204");
	}

	/** Nothing depends on it where no JSON is read. */
	@ParameterizedTest
	@ValueSource(strings = { "*/*", "a/*", "nonsense", "a/b;charset=%%", "a/b;charset=nope", "a/b;c", "" })
	void shouldIgnoreATypeThatIsNone(String type) throws Exception {
		String header = "~AUTH~Content-Type: " + type;
		assertThat(exchange("PUT DATA?offset=0 HTTP/1.1~Host: h%s~Content-Length: 1".formatted(header), "x"))
			.startsWith("HTTP/1.1 204");
		assertThat(exchange("GET /v1/tenants/acme/volumes HTTP/1.1~Host: h" + header, "")).startsWith("HTTP/1.1 200");
	}

	@Test
	void shouldNotTakeAFormForParameters() throws Exception {
		String answer = exchange("POST ZERO HTTP/1.1~Host: h~AUTH~Content-Length: 9~"
				+ "Content-Type: application/x-www-form-urlencoded", "fua=maybe");
		assertRefused(answer, 415, "unsupported-media-type");
		assertThat(exchange("POST FLUSH HTTP/1.1~Host: h~AUTH~Content-Length: 9~"
				+ "Content-Type: application/x-www-form-urlencoded", "%zz=maybe"))
			.startsWith("HTTP/1.1 204");
	}

	@Test
	void shouldKeepAConnectionForAsManyRequestsAsComeInTime() throws Exception {
		String request = "HEAD %s/data HTTP/1.1\nHost: h\nAuthorization: %s\n\n".formatted(this.volume,
				acme().authorization());
		try (RawSocket connection = new RawSocket(this.port)) {
			for (int i = 0; i < 300; i++) {
				assertThat(connection.send(request).head()).startsWith("HTTP/1.1 200")
					.doesNotContain("Connection: close");
			}
		}
	}

	private String exchange(String head, String body) throws Exception {
		String text = head.replace("DATA", this.volume + "/data")
			.replace("ZERO", this.volume + ":zero")
			.replace("FLUSH", this.volume + ":flush")
			.replace("CTRL", "\u0081")
			.replace("AUTH", "Authorization: " + acme().authorization())
			.replace("~", "\n");
		return RawSocket.exchange(this.port, text + "\n\n" + body);
	}

	private static void assertRefused(String answer, int status, String code) {
		assertThat(answer).startsWith("HTTP/1.1 " + status)
			.contains("Content-Type: application/problem+json", "X-Request-Id: ", "\"requestId\":\"",
					"\"type\":\"/problems/%s\"".formatted(code), "\"code\":\"%s\"".formatted(code))
			.doesNotContain("<", "Tomcat", "Exception", "dev.holdfast", "/tmp", "globex");
		if (status == 405) {
			assertThat(answer).contains("Allow: ");
		}
	}

	private void assertUntouched() throws Exception {
		assertThat(Arrays.equals(all(this.volume), new byte[VOLUME_BYTES])).isTrue();
	}

}
