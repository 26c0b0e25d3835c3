package dev.holdfast.hotplug;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.StartedService;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that do not wait until a drive is back: they have said so, or have gone.
 */
@RequiresRoot
@RequiresTool("losetup")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ImpatientClientTests {

	private static final String VOLUME = "/v1/tenants/acme/volumes/v1";

	private static final String DATA = VOLUME + "/data";

	private static final String NOTHING_USED = "holdfast_staging_used_ratio 0.0\n";

	private static final int BLOCK = 4096;

	private static final int MEBIBYTE = 1 << 20;

	/** In that time the service has asked more than once whether a client is there. */
	private static final Duration LOOKS = Duration.ofMillis(1200);

	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	@TempDir
	private Path directory;

	private LoopDevice drive;

	private LoopDevice other;

	private StartedService service;

	private Client acme;

	@BeforeEach
	void serve() throws Exception {
		this.drive = LoopDevice.create(this.directory, 64 << 20, "--direct-io=on");
		this.service = StartedService.start(this.directory.resolve("data"));
		attach("d1", this.drive);
		this.acme = this.service.admin().tenant("acme", "tenant");
		make(VOLUME, "{\"sizeBytes\":\"16MiB\",\"devices\":[\"d1\"]}");
		assertThat(write('o').statusCode()).isEqualTo(204);
	}

	@AfterEach
	void stop() throws Exception {
		this.threads.shutdownNow();
		this.service.close();
		this.drive.close();
		if (this.other != null) {
			this.other.close();
		}
	}

	private void attach(String name, LoopDevice device) throws Exception {
		HttpResponse<String> attached = this.service.admin()
			.put("/v1/devices/" + name, "{\"path\":\"%s\"}".formatted(device.device()));
		assertThat(attached.statusCode()).as(attached.body()).isEqualTo(201);
	}

	private void make(String path, String declaration) throws Exception {
		HttpResponse<String> made = this.service.admin().put(path, declaration);
		assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
	}

	@Test
	void shouldGiveUpAtTheClientsDeadline() throws Exception {
		pull();
		long begin = System.nanoTime();
		HttpResponse<String> late = write('n', "Prefer", "wait=1");
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(9));
		assertLate(late);
		assertThat(late.headers().firstValue("Preference-Applied")).hasValue("wait=1");
		assertThat(Client.json(late).get("bytesWritten").asLong()).isZero();
		Future<HttpResponse<String>> read = this.threads.submit(() -> read("Prefer", "wait=2"));
		Future<HttpResponse<String>> flush = this.threads.submit(() -> post(VOLUME + ":flush", ""));
		Future<HttpResponse<String>> zero = this.threads.submit(() -> post(VOLUME + ":zero", range()));
		Future<HttpResponse<String>> discard = this.threads.submit(() -> post(VOLUME + ":discard", range()));
		await().untilAsserted(() -> assertThat(held()).isEqualTo(4));
		for (Future<HttpResponse<String>> waiting : List.of(read, flush)) {
			assertLate(waiting.get(9, TimeUnit.SECONDS));
		}
		for (Future<HttpResponse<String>> waiting : List.of(zero, discard)) {
			assertThat(waiting.get(9, TimeUnit.SECONDS).statusCode()).isEqualTo(504);
		}
		assertNothingHeld();
		comeBack();
		assertThat(read().body()).isEqualTo("oooo");
	}

	private HttpResponse<String> post(String path, String body) throws Exception {
		return this.acme.text("POST", path, BodyPublishers.ofString(body), "Content-Type", "application/json", "Prefer",
				"wait=2");
	}

	private static String range() {
		return "{\"offset\":0,\"length\":4096}";
	}

	private static void assertLate(HttpResponse<String> late) {
		assertThat(late.statusCode()).as(late.body()).isEqualTo(504);
		assertThat(late.body()).contains("\"code\":\"deadline-exceeded\"", "\"outcome\":\"not-done\"");
	}

	@Test
	void shouldNotSayThatNothingWasDoneOnceThereMayBe() throws Exception {
		this.other = LoopDevice.create(this.directory, 64 << 20, "--direct-io=on");
		attach("d2", this.other);
		String striped = "/v1/tenants/acme/volumes/striped";
		make(striped,
				"{\"sizeBytes\":\"16MiB\",\"layout\":\"striped\",\"stripeBytes\":4096,\"devices\":[\"d2\",\"d1\"]}");
		pull();
		HttpResponse<String> late = this.acme.put(striped + "/data?offset=0", filled('n', 2 * BLOCK), "Prefer",
				"wait=1");
		assertThat(late.statusCode()).isEqualTo(504);
		assertThat(late.body()).contains("\"outcome\":\"unknown\"", "\"bytesWritten\":4096");
		assertNothingHeld();
		assertThat(this.service.admin().post("/v1/devices/d2:suspend").statusCode()).isEqualTo(200);
		Future<HttpResponse<String>> both = held(1,
				() -> this.acme.put(striped + "/data?offset=0", filled('m', 2 * BLOCK), "Prefer", "wait=4"));
		assertThat(this.service.admin().post("/v1/devices/d2:resume").statusCode()).isEqualTo(200);
		assertThat(both.get(20, TimeUnit.SECONDS).body()).contains("\"outcome\":\"unknown\"", "\"bytesWritten\":4096");
		assertNothingHeld();
	}

	@Test
	void shouldLetThePatientGoOnInTheirOrder() throws Exception {
		pull();
		Future<HttpResponse<String>> first = held(1, () -> write('a'));
		Future<HttpResponse<String>> impatient = held(2, () -> write('b', "Prefer", "wait=1"));
		Future<HttpResponse<String>> read = held(3, () -> read());
		Future<HttpResponse<String>> last = held(4, () -> write('c'));
		assertLate(impatient.get(9, TimeUnit.SECONDS));
		await().untilAsserted(() -> assertThat(held()).isEqualTo(3));
		assertThat(List.of(first, read, last)).noneMatch(Future::isDone);
		comeBack();
		assertThat(first.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
		assertThat(read.get(20, TimeUnit.SECONDS).body()).isEqualTo("aaaa");
		assertThat(last.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
		assertThat(read().body()).isEqualTo("cccc");
		assertNothingHeld();
	}

	@ParameterizedTest
	@EnumSource
	void shouldGiveUpWhatNobodyWaitsForAnyMore(Leaving leaving) throws Exception {
		pull();
		RawSocket client = new RawSocket(this.service.port()).send(rawWrite('n'));
		await().untilAsserted(() -> assertThat(held()).isEqualTo(1));
		assertThat(heldBytes()).isEqualTo(BLOCK);
		long begin = System.nanoTime();
		leaving.leave(client);
		await().untilAsserted(() -> assertThat(held()).isZero());
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
		assertNothingHeld();
		if (leaving == Leaving.HALF) {
			assertThat(client.rest()).startsWith("HTTP/1.1 504 ").contains("\"outcome\":\"not-done\"");
		}
		comeBack();
		assertThat(read().body()).isEqualTo("oooo");
		client.close();
	}

	@Test
	void shouldServeThePipelinedRequestBehindOneThatWasHeld() throws Exception {
		pull();
		try (RawSocket client = new RawSocket(this.service.port(), Duration.ofSeconds(30))) {
			client.send(rawWrite('n') + rawWrite('m') + rawRead());
			await().during(LOOKS).atMost(Duration.ofSeconds(20)).until(() -> held() == 1);
			comeBack();
			assertThat(client.head()).startsWith("HTTP/1.1 204 ");
			assertThat(client.head()).startsWith("HTTP/1.1 204 ");
			assertThat(client.head()).startsWith("HTTP/1.1 206 ");
			assertThat(client.read(4)).isEqualTo("mmmm");
			client.send(rawRead());
			assertThat(client.head()).startsWith("HTTP/1.1 206 ");
		}
	}

	@Test
	void shouldTakeTheRestOfABodyBehindWhatWasHeld() throws Exception {
		pull();
		byte[] bytes = filled('x', 9 * MEBIBYTE);
		bytes[bytes.length - 1] = 'y';
		Future<HttpResponse<String>> write = this.threads.submit(() -> this.acme.put(DATA + "?offset=0", bytes));
		await().during(LOOKS).atMost(Duration.ofSeconds(20)).until(() -> held() > 0);
		comeBack();
		assertThat(write.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
		assertThat(this.acme.getBytes(DATA, "Range", "bytes=0-" + (bytes.length - 1)).body()).isEqualTo(bytes);
	}

	@ParameterizedTest
	@EnumSource
	void shouldEndOnlyWhatIsHeldOfABatch(Impatience impatience) throws Exception {
		this.other = LoopDevice.create(this.directory, 64 << 20, "--direct-io=on");
		attach("d2", this.other);
		make("/v1/tenants/acme/volumes/striped",
				"{\"sizeBytes\":\"16MiB\",\"layout\":\"striped\",\"stripeBytes\":4096,\"devices\":[\"d1\",\"d2\"]}");
		assertThat(this.acme.put("/v1/tenants/acme/buffers/b1", "{\"sizeBytes\":\"1MiB\"}").statusCode())
			.isEqualTo(201);
		assertThat(this.acme.put("/v1/tenants/acme/buffers/b1/data?offset=0", filled('n', 2 * BLOCK)).statusCode())
			.isEqualTo(204);
		pull();
		String batch = """
				{"operations":[{"op":"write","offset":0,"length":4096,"buffer":"b1","bufferOffset":0},
				{"op":"write","offset":4096,"length":4096,"buffer":"b1","bufferOffset":4096},
				{"op":"flush"}]}""".replace("\n", "");
		String striped = "/v1/tenants/acme/volumes/striped";
		if (impatience == Impatience.SAID) {
			HttpResponse<String> answer = post(striped + ":io", batch);
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
			JsonNode results = Client.json(answer).get("results");
			assertThat(results.get(0).get("problem").get("code").asString()).isEqualTo("deadline-exceeded");
			assertThat(results.get(0).get("problem").get("outcome").asString()).isEqualTo("not-done");
			assertThat(results.get(1).get("bytes").asLong()).isEqualTo(BLOCK);
			assertThat(results.get(1).has("problem")).isFalse();
			assertThat(results.get(2).get("problem").get("code").asString()).isEqualTo("deadline-exceeded");
		}
		else {
			try (RawSocket client = new RawSocket(this.service.port())) {
				client.send(head("POST", striped + ":io", batch.length(), "application/json") + batch);
				await().untilAsserted(() -> assertThat(held()).isEqualTo(2));
			}
		}
		assertNothingHeld();
		assertThat(this.acme.delete("/v1/tenants/acme/buffers/b1").statusCode()).as("no region is in use")
			.isEqualTo(204);
		comeBack();
		assertThat(this.acme.getBytes(striped + "/data", "Range", "bytes=0-8191").body())
			.isEqualTo(concat(new byte[BLOCK], filled('n', BLOCK)));
	}

	/** Makes a request of which something is held then, the so-manieth. */
	private Future<HttpResponse<String>> held(int count, Callable<HttpResponse<String>> request) {
		Future<HttpResponse<String>> waiting = this.threads.submit(request);
		await().untilAsserted(() -> assertThat(held()).isEqualTo(count));
		return waiting;
	}

	/** From now on nothing is sent to it. */
	private void pull() {
		this.drive.pull();
		awaitState("away");
	}

	private void comeBack() throws Exception {
		this.drive = this.drive.replug("--direct-io=on");
		awaitState("online");
	}

	private void awaitState(String state) {
		await().atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(device().get("state").asString()).isEqualTo(state));
	}

	private void assertNothingHeld() {
		await().untilAsserted(() -> {
			assertThat(held()).isZero();
			assertThat(heldBytes()).isZero();
			assertThat(this.service.metrics()).contains(NOTHING_USED);
		});
	}

	private HttpResponse<String> write(char content, String... headers) throws Exception {
		return this.acme.put(DATA + "?offset=0", filled(content, BLOCK), headers);
	}

	private HttpResponse<String> read(String... headers) throws Exception {
		String[] all = Arrays.copyOf(headers, headers.length + 2);
		all[headers.length] = "Range";
		all[headers.length + 1] = "bytes=0-3";
		return this.acme.get(DATA, all);
	}

	private String rawWrite(char content) {
		return head("PUT", DATA + "?offset=0", BLOCK, "application/octet-stream")
				+ String.valueOf(content).repeat(BLOCK);
	}

	private String rawRead() {
		return "GET %s HTTP/1.1\nHost: a\nAuthorization: %s\nRange: bytes=0-3\n\n".formatted(DATA,
				this.acme.authorization());
	}

	private String head(String method, String target, int length, String type) {
		return "%s %s HTTP/1.1\nHost: a\nAuthorization: %s\nContent-Type: %s\nContent-Length: %d\n\n".formatted(method,
				target, this.acme.authorization(), type, length);
	}

	private static byte[] filled(char content, int length) {
		byte[] bytes = new byte[length];
		Arrays.fill(bytes, (byte) content);
		return bytes;
	}

	private static byte[] concat(byte[] first, byte[] second) {
		byte[] all = Arrays.copyOf(first, first.length + second.length);
		System.arraycopy(second, 0, all, first.length, second.length);
		return all;
	}

	private JsonNode device() throws Exception {
		return Client.json(this.service.admin().get("/v1/devices/d1"));
	}

	private int held() throws Exception {
		return device().get("held").get("operations").asInt();
	}

	private long heldBytes() throws Exception {
		return device().get("held").get("bytes").asLong();
	}

	/** How a client leaves. */
	enum Leaving {

		CLOSE {
			@Override
			void leave(RawSocket client) throws Exception {
				client.close();
			}
		},
		RESET {
			@Override
			void leave(RawSocket client) throws Exception {
				client.reset();
			}
		},
		HALF {
			@Override
			void leave(RawSocket client) throws Exception {
				client.end();
			}
		};

		abstract void leave(RawSocket client) throws Exception;

	}

	/** How a client of a batch does not wait. */
	enum Impatience {

		SAID, LEFT

	}

}
