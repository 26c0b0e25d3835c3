package dev.holdfast.attack;

import java.util.List;
import java.util.stream.Stream;

import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * A request is hidden where somebody who frames the first one in another way would see a
 * second: it is never answered, nor done.
 */
@ServiceTest
class SmugglingTests extends Attack {

	/** What an end of a chunked body is to one, and a body to another. */
	private static final String CHUNKS = "0\r\n\r\n";

	static Stream<Arguments> heads() {
		return Stream.of(arguments("Transfer-Encoding: xchunked", 501), arguments("Transfer-Encoding: chunked;x", 400),
				arguments("Transfer-Encoding: chunked, chunked", 400), arguments("Transfer-Encoding: \"chunked\"", 400),
				arguments("Transfer-Encoding: chunked, gzip", 400), arguments("Transfer-Encoding: chun ked", 400),
				arguments("Transfer-Encoding: \u000bchunked", 400), arguments("Transfer-Encoding: chunked\u0000", 400),
				arguments("Transfer-Encoding: \u00a0chunked", 400), arguments("Transfer-Encoding: ,identity", 501),
				arguments("Transfer-Encoding : chunked", 400), arguments("Transfer-Encoding\t: chunked", 400),
				arguments("Transfer-Encoding\u0000: chunked", 400), arguments("Transfer\u00e9Encoding: chunked", 400),
				arguments("Transfer-Encoding chunked", 400), arguments("X: a\rTransfer-Encoding: chunked", 400),
				arguments("X: a\u0000\r\nTransfer-Encoding: chunked", 400), arguments(": chunked", 400),
				arguments("Transfer-Encoding: x\r\nTransfer-Encoding: chunked", 501),
				arguments("Transfer-Encoding: chunked\r\nTransfer-Encoding: x", 400),
				arguments("Content-Length: 5\r\nContent-Length: 50", 400), arguments("Content-Length: 5, 50", 400),
				arguments("Content-Length: 5 5", 400), arguments("Content-Length: 5\u0000", 400),
				arguments("Content-Length: \u0665", 400), arguments("Content-Length:", 400),
				arguments("Content-Length: -1", 400), arguments("Content-Length: -0", 400),
				arguments("Content-Length: 9223372036854775808", 400),
				arguments("Content-Length: 18446744073709551621", 400), arguments("Content-Length: 1e1", 400),
				arguments("Content-Length: 5.0", 400), arguments("Content-Length: 5;", 400),
				arguments("Content-Length : 5", 400), arguments("Content-Length\t: 5", 400),
				arguments("X: a\rContent-Length: 5", 400));
	}

	@ParameterizedTest
	@MethodSource("heads")
	void shouldRefuseHeadsThatCanBeReadInTwoWays(String header, int status) throws Exception {
		for (String second : hidden()) {
			List<Answer> answers = exchange(header, CHUNKS + second);
			assertThat(answers).as(answers.toString()).hasSize(1);
			assertThat(answers.getFirst().status()).as(answers.toString()).isEqualTo(status);
			assertProblem(answers.getFirst());
		}
	}

	/**
	 * A line that begins with a space is part of the one before (RFC 9112, section 5.2):
	 * there is no body, and what looks like one is no request.
	 */
	@Test
	void shouldTakeAFoldedLineForWhatItIs() throws Exception {
		for (String second : hidden()) {
			List<Answer> answers = exchange("X: y\r\n Transfer-Encoding: chunked", CHUNKS + second);
			assertThat(answers).as(answers.toString()).hasSize(2);
			assertThat(answers.getFirst().status()).as(answers.toString()).isEqualTo(204);
			assertThat(answers.getLast().status()).as(answers.toString()).isEqualTo(400);
			assertProblem(answers.getLast());
		}
	}

