package dev.holdfast.attack;

import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that go away at every stage of a request, politely and by a reset.
 */
@ServiceTest
class DisconnectTests extends Attack {

	private static final String DATA = Stage.TARGET + "/data";

	private static final String JSON = "{\"offset\":0,\"length\":4096}";

	private static final String IO = "{\"operations\":[%s,%s]}".formatted(
			"{\"op\":\"read\",\"offset\":0,\"length\":524288,\"buffer\":\"target\"}",
			"{\"op\":\"write\",\"offset\":524288,\"length\":524288,\"buffer\":\"target\",\"bufferOffset\":524288}");

	static Stream<String> requests() {
		return Stream.of("GET %s|Range: bytes=1-700000|".formatted(DATA),
				"GET %s|Range: bytes=0-9,100-,5-|".formatted(DATA), "GET %s|X: y|".formatted(DATA),
				"GET %s/extents|X: y|".formatted(Stage.TARGET), "HEAD %s|X: y|".formatted(DATA),
				"PUT %s?offset=1|Content-Length: 300000|BODY".formatted(DATA),
				"PUT %s?offset=0&fua=true|Content-Length: 300000|BODY".formatted(DATA),
				"PUT %s?offset=4095|Content-Length: 300000~Content-Digest: crc32c=:AAAAAA==:|BODY".formatted(DATA),
				"PUT %s?offset=1|Transfer-Encoding: chunked|CHUNKS".formatted(DATA),
				"PUT %s?offset=1|Content-Length: 300000~Expect: 100-continue|BODY".formatted(DATA),
				"PUT %s|Content-Type: application/json~Content-Length: 21|{\"sizeBytes\": 12582912"
					.formatted(Stage.TARGET),
				"POST %s:zero|Content-Type: application/json~Content-Length: %d|%s".formatted(Stage.TARGET,
						JSON.length(), JSON),
				"POST %s:flush|Content-Length: 0|".formatted(Stage.TARGET),
				"GET %s/data|Range: bytes=1-700000|".formatted(Stage.BUFFER),
				"PUT %s/data?offset=1|Content-Length: 300000|BODY".formatted(Stage.BUFFER),
				"PUT %s/data?offset=1|Transfer-Encoding: chunked|CHUNKS".formatted(Stage.BUFFER),
				"POST %s:io|Content-Type: application/json~Content-Length: %d|%s".formatted(Stage.TARGET, IO.length(),
						IO));
	}

	@ParameterizedTest
	@MethodSource("requests")
	void shouldNotMindWhoGoesAway(String request) throws Exception {
		String[] parts = request.replace("BODY", "x".repeat(300_000))
			.replace("CHUNKS", ("8000\r\n" + "x".repeat(32_768) + "\r\n").repeat(9) + "0\r\n\r\n")
			.split("\\|", -1);
		String[] line = parts[0].split(" ", -1);
		String head = Stage.head(line[0], line[1], this.stage.mallory(), parts[1].split("~", -1));
		List<Integer> cuts = cuts(head, parts[2].length());
		for (boolean reset : new boolean[] { false, true }) {
			for (int cut : cuts) {
				leave((head + parts[2]).substring(0, cut), reset, 0);
			}
			for (int taken : new int[] { 1, 20, 500, 9_000, 200_000 }) {
				leave(head + parts[2], reset, taken);
			}
		}
	}

	/** Each kind of byte of a head, and places in a body where blocks and chunks end. */
	private static List<Integer> cuts(String head, int body) {
		Set<Integer> cuts = new TreeSet<>();
		for (int at : new int[] { 0, 1, head.indexOf(' '), head.indexOf(' ') + 1, head.indexOf('?') + 1,
				head.indexOf(" HTTP"), head.indexOf("HTTP/") + 3, head.indexOf('\r'), head.indexOf('\n') + 1 }) {
			cuts.add(at);
		}
		for (int at = head.indexOf('\n') + 1; at < head.length(); at += 23) {
			cuts.add(at);
		}
		for (int at : new int[] { 0, 1, 2, 7, 4095, 4096, 32_768, 65_536, 131_073, 200_000, body - 1, body }) {
			if (at >= 0 && at <= body) {
				cuts.add(head.length() + at);
			}
		}
		return List.copyOf(cuts);
	}

	private void leave(String sent, boolean reset, int taken) throws IOException {
		boolean comes = taken < 100 || sent.startsWith("GET " + DATA + " ");
		try (Wire wire = new Wire(this.port)) {
			try {
				wire.send(sent).take(comes ? taken : 0);
			}
			catch (SocketException ex) {
				// The service was faster.
			}
			if (reset) {
				wire.reset();
			}
		}
	}

	/** All at the same time, so that they have to wait for memory and blocks. */
	@Test
	void shouldNotMindManyWhoGoAwayTogether() throws Exception {
		String put = Stage.head("PUT", DATA + "?offset=1", this.stage.mallory(), "Content-Length: 900000");
		String get = Stage.head("GET", DATA, this.stage.mallory(), "Range: bytes=0-,1-");
		String held = Stage.head("PUT", DATA + "?offset=1", this.stage.mallory(), "Content-Length: 900000",
				"Content-Digest: crc32c=:AAAAAA==:");
		try (ExecutorService clients = Executors.newCachedThreadPool()) {
			List<Future<?>> left = new ArrayList<>();
			for (int i = 0; i < 80; i++) {
				String sent = switch (i % 4) {
					case 0 -> put + "x".repeat(i * 8000);
					case 1 -> get;
					case 2 -> held + "x".repeat(i * 8000);
					default -> put;
				};
				int taken = (i % 4 == 1) ? i * 300 : 0;
				boolean reset = i % 8 < 4;
				left.add(clients.submit(() -> {
					leave(sent, reset, taken);
					return null;
				}));
			}
			for (Future<?> each : left) {
				each.get();
			}
		}
		Answer after = this.stage.get(DATA, this.stage.mallory(), "Range: bytes=0-9");
		assertThat(after.status()).isEqualTo(206);
	}

}
