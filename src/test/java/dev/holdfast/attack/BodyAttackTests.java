package dev.holdfast.attack;

import java.net.SocketException;
import java.util.Collections;
import java.util.List;

import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bodies and ranges that are not what they say.
 */
@ServiceTest
class BodyAttackTests extends Attack {

	private static final String DATA = Stage.TARGET + "/data";

	/** The last byte is left out: what came is not all. */
	@ParameterizedTest
	@CsvSource({ "1,Content-Length: 2", "0,Content-Length: 1", "4095,Content-Length: 4096", "4097,Content-Length: 8192",
			"100000,Content-Length: 1000000", "300000,Content-Length: 1048576",
			"5,Content-Length: 10~Content-Digest: crc32c=:AAAAAA==:",
			"70000,Content-Length: 100000~Content-Digest: sha-256=:" + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:",
			"5,Content-Range: bytes 0-9/*~Content-Length: 10" })
	void shouldSayThatABodyIsCutShort(int sent, String headers) throws Exception {
		for (int round = 0; round < 3; round++) {
			Answer answer = put("?offset=0", headers.split("~", -1), "x".repeat(sent)).getFirst();
			assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
			assertProblem(answer);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Range: bytes 0-3/*", "Content-Range: bytes 0-5/*" })
	void shouldRefuseChunksThatAreNotAsLongAsTheirRange(String range) throws Exception {
		List<Answer> answers = put("", new String[] { range, "Transfer-Encoding: chunked" }, "5\r\nhello\r\n0\r\n\r\n");
		assertThat(answers).hasSize(1);
		assertThat(answers.getFirst().status()).as(answers.toString()).isEqualTo(400);
		assertProblem(answers.getFirst());
	}

	/** What is more than was announced is no part of it, and no request. */
	@Test
	void shouldNotWriteMoreThanWasAnnounced() throws Exception {
		List<Answer> answers = put("?offset=%d".formatted(Stage.ATTACKED - 5), new String[] { "Content-Length: 5" },
				"hello" + "x".repeat(10_000));
		assertThat(answers.getFirst().status()).isEqualTo(204);
		assertThat(answers).as("no other answer, or a refusal").hasSizeLessThanOrEqualTo(2);
		answers.stream().skip(1).forEach(this::assertProblem);
	}

	@Test
	void shouldNotWriteBehindTheEnd() throws Exception {
		for (String headers : List.of("Content-Length: 100", "Transfer-Encoding: chunked")) {
			String body = headers.startsWith("C") ? "x".repeat(100) : "64\r\n" + "x".repeat(100) + "\r\n0\r\n\r\n";
			Answer answer = this.put("?offset=" + Stage.TARGET_BYTES, new String[] { headers }, body).getFirst();
			assertThat(answer.status()).as(answer.toString()).isEqualTo(416);
			assertProblem(answer);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1", "-0", "+1", "1e3", "0x10", "9223372036854775807", "9223372036854775808",
			"18446744073709551615", "9223372036854771712", "99999999999999999999999999999", "4294967296", "", "%00",
			"1%00", "%D9%A5", "1,2", "NaN", "1.0", "9007199254740992", "999999999999999999" })
	void shouldRefuseOffsetsThatAreNone(String offset) throws Exception {
		for (String headers : List.of("Content-Length: 5", "Content-Length: 5~Content-Digest: crc32c=:mnG7TA==:",
				"Transfer-Encoding: chunked")) {
			String body = headers.startsWith("C") ? "hello" : "5\r\nhello\r\n0\r\n\r\n";
			refused(put("?offset=" + offset, headers.split("~", -1), body).getFirst(), 400, 416);
		}
		refused(this.stage.get(Stage.TARGET + "/extents?length=1&offset=" + offset, this.stage.mallory()), 400, 416);
		String number = offset.matches("[-0-9.e]+") ? offset : "\"x\"";
		for (String action : List.of(":zero", ":discard")) {
			refused(this.stage.request("POST", Stage.TARGET + action, this.stage.mallory(),
					"{\"offset\":%s,\"length\":4096}".formatted(number)), 400, 416);
			refused(this.stage.request("POST", Stage.TARGET + action, this.stage.mallory(),
					"{\"offset\":12582911,\"length\":%s}".formatted(number.equals("-0") ? "-1" : number)), 400, 416);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "5-4/*", "0-5/*", "-5/*", "0-/*", "0-4", "0-4/", "0-4/3", "0-4/99999999999999999999",
			"0-99999999999999999999/*", "99999999999999999995-99999999999999999999/*",
			"9223372036854775803-9223372036854775807/*", "999999999999999990-999999999999999994/*", "a-b/*",
			"0-4/*, 5-9/*", "*/5", "-1-3/*", "0--4/*", "0 - 4/*" })
	void shouldRefuseContentRangesThatAreNone(String range) throws Exception {
		refused(put("", new String[] { "Content-Range: bytes " + range, "Content-Length: 5" }, "hello").getFirst(), 400,
				416);
	}

	@ParameterizedTest
	@ValueSource(strings = { "bytes=5-4", "bytes=-0", "bytes=12582912-", "bytes=9223372036854775807-", "bytes=a-b",
			"bytes=--5", "bytes=-5-", "bytes=", "bytes=,", "bytes", "=0-5", "bytes=0-5;x",
			"bytes=9223372036854775807-9223372036854775807", "bytes=99999999999999999999-",
			"bytes=18446744073709551616-18446744073709551617", "bytes=\u0660-\u0665", "bytes=0x0-0x5",
			"bytes=1-0,5-4" })
	void shouldRefuseRangesThatAreNone(String range) throws Exception {
		refused(this.stage.get(DATA, this.stage.mallory(), "Range: " + range), 416);
	}

	@ParameterizedTest
	@ValueSource(strings = { "bytes=0-99999999999999999999", "bytes=12582911-9223372036854775807",
			"bytes=-9223372036854775808", "bytes=-99999999999999999999", "bytes=000000000000000000000-5" })
	void shouldCutRangesAtTheEnd(String range) throws Exception {
		Answer answer = this.stage.get(DATA, this.stage.mallory(), "Range: " + range);
		assertThat(answer.status()).isEqualTo(206);
		assertThat(answer.whole()).isTrue();
	}

	@Test
	void shouldRefuseThousandsOfRanges() throws Exception {
		for (String each : List.of("0-0,", "0-,", ",", "-1,", "5-4,")) {
			Answer asLine = this.stage.get(DATA, this.stage.mallory(), "Range: bytes=" + each.repeat(10_000) + "0-0");
			refused(asLine, 416, 431);
			Answer short16KiB = this.stage.get(DATA, this.stage.mallory(),
					"Range: bytes=" + each.repeat(3_000) + "0-0");
			refused(short16KiB, 416);
		}
		String[] lines = Collections.nCopies(90, "Range: bytes=0-0").toArray(String[]::new);
		refused(this.stage.get(DATA, this.stage.mallory(), lines), 416);
		Answer most = this.stage.get(DATA, this.stage.mallory(), "Range: bytes=" + "0-,".repeat(63) + "1-");
		assertThat(most.status()).isEqualTo(206);
		assertThat(most.body().length).isGreaterThan(64 * (Stage.TARGET_BYTES - 1));
	}

	@ParameterizedTest
	@ValueSource(strings = { "crc32c=:AAAAAA==:", "sha-256=:AAAA:",
			"sha-256=:" + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:", "crc32c=:mnG7TA==:, crc32c=:AAAAAA==:",
			"crc32c=mnG7TA==", "crc32c=:????:", "crc32c", "crc32c=::", "=:AAAA:", "md5=:XUFAKrxLKna5cZ2REBfFkg==:",
			"crc32c=:mnG7TA==:;x=\u0001", "crc32c=(1 2)", "\u00e9=:AAAA:", "crc32c=:mnG7TA==:, sha-256=:AAAA:" })
	void shouldRefuseDigestsThatAreNotThoseOfTheBody(String digest) throws Exception {
		assertThat(put("?offset=0", new String[] { "Content-Length: 5" }, "world").getFirst().status()).isEqualTo(204);
		refused(put("?offset=0", new String[] { "Content-Length: 5", "Content-Digest: " + digest }, "hello").getFirst(),
				400, 422);
		assertThat(this.stage.get(DATA, this.stage.mallory(), "Range: bytes=0-4").text()).isEqualTo("world");
	}

	@Test
	void shouldRefuseFloodsOfHeaders() throws Exception {
		for (String flood : List.of("X: y\r\n".repeat(5_000), "X: " + "y".repeat(200_000) + "\r\n",
				"Y".repeat(200_000) + ": y\r\n", "X: y\r\n " + "z\r\n ".repeat(10_000), "Cookie: a=b\r\n".repeat(2_000),
				"Expect: 100-continue\r\n".repeat(2_000), "Range: bytes=0-0\r\n".repeat(2_000))) {
			try (Wire wire = new Wire(this.port)) {
				List<Answer> answers = flood(wire, flood);
				assertThat(answers).as(flood.substring(0, 20)).hasSizeLessThanOrEqualTo(1);
				answers.forEach((answer) -> refused(answer, 400, 431));
			}
		}
	}

	private List<Answer> flood(Wire wire, String flood) throws Exception {
		String head = Stage.head("GET", Stage.TARGET, this.stage.mallory());
		try {
			wire.send(head.substring(0, head.length() - 2) + flood + "\r\n").end();
		}
		catch (SocketException ex) {
			// Refused before all of it was sent.
		}
		return wire.answers("GET");
	}

	/** A head that does not end is cut off at the limit, however long it goes on. */
	@Test
	void shouldNotReadAHeadWithoutAnEnd() throws Exception {
		for (String start : List.of("", "GET /", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nX",
				"GET / HTTP/1.1\r\nX: ")) {
			try (Wire wire = new Wire(this.port)) {
				wire.send(start);
				int sent = 0;
				try {
					for (; sent < 1000; sent++) {
						wire.send("x".repeat(8 << 10));
					}
				}
				catch (SocketException ex) {
					// Cut off.
				}
				assertThat(sent).as(start).isLessThan(1000);
			}
		}
	}

	private List<Answer> put(String query, String[] headers, String body) throws Exception {
		try (Wire wire = new Wire(this.port)) {
			wire.send(Stage.head("PUT", DATA + query, this.stage.mallory(), headers) + body).end();
			return wire.answers("PUT");
		}
	}

	private void refused(Answer answer, Integer... statuses) {
		assertThat(answer.status()).as(answer.toString()).isIn((Object[]) statuses);
		assertProblem(answer);
	}

}
