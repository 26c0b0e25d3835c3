package dev.holdfast.hotplug;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.StartedService;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drives that are pulled and come back, as tenants and operators see it.
 */
@RequiresRoot
@RequiresTool("losetup")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class PulledDriveTests {

	private static final String VOLUME = "/v1/tenants/acme/volumes/v1";

	@TempDir
	private Path directory;

	private LoopDevice drive;

	private StartedService service;

	private Client acme;

	@BeforeEach
	void start() throws Exception {
		this.drive = LoopDevice.create(this.directory, 64 << 20, "--direct-io=on");
	}

	@AfterEach
	void stop() throws Exception {
		if (this.service != null) {
			this.service.close();
		}
		this.drive.close();
	}

	private void serve(String... properties) throws Exception {
		this.service = StartedService.start(this.directory.resolve("data"), properties);
		HttpResponse<String> attached = this.service.admin()
			.put("/v1/devices/d1", "{\"path\":\"%s\"}".formatted(this.drive.device()));
		assertThat(attached.statusCode()).as(attached.body()).isEqualTo(201);
		this.acme = this.service.admin().tenant("acme", "tenant");
		assertThat(this.acme.put(VOLUME, "{\"sizeBytes\":\"16MiB\"}").statusCode()).isEqualTo(201);
	}

	@Test
	void shouldHoldAndGoOnUnderAnotherName() throws Exception {
		serve();
		assertThat(write(0, 'a').statusCode()).isEqualTo(204);
		this.drive.pull();
		CompletableFuture<HttpResponse<String>> read = later(
				() -> this.acme.get(VOLUME + "/data", "Range", "bytes=0-3"));
		CompletableFuture<HttpResponse<String>> write = later(() -> write(4096, 'b'));
		CompletableFuture<HttpResponse<String>> zero = later(() -> this.acme.text("POST", VOLUME + ":zero",
				BodyPublishers.ofString("{\"offset\":8192,\"length\":4096}"), "Content-Type", "application/json"));
		awaitState("away");
		Awaitility.await().untilAsserted(() -> assertThat(held()).isEqualTo(3));
		assertThat(read).isNotDone();
		assertThat(write).isNotDone();
		assertThat(zero).isNotDone();
		JsonNode away = device();
		assertThat(away.get("reason").asString()).contains("its drive is away since", "I/O waits for it until");
		assertThat(away.get("held").get("bytes").asLong()).isEqualTo(4096);

		this.drive = this.drive.replug("--direct-io=on");
		awaitState("online");
		assertThat(read.get(20, TimeUnit.SECONDS).body()).isEqualTo("aaaa");
		assertThat(write.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
		assertThat(zero.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
		assertThat(this.acme.get(VOLUME + "/data", "Range", "bytes=4096-4099").body()).isEqualTo("bbbb");
		JsonNode back = device();
		assertThat(back.get("generation").asInt()).isEqualTo(2);
		assertThat(back.get("path").asString()).isEqualTo(this.drive.device().toString());
		assertThat(back.has("reason")).isFalse();
		assertThat(held()).isZero();
		assertThat(this.acme.put("/v1/tenants/acme/volumes/v2", "{\"sizeBytes\":\"4MiB\"}").statusCode())
			.isEqualTo(201);
	}

	@Test
	void shouldFailWhatIsHeldOnceTheHoldEndsAndGoOnWhenTheDriveReturnsAfterAll() throws Exception {
		serve("holdfast.hold.time=1s");
		this.drive.pull();
		HttpResponse<String> lost = write(0, 'a');
		assertThat(lost.statusCode()).isEqualTo(503);
		assertThat(lost.body()).contains("\"code\":\"device-lost\"", "\"retryable\":true", "within 1 s");
		assertThat(lost.headers().firstValue("Retry-After")).isPresent();
		assertThat(device().get("state").asString()).isEqualTo("lost");
		this.drive = this.drive.replug("--direct-io=on");
		awaitState("online");
		assertThat(write(0, 'a').statusCode()).isEqualTo(204);
	}

	@Test
	void shouldShowThatAVolumeOfALostDriveCannotBeUsed() throws Exception {
		serve("holdfast.hold.time=1s");
		CompletableFuture<String> event = later(() -> until("volume-changed", this.acme));
		this.drive.pull();
		awaitState("away");
		assertThat(volume().get("state").asString()).isEqualTo("ready");
		assertThat(event.get(20, TimeUnit.SECONDS)).contains("\"state\":\"unavailable\"");
		assertThat(volume().get("state").asString()).isEqualTo("unavailable");
		assertThat(volume().get("reason").asString()).isEqualTo("Device d1 is lost");
		assertThat(Client.json(this.acme.get("/v1/tenants/acme/volumes")).get("volumes").get(0)).isEqualTo(volume());
		assertThat(Client.json(this.acme.put(VOLUME, "{\"sizeBytes\":\"16MiB\"}"))).isEqualTo(volume());
		this.drive = this.drive.replug("--direct-io=on");
		awaitState("online");
		assertThat(volume().get("state").asString()).isEqualTo("ready");
		assertThat(volume().has("reason")).isFalse();
	}

	@Test
	void shouldLetGoOfASuspendedDriveUntilItIsResumed() throws Exception {
		serve();
		assertThat(this.service.admin().post("/v1/devices/d1:suspend").statusCode()).isEqualTo(200);
		CompletableFuture<HttpResponse<String>> write = later(() -> write(0, 'a'));
		Awaitility.await().untilAsserted(() -> assertThat(held()).isEqualTo(1));
		this.drive = this.drive.replug("--direct-io=on");
		assertThat(device().get("state").asString()).isEqualTo("suspended");
		assertThat(write).isNotDone();
		HttpResponse<String> resumed = this.service.admin().post("/v1/devices/d1:resume");
		assertThat(resumed.statusCode()).as(resumed.body()).isEqualTo(200);
		assertThat(write.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
		assertThat(this.acme.get(VOLUME + "/data", "Range", "bytes=0-3").body()).isEqualTo("aaaa");
	}

	@Test
	void shouldLimitHowLongIoWaitsForASuspendedDriveIfAsked() throws Exception {
		serve("holdfast.hold.suspended-time=1s");
		assertThat(this.service.admin().post("/v1/devices/d1:suspend").statusCode()).isEqualTo(200);
		assertThat(device().get("reason").asString()).contains("I/O waits until it is resumed, or ");
		HttpResponse<String> refused = write(0, 'a');
		assertThat(refused.statusCode()).isEqualTo(503);
		assertThat(refused.body()).contains("\"code\":\"device-suspended\"", "\"retryable\":true");
		assertThat(refused.headers().firstValue("Retry-After")).isPresent();
		assertThat(device().get("state").asString()).isEqualTo("suspended");
		assertThat(device().get("reason").asString()).contains("I/O fails until it is resumed");
		assertThat(this.service.admin().post("/v1/devices/d1:resume").statusCode()).isEqualTo(200);
		assertThat(write(0, 'a').statusCode()).isEqualTo(204);
	}

	@Test
	void shouldTellOnceThatWritesMayBeLost() throws Exception {
		serve();
		assertThat(this.acme.put("/v1/tenants/acme/volumes/v2", "{\"sizeBytes\":\"4MiB\"}").statusCode())
			.isEqualTo(201);
		CompletableFuture<String> event = later(() -> until("possible-write-loss", this.acme));
		assertThat(write(0, 'a').statusCode()).isEqualTo(204);
		assertThat(this.acme.post(VOLUME + ":flush").statusCode()).isEqualTo(204);
		assertThat(write(4096, 'b').statusCode()).isEqualTo(204);
		this.drive.pull();
		CompletableFuture<HttpResponse<String>> flush = later(() -> this.acme.post(VOLUME + ":flush"));
		CompletableFuture<HttpResponse<String>> other = later(
				() -> this.acme.post("/v1/tenants/acme/volumes/v2:flush"));
		Awaitility.await().untilAsserted(() -> assertThat(held()).isEqualTo(2));
		assertThat(event.get(20, TimeUnit.SECONDS)).contains(
				"\"subject\":\"tenants/acme/volumes/v1\",\"resource\":{\"device\":\"d1\",\"volumes\":[{\"tenant\":\"acme\",\"volume\":\"v1\",\"writes\":1}]}");
		this.drive = this.drive.replug("--direct-io=on");
		HttpResponse<String> told = flush.get(20, TimeUnit.SECONDS);
		assertThat(told.statusCode()).isEqualTo(500);
		assertThat(told.body()).contains("\"code\":\"write-loss-possible\"", "\"retryable\":false");
		assertThat(other.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
		assertThat(this.acme.post(VOLUME + ":flush").statusCode()).isEqualTo(204);
	}

	@Test
	void shouldTellOnceThatWritesMayBeLostAfterARestartToo() throws Exception {
		serve();
		assertThat(this.acme.put("/v1/tenants/acme/volumes/v2", "{\"sizeBytes\":\"4MiB\"}").statusCode())
			.isEqualTo(201);
		assertThat(write(0, 'a').statusCode()).isEqualTo(204);
		this.drive.pull();
		awaitState("away");
		restart();
		this.drive = this.drive.replug("--direct-io=on");
		awaitState("online");
		assertThat(this.acme.post("/v1/tenants/acme/volumes/v2:flush").statusCode()).isEqualTo(204);
		HttpResponse<String> told = this.acme.post(VOLUME + ":flush");
		assertThat(told.statusCode()).isEqualTo(500);
		assertThat(told.body()).contains("\"code\":\"write-loss-possible\"", "\"retryable\":false");
		assertThat(this.acme.post(VOLUME + ":flush").statusCode()).isEqualTo(204);
		restart();
		assertThat(this.acme.post(VOLUME + ":flush").statusCode()).isEqualTo(204);
	}

	@Test
	void shouldTellThatWritesMayBeLostAlsoIfTheDriveComesBackWithoutACache() throws Exception {
		serve();
		Path cache = Path.of("/sys/block", this.drive.device().getFileName().toString(), "queue/write_cache");
		assertThat(write(0, 'a').statusCode()).isEqualTo(204);
		this.drive.pull();
		awaitState("away");
		Files.writeString(cache, "write through");
		try {
			this.drive.plug();
			awaitState("online");
			assertThat(this.acme.post(VOLUME + ":flush").body()).contains("\"code\":\"write-loss-possible\"");
			assertThat(this.acme.post(VOLUME + ":flush").statusCode()).isEqualTo(204);
		}
		finally {
			Files.writeString(cache, "write back");
		}
	}

	@Test
	void shouldSayWhyAMappingIsNotMade() throws Exception {
		serve();
		String mapping = "/v1/tenants/acme/buffers/b1/mappings/v1";
		assertThat(this.acme.put("/v1/tenants/acme/buffers/b1", "{\"sizeBytes\":\"1MiB\"}").statusCode())
			.isEqualTo(201);
		assertThat(this.acme.put(mapping, "{}").statusCode()).isEqualTo(201);
		this.drive.pull();
		awaitState("away");
		restart();
		JsonNode waiting = Client.json(this.acme.get(mapping));
		assertThat(waiting.get("state").asString()).isEqualTo("pending");
		assertThat(waiting.get("reason").get("code").asString()).isEqualTo("pending");
		assertThat(waiting.get("reason").get("detail").asString()).contains("waits for a device of its volume");
		this.drive = this.drive.replug("--direct-io=on");
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(Client.json(this.acme.get(mapping)).get("state").asString()).isEqualTo("mapped"));
	}

	private void restart() throws Exception {
		this.service.close();
		this.service = StartedService.start(this.directory.resolve("data"));
		this.acme = this.service.admin().tenant("acme", "tenant");
	}

	@Test
	void shouldMakeWhatWasAnsweredDurableWhenItStops() throws Exception {
		serve();
		assertThat(write(0, 'a').statusCode()).isEqualTo(204);
		Awaitility.await()
			.untilAsserted(() -> assertThat(device().get("capacity").get("dirtyBytes").asLong()).isZero());
		long before = flushes();
		this.service.close();
		this.service = null;
		assertThat(flushes()).isEqualTo(before + 1);
	}

	/** Documentation/block/stat.rst in the kernel. */
	private long flushes() throws IOException {
		Path counters = Path.of("/sys/block", this.drive.device().getFileName().toString(), "stat");
		return Long.parseLong(Files.readString(counters).trim().split(" +", -1)[15]);
	}

	@Test
	void shouldLetNothingWaitForADriveWhenItStops() throws Exception {
		serve();
		this.drive.pull();
		CompletableFuture<HttpResponse<String>> write = later(() -> write(0, 'a'));
		Awaitility.await().untilAsserted(() -> assertThat(held()).isEqualTo(1));
		this.service.close();
		this.service = null;
		assertThat(write.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
	}

	@Test
	void shouldRefuseWhatThereIsNoRoomToHold() throws Exception {
		serve("holdfast.hold.operations=1");
		this.drive.pull();
		CompletableFuture<HttpResponse<String>> first = later(() -> write(0, 'a'));
		Awaitility.await().untilAsserted(() -> assertThat(held()).isEqualTo(1));
		HttpResponse<String> second = write(4096, 'b');
		assertThat(second.statusCode()).isEqualTo(503);
		assertThat(second.body()).contains("\"code\":\"device-suspended\"");
		this.drive = this.drive.replug("--direct-io=on");
		assertThat(first.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
	}

	private static String until(String event, Client client) throws Exception {
		try (BufferedReader lines = new BufferedReader(
				new InputStreamReader(client.getStream("/v1/events").body(), StandardCharsets.UTF_8))) {
			String line = lines.readLine();
			while (!line.equals("event: " + event)) {
				line = lines.readLine();
			}
			return lines.readLine();
		}
	}

	private HttpResponse<String> write(long offset, char content) throws Exception {
		byte[] bytes = new byte[4096];
		Arrays.fill(bytes, (byte) content);
		return this.acme.put(VOLUME + "/data?offset=" + offset, bytes);
	}

	private JsonNode volume() throws Exception {
		return Client.json(this.acme.get(VOLUME));
	}

	private JsonNode device() throws Exception {
		return Client.json(this.service.admin().get("/v1/devices/d1"));
	}

	private int held() throws Exception {
		return device().get("held").get("operations").asInt();
	}

	private void awaitState(String state) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(device().get("state").asString()).isEqualTo(state));
	}

	private static <T> CompletableFuture<T> later(Work<T> work) {
		CompletableFuture<T> result = new CompletableFuture<>();
		Thread.ofVirtual().start(() -> {
			try {
				result.complete(work.run());
			}
			catch (Exception ex) {
				result.completeExceptionally(ex);
			}
		});
		return result;
	}

	@FunctionalInterface
	private interface Work<T> {

		T run() throws Exception;

	}

}
