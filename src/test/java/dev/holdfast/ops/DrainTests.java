package dev.holdfast.ops;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import dev.holdfast.powerloss.ServiceProcess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What SIGTERM does to a service that is at work.
 */
class DrainTests {

	private static final int TERMINATED = 128 + 15;

	private static final int MIB = 1 << 20;

	private static final String VOLUME = "/v1/tenants/acme/volumes/v1";

	@TempDir
	private Path directory;

	@Test
	void shouldFinishWhatIsInFlightAndRefuseWhatIsNew() throws Exception {
		String token;
		try (ServiceProcess service = start()) {
			Client acme = tenant(service);
			token = acme.authorization();
			try (RawSocket upload = upload(service, token, 8192); RawSocket kept = new RawSocket(service.port())) {
				get(kept, token);
				assertThat(kept.head()).startsWith("HTTP/1.1 206").doesNotContainIgnoringCase("connection: close");
				assertThat(kept.read(64)).isEqualTo("\0".repeat(64));
				upload.send("x".repeat(5000));
				service.terminate();
				HttpResponse<String> refused = Awaitility.await()
					.until(() -> acme.get(VOLUME), (answer) -> answer.statusCode() != 200);
				assertThat(refused.statusCode()).isEqualTo(503);
				assertThat(refused.headers().firstValue("Retry-After")).isPresent();
				assertThat(refused.headers().firstValue("Connection")).hasValue("close");
				assertThat(Client.json(refused).get("code").asString()).isEqualTo("overloaded");
				assertThat(refused.body()).contains("stopping", "\"retryable\":true", "requestId");
				// A connection from before is answered too, not reset.
				get(kept, token);
				assertThat(kept.head()).startsWith("HTTP/1.1 503").containsIgnoringCase("connection: close");
				assertThat(kept.rest()).contains("\"overloaded\"");
				assertThat(readiness(service)).contains("OUT_OF_SERVICE");
				// Once more changes nothing.
				service.terminate();
				assertThat(service.isAlive()).isTrue();
				upload.send("x".repeat(3192));
				assertThat(upload.head()).startsWith("HTTP/1.1 204").containsIgnoringCase("connection: close");
				assertThat(service.awaitExit()).isEqualTo(TERMINATED);
			}
			assertThat(service.log()).contains("1 request is being served", "Engine closed")
				.doesNotContain("ERROR", "\tat ");
		}
		assertThat(isFree()).isTrue();
		try (ServiceProcess again = start()) {
			assertThat(read(again.as(token), 8192)).isEqualTo("x".repeat(8192));
			assertThat(again.log()).doesNotContain("WARN", "ERROR");
		}
	}

	@Test
	void shouldStopAtOnceWhenNobodyIsThere() throws Exception {
		try (ServiceProcess service = start()) {
			String token = tenant(service).authorization();
			try (RawSocket idle = new RawSocket(service.port())) {
				get(idle, token);
				assertThat(idle.head()).startsWith("HTTP/1.1 206");
				assertThat(isFree()).as("held by the service").isFalse();
				// Native code that is in no image, and nothing of the web servers.
				try (Stream<Path> temporary = Files.list(this.directory.resolve("tmp"))) {
					assertThat(temporary.map((file) -> file.getFileName().toString())).isNotEmpty()
						.noneMatch((name) -> name.startsWith("tomcat"));
				}
				long before = System.nanoTime();
				service.terminate();
				assertThat(service.awaitExit()).isEqualTo(TERMINATED);
				assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
			}
			assertThat(service.log()).contains("Engine closed").doesNotContain("being served");
		}
		assertThat(isFree()).isTrue();
	}