	static Stream<String> bodies() {
		return Stream.of("0x5\r\nhello\r\n", "+5\r\nhello\r\n", "5 \r\n\r\nhello\r\n", "80000005\r\nhello\r\n",
				"FFFFFFFF\r\nhello\r\n", "100000005\r\nhello\r\n", "7FFFFFFFFFFFFFFF\r\nhello\r\n", "5\rhello\r\n",
				"5\r\rhello\r\n", "5\r\nhello\r\r\n", "5\u0000\r\nhello\r\n", "\u00b5\r\nhello\r\n", "g\r\nhello\r\n",
				";x=y\r\nhello\r\n", " 5\r\nhello\r\n", "5\t5\r\nhello\r\n",
				"5;x=" + "y".repeat(100_000) + "\r\nhello\r\n", "1\r\nh\r\n".repeat(3) + "x\r\n", "5\r\nhello0\r\n\r\n",
				"0\r\nX : y\r\n\r\n", "0\r\nnonsense\r\n\r\n", "0\r\n" + "X: y\r\n".repeat(5_000) + "\r\n");
	}

	@ParameterizedTest
	@MethodSource("bodies")
	void shouldRefuseChunksThatCanBeReadInTwoWays(String body) throws Exception {
		for (String second : hidden()) {
			List<Answer> answers = exchange("Transfer-Encoding: chunked", body + CHUNKS + second);
			assertThat(answers).as(answers.toString()).hasSize(1);
			assertThat(answers.getFirst().status()).as(answers.toString()).isEqualTo(400);
			assertProblem(answers.getFirst());
		}
	}

	/** Framed in one way only: what is in a body stays there. */
	@ParameterizedTest
	@MethodSource("framed")
	void shouldLeaveInABodyWhatIsThere(String headers, String before, String after) throws Exception {
		for (String second : hidden()) {
			String body = before.isEmpty() ? second : Integer.toHexString(second.length()) + before + second + after;
			List<Answer> answers = exchange(headers.replace("LENGTH", String.valueOf(second.length())), body);
			assertThat(answers).as(answers.toString()).hasSize(1);
			assertThat(answers.getFirst().status()).as(answers.toString()).isEqualTo(204);
			assertThat(this.stage
				.get(Stage.TARGET + "/data", this.stage.mallory(), "Range: bytes=0-" + (second.length() - 1))
				.text()).isEqualTo(second);
		}
	}

	static Stream<Arguments> framed() {
		String end = "\r\n0\r\n\r\n";
		return Stream.of(arguments("Content-Length: LENGTH", "", ""), arguments("Content-Length: 000LENGTH", "", ""),
				arguments("Transfer-Encoding: chunked", "\r\n", end),
				arguments("Transfer-Encoding: ChunKed", "\r\n", end),
				arguments("Transfer-Encoding:chunked", "\r\n", end),
				arguments("Transfer-Encoding: \t chunked \t", "\r\n", end),
				arguments("Transfer-Encoding: chunked", ";x=\"0\"\r\n", end),
				arguments("Transfer-Encoding: chunked", "\r\n", "\r\n0\r\nContent-Length: 5\r\n\r\n"),
				arguments("Content-Length: 5\r\nTransfer-Encoding: chunked", "\r\n", end),
				arguments("Transfer-Encoding: chunked\r\nContent-Length: 5", "\r\n", end),
				arguments("Content-Length: LENGTH\r\nTransfer_Encoding: chunked", "", ""),
				arguments("Content-Length: LENGTH\r\nX-Transfer-Encoding: chunked", "", ""),
				arguments("Content-Length: LENGTH\r\nConnection: content-length", "", ""));
	}

	/** One shows what is read, the other what is written. */
	private List<String> hidden() {
		return List.of(Stage.head("GET", Stage.TARGET, this.stage.mallory()),
				Stage.head("PUT", Stage.TARGET + "/data?offset=4194304", this.stage.mallory(), "Content-Length: 5")
						+ "HELLO");
	}

	private List<Answer> exchange(String header, String body) throws Exception {
		try (Wire wire = new Wire(this.port)) {
			wire.send(Stage.head("PUT", Stage.TARGET + "/data?offset=0", this.stage.mallory(), header) + body).end();
			return wire.answers("PUT");
		}
	}

}
