package dev.holdfast.api.rest;

import java.util.Arrays;

import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A refusal comes before {@code 100 Continue} and the body.
 */
@ServiceTest
class ContinueTests extends Service {

	private String volume;

	@BeforeEach
	void make() throws Exception {
		this.volume = volume();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					NOBODY | VOL/data?offset=0               | X: y                                 | 401 | unauthenticated
					READER | VOL/data?offset=0               | X: y                                 | 403 | forbidden
					ADMIN  | VOL/data?offset=0               | X: y                                 | 403 | forbidden
					ACME   | VOLx/data?offset=0              | X: y                                 | 404 | not-found
					GLOBEX | VOL/data?offset=0               | X: y                                 | 404 | not-found
					ACME   | VOL/data?offset=1048576         | X: y                                 | 416 | range-not-satisfiable
					ACME   | VOL/data                        | Content-Range: bytes 1048575-1048579/* | 416 | range-not-satisfiable
					ACME   | VOL/data                        | Content-Range: bytes 0-5/*           | 400 | length-mismatch
					ACME   | VOL/data                        | X: y                                 | 400 | malformed-request
					ACME   | VOL/data?offset=0&fua=maybe     | X: y                                 | 400 | malformed-request
					ACME   | VOL/data?offset=0               | If-Match: "x"                        | 412 | precondition-failed
					ACME   | VOL/data?offset=0               | If-None-Match: *                     | 412 | precondition-failed
					ACME   | VOL/data?offset=0               | Content-Encoding: gzip               | 422 | not-supported
					ACME   | VOL/data?offset=0               | Content-Digest: md5=:AAAA:           | 422 | not-supported
					ACME   | VOL/data?offset=0               | Content-Digest: sha-256=1            | 400 | malformed-request
					ACME   | /v1/nonsense                    | X: y                                 | 404 | not-found
					ACME   | /v1/me                          | X: y                                 | 405 | method-not-allowed
					""")
	void shouldRefuseWithoutTheBody(String who, String path, String header, int status, String code) throws Exception {
		try (RawSocket socket = new RawSocket(this.port)) {
			socket.send(head(who, path, header));
			String answer = socket.head();
			assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
			assertThat(socket.rest()).as("and closes, since no body comes").contains("\"code\":\"%s\"".formatted(code));
		}
		assertThat(Arrays.equals(all(this.volume), new byte[VOLUME_BYTES])).isTrue();
	}

	@Test
	void shouldAskForABodyThatItWants() throws Exception {
		for (String header : new String[] { "X: y", "If-Match: *", "Content-Digest: crc32c=:mnG7TA==:" }) {
			try (RawSocket socket = new RawSocket(this.port)) {
				socket.send(head("ACME", "VOL/data?offset=0", header));
				assertThat(socket.head()).startsWith("HTTP/1.1 100");
				assertThat(socket.send("hello").head()).startsWith("HTTP/1.1 204");
				assertThat(socket.send(head("ACME", "VOL/data?offset=0", header)).head()).as("on the same connection")
					.startsWith("HTTP/1.1 100");
			}
		}
	}

	private String head(String who, String path, String header) throws Exception {
		String authorization = switch (who) {
			case "ACME" -> acme().authorization();
			case "READER" -> admin().tenant("acme", "reader").authorization();
			case "GLOBEX" -> admin().tenant("globex", "tenant").authorization();
			case "ADMIN" -> admin().authorization();
			default -> "Bearer nonsense";
		};
		return "PUT %s HTTP/1.1\nHost: h\nAuthorization: %s\n%s\nContent-Length: 5\nExpect: 100-continue\n\n"
			.formatted(path.replace("VOL", this.volume), authorization, header);
	}

}