	@Test
	void shouldEndStreamsOfEventsAtOnce() throws Exception {
		try (ServiceProcess service = start()) {
			String token = tenant(service).authorization();
			try (RawSocket reader = new RawSocket(service.port()); RawSocket other = new RawSocket(service.port())) {
				for (RawSocket socket : List.of(reader, other)) {
					socket.send("GET /v1/events HTTP/1.1\nHost: h\nAuthorization: %s\n\n".formatted(token));
					assertThat(socket.head()).startsWith("HTTP/1.1 200");
				}
				long before = System.nanoTime();
				service.terminate();
				assertThat(reader.rest()).as("the last chunk").endsWith("\r\n0\r\n\r\n");
				assertThat(service.awaitExit()).isEqualTo(TERMINATED);
				assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(3));
			}
			assertThat(service.log()).contains("Engine closed").doesNotContain("being served", "ERROR", "\tat ");
		}
	}

	@Test
	void shouldCutOffAnUploadThatWouldTakeForEver() throws Exception {
		String token;
		try (ServiceProcess service = start("holdfast.drain-limit=1s")) {
			token = tenant(service).authorization();
			try (RawSocket upload = upload(service, token, 4 * MIB)) {
				upload.send("y".repeat(MIB + 6000));
				long before = System.nanoTime();
				service.terminate();
				String head = upload.head();
				assertThat(head).startsWith("HTTP/1.1 503").containsIgnoringCase("connection: close");
				assertThat(upload.rest()).contains("\"overloaded\"", "stopping", "\"bytesWritten\":" + (MIB + 4096));
				assertThat(service.awaitExit()).isEqualTo(TERMINATED);
				assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofSeconds(1))
					.isLessThan(Duration.ofSeconds(6));
			}
			assertThat(service.log()).contains("1 request is still being served and cut off", "Engine closed")
				.doesNotContain("ERROR", "\tat ");
		}
		try (ServiceProcess again = start()) {
			assertThat(read(again.as(token), MIB + 8192)).isEqualTo("y".repeat(MIB + 4096) + "\0".repeat(4096));
			assertThat(again.log()).doesNotContain("WARN", "ERROR");
		}
	}

	@Test
	void shouldBreakOffAnAnswerThatNobodyReads() throws Exception {
		try (ServiceProcess service = start("holdfast.drain-limit=1s")) {
			Client acme = tenant(service);
			try (RawSocket reader = new RawSocket(service.port())) {
				reader.send(
						"GET %s/data HTTP/1.1\nHost: h\nAuthorization: %s\n\n".formatted(VOLUME, acme.authorization()));
				assertThat(reader.head()).startsWith("HTTP/1.1 200").contains("Content-Length: " + 64 * MIB);
				service.terminate();
				assertThat(service.awaitExit()).isEqualTo(TERMINATED);
				assertThat(reader.countUntilBroken()).isLessThan(64 * MIB);
			}
			assertThat(service.log()).contains("still being served and cut off", "Engine closed")
				.doesNotContain("still there", "ERROR", "\tat ");
		}
		assertThat(isFree()).isTrue();
	}

	private ServiceProcess start(String... properties) throws IOException {
		return ServiceProcess.start(this.directory, 96L * MIB, List.of("d0"), properties);
	}

	private static Client tenant(ServiceProcess service) throws Exception {
		Client acme = service.admin().tenant("acme", "tenant");
		assertThat(acme.put(VOLUME, "{\"sizeBytes\":\"64MiB\"}").statusCode()).isEqualTo(201);
		return acme;
	}

	private static String read(Client acme, int length) throws Exception {
		return acme.get(VOLUME + "/data", "Range", "bytes=0-" + (length - 1)).body();
	}

	private static void get(RawSocket socket, String token) throws IOException {
		socket.send("GET %s/data HTTP/1.1\nHost: h\nRange: bytes=0-63\nAuthorization: %s\n\n".formatted(VOLUME, token));
	}

	/**
	 * A write that has been let in and waits for its body.
	 */
	private static RawSocket upload(ServiceProcess service, String token, int length) throws IOException {
		RawSocket socket = new RawSocket(service.port());
		socket.send(
				"PUT %s/data?offset=0 HTTP/1.1\nHost: h\nExpect: 100-continue\nContent-Length: %d\nAuthorization: %s\n\n"
					.formatted(VOLUME, length, token));
		assertThat(socket.head()).startsWith("HTTP/1.1 100");
		return socket;
	}

	private static String readiness(ServiceProcess service) throws Exception {
		return Client.anonymous(service.managementPort()).get("/actuator/health/readiness").body();
	}

	/**
	 * The service locks a file that stands in for a drive as it opens a drive:
	 * exclusively.
	 */
	private boolean isFree() throws Exception {
		Process flock = new ProcessBuilder("flock", "--nonblock", this.directory.resolve("d0.img").toString(), "true")
			.start();
		return flock.waitFor() == 0;
	}

}
