package dev.holdfast.api.rest;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.StartedService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Clients that are slower than 1 MiB/s for a second are cut off here.
 */
class SlowClientTests {

	private static final String DATA = "/v1/tenants/acme/volumes/large/data";

	private static final String NOTHING_USED = "holdfast_staging_used_ratio 0.0\n";

	private static final int SIZE = 24 << 20;

	@TempDir
	private static Path directory;

	private static StartedService service;

	private static Client acme;

	@BeforeAll
	static void start() throws Exception {
		Path file = directory.resolve("d0.img");
		try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
			content.setLength(64L << 20);
		}
		service = StartedService.start(directory, "holdfast.devices[0].name=d0", "holdfast.devices[0].path=" + file,
				"holdfast.limits.slowest-rate=1MiB", "holdfast.limits.slowest-for=1s");
		acme = service.admin().tenant("acme", "tenant");
		assertThat(acme.put(DATA.replace("/data", ""), "{\"sizeBytes\":%d}".formatted(SIZE)).statusCode())
			.isEqualTo(201);
	}

	@AfterAll
	static void stop() {
		service.close();
	}

	@AfterEach
	void nothingIsHeld() {
		await().until(() -> service.metrics().contains(NOTHING_USED));
	}

	@ParameterizedTest
	@ValueSource(strings = { "x=1", "bytes=1-", "bytes=0-9999999,5-" })
	void shouldResetAReaderThatStops(String range) throws Exception {
		try (RawSocket socket = get(range)) {
			assertThat(socket.head()).startsWith("HTTP/1.1 20");
			await().until(() -> service.metrics().contains(NOTHING_USED));
			assertThatExceptionOfType(IOException.class).isThrownBy(socket::rest).withMessageContaining("reset");
		}
	}

	@Test
	void shouldResetAReaderThatIsSlow() throws Exception {
		try (RawSocket socket = get("x=1")) {
			assertThat(socket.head()).startsWith("HTTP/1.1 200");
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
				for (int i = 0; i < 600; i++) {
					socket.readSome(4 << 10);
					pause(20);
				}
			}).withMessageContaining("reset");
		}
	}

	@Test
	void shouldServeAReaderThatKeepsThePace() throws Exception {
		try (RawSocket socket = get("x=1")) {
			assertThat(socket.head()).startsWith("HTTP/1.1 200");
			int read = 0;
			while (read < SIZE) {
				read += socket.readSome(64 << 10);
				pause(15);
			}
			assertThat(read).isEqualTo(SIZE);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 1000000", "Content-Length: 1000000\nContent-Digest: crc32c=:AAAAAA==:",
			"Content-Range: bytes 0-999999/*\nTransfer-Encoding: chunked" })
	void shouldCutOffABodyThatStops(String headers) throws Exception {
		boolean chunked = headers.contains("chunked");
		try (RawSocket socket = put(DATA + (chunked ? "" : "?offset=0"), headers)) {
			socket.send((chunked ? "2710\n" : "") + "x".repeat(10_000));
			String answer = socket.rest();
			assertTimeout(answer);
			if (!headers.contains("Digest")) {
				assertThat(answer).contains("\"bytesWritten\":", "\"limit\":1048576");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 1000000", "Content-Length: 1000000\nContent-Digest: crc32c=:AAAAAA==:" })
	void shouldCutOffABodyThatIsSlow(String headers) throws Exception {
		try (RawSocket socket = put(DATA + "?offset=0", headers)) {
			assertTimeout(sentSlowly(socket, "x"));
		}
	}

	@Test
	void shouldCutOffJsonThatIsSlow() throws Exception {
		try (RawSocket socket = put(DATA.replace("/data", "2"),
				"Content-Type: application/json\nContent-Length: 100000")) {
			assertTimeout(sentSlowly(socket, " "));
		}
	}

	@Test
	void shouldTakeABodyThatKeepsThePace() throws Exception {
		try (RawSocket socket = put(DATA + "?offset=0", "Content-Length: " + (4 << 20))) {
			for (int i = 0; i < 64; i++) {
				socket.send("x".repeat(64 << 10));
				pause(25);
			}
			assertThat(socket.head()).startsWith("HTTP/1.1 204");
		}
	}

	@Test
	void shouldNotWaitLongForAHead() throws Exception {
		try (RawSocket socket = new RawSocket(service.port())) {
			socket.send("GET /v1/me HTTP/1.1\nHost: h\nX: ");
			assertThat(sentSlowly(socket, "x")).isEmpty();
		}
	}

	private static RawSocket get(String range) throws Exception {
		return new RawSocket(service.port()).send("GET %s HTTP/1.1\nHost: h\nAuthorization: %s\nRange: %s\n\n"
			.formatted(DATA, acme.authorization(), range));
	}

	private static RawSocket put(String path, String headers) throws Exception {
		return new RawSocket(service.port())
			.send("PUT %s HTTP/1.1\nHost: h\nAuthorization: %s\n%s\n\n".formatted(path, acme.authorization(), headers));
	}

	/**
	 * Sends until it cannot, and reads what there is to read.
	 */
	private static String sentSlowly(RawSocket socket, String text) throws IOException {
		try {
			for (int i = 0; i < 500; i++) {
				socket.send(text);
				pause(20);
			}
			return "sent all";
		}
		catch (IOException ex) {
			return socket.rest();
		}
	}

	private static void pause(int millis) {
		LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
	}

	private static void assertTimeout(String answer) {
		assertThat(answer).startsWith("HTTP/1.1 408")
			.contains("\"code\":\"request-timeout\"", "Connection: close", "application/problem+json");
	}

}
