package dev.holdfast.api.rest;

import java.io.RandomAccessFile;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.StartedService;
import dev.holdfast.testing.FrozenFileSystem;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A drive that takes writes and does not answer, until it does.
 */
@RequiresRoot
@RequiresTool({ "mkfs.ext4", "losetup", "fsfreeze", "mount" })
class StuckDriveTests {

	private static final String VOLUME = "/v1/tenants/acme/volumes/v1";

	private static final String DATA = VOLUME + "/data";

	private static final int LENGTH = 128 << 10;

	@TempDir
	private Path directory;

	private FrozenFileSystem files;

	private StartedService service;

	private Client acme;

	@BeforeEach
	void start() throws Exception {
		this.files = FrozenFileSystem.create(this.directory, 128L << 20);
		Path file = this.files.directory().resolve("d0.img");
		try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
			content.setLength(64L << 20);
		}
		this.service = StartedService.start(this.directory.resolve("data"), "holdfast.devices[0].name=d0",
				"holdfast.devices[0].path=" + file, "holdfast.io-deadline=1s");
		this.acme = this.service.admin().tenant("acme", "tenant");
		assertThat(this.acme.put(VOLUME, "{\"sizeBytes\":\"32MiB\"}").statusCode()).isEqualTo(201);
	}

	@AfterEach
	void stop() {
		this.files.thaw();
		this.service.close();
		this.files.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "data", ":zero", ":discard" })
	void shouldSayThatTheOutcomeIsUnknown(String action) throws Exception {
		assertThat(this.acme.put(DATA + "?offset=0", new byte[8192]).statusCode()).isEqualTo(204);
		this.files.freeze();
		HttpResponse<String> late = action.equals("data") ? this.acme.put(DATA + "?offset=0", Service.random(8192))
				: this.acme.text("POST", VOLUME + action, BodyPublishers.ofString("{\"offset\":0,\"length\":8192}"),
						"Content-Type", "application/json");
		Service.assertProblem(late, 504, "deadline-exceeded");
		assertThat(Client.json(late).get("outcome").asString()).isEqualTo("unknown");
		assertThat(Client.json(late).has("retryable")).as("it may have been written").isFalse();
		this.files.thaw();
		if (action.equals("data")) {
			assertThat(Client.json(late).get("bytesWritten").asInt()).isZero();
			byte[] written = Service.random(8192);
			await().until(() -> Arrays.equals(this.acme.getBytes(DATA, "Range", "bytes=0-8191").body(), written));
		}
		assertNothingHeld();
	}

	/** A tenant has a quarter of the staging memory, which the stuck writes hold. */
	@Test
	void shouldRefuseWhatItHasNoMemoryFor() throws Exception {
		this.files.freeze();
		List<HttpResponse<String>> late = new ArrayList<>();
		List<HttpResponse<String>> refused = new ArrayList<>();
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<HttpResponse<String>>> answers = new ArrayList<>();
			for (int i = 0; i < 60; i++) {
				String path = DATA + "?offset=" + i * LENGTH;
				answers.add(threads.submit(() -> this.acme.put(path, Service.random(LENGTH))));
			}
			for (Future<HttpResponse<String>> answer : answers) {
				(answer.get().statusCode() == 504 ? late : refused).add(answer.get());
			}
		}
		assertThat(late).isNotEmpty();
		assertThat(refused).isNotEmpty();
		for (HttpResponse<String> answer : refused) {
			Service.assertProblem(answer, 503, "overloaded");
			assertThat(Service.header(answer, "Retry-After")).isEqualTo("1");
			assertThat(Client.json(answer).get("retryable").asBoolean()).isTrue();
			assertThat(Client.json(answer).get("bytesWritten").asInt()).isZero();
		}
		Client globex = this.service.admin().tenant("globex", "tenant");
		assertThat(globex.get("/v1/me").statusCode()).as("others are served").isEqualTo(200);
		this.files.thaw();
		assertNothingHeld();
		assertThat(this.acme.put(DATA + "?offset=0", Service.random(LENGTH)).statusCode()).isEqualTo(204);
	}

	private void attachAnother() throws Exception {
		Path other = Files.createFile(this.directory.resolve("d1.img"));
		try (RandomAccessFile content = new RandomAccessFile(other.toFile(), "rw")) {
			content.setLength(64L << 20);
		}
		assertThat(this.service.admin().put("/v1/devices/d1", "{\"path\":\"%s\"}".formatted(other)).statusCode())
			.isEqualTo(201);
	}

	/** Its label cannot be written before. */
	@Test
	void shouldBeEmptiedOnceItAnswers() throws Exception {
		byte[] written = Service.random(8192);
		assertThat(this.acme.put(DATA + "?offset=0", written).statusCode()).isEqualTo(204);
		attachAnother();
		this.files.freeze();
		HttpResponse<String> begun = this.service.admin().post("/v1/devices/d0:drain");
		assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
		String operation = "/v1/operations/" + Client.json(begun).get("id").asString();
		assertThat(this.service.admin()
			.put("/v1/tenants/acme/volumes/v2", "{\"sizeBytes\":\"4MiB\",\"devices\":[\"d1\"]}")
			.statusCode()).isEqualTo(201);
		assertThat(this.acme.put("/v1/tenants/acme/volumes/v2/data?offset=0", written).statusCode()).isEqualTo(204);
		assertThat(this.acme.delete("/v1/tenants/acme/volumes/v2").statusCode()).isEqualTo(204);
		assertThat(this.service.health()).doesNotContain("DOWN");
		assertThat(Client.json(this.service.admin().get(operation)).get("state").asString()).isEqualTo("running");
		this.files.thaw();
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(Client.json(this.service.admin().get(operation)).get("state").asString())
				.isEqualTo("succeeded"));
		assertThat(Client.json(this.acme.get(VOLUME)).get("devices").toString()).isEqualTo("[\"d1\"]");
		assertThat(this.acme.getBytes(DATA, "Range", "bytes=0-8191").body()).isEqualTo(written);
	}

	@Test
	void shouldBeReportedAndLeaveOthersAlone() throws Exception {
		attachAnother();
		assertThat(this.service.admin()
			.put("/v1/tenants/acme/volumes/v2", "{\"sizeBytes\":\"4MiB\",\"devices\":[\"d1\"]}")
			.statusCode()).isEqualTo(201);
		assertThat(device().get("stuck").asInt()).isZero();
		try (EventFeed events = EventFeed.follow(this.service.admin(), "")) {
			this.files.freeze();
			Service.assertProblem(this.acme.put(DATA + "?offset=0", Service.random(8192)), 504, "deadline-exceeded");
			assertThat(device().get("stuck").asInt()).isEqualTo(1);
			assertThat(device().get("reason").asString()).contains("it is stuck: 1 operations");
			assertThat(device().get("state").asString()).isEqualTo("online");
			assertThat(this.service.metrics()).contains("holdfast_io_stuck{device=\"d0\"} 1.0",
					"holdfast_io_stuck{device=\"d1\"} 0.0");
			assertThat(this.service.health()).contains("\"d0\":\"online, stuck\"", "\"d1\":\"online\"")
				.doesNotContain("DOWN");
			JsonNode told = events.next("devices/d0").resource();
			assertThat(told.get("stuck").asInt()).isEqualTo(1);
			assertThat(told.get("reason").asString()).contains("it is stuck");
			assertThat(this.acme.put("/v1/tenants/acme/volumes/v2/data?offset=0", Service.random(8192)).statusCode())
				.isEqualTo(204);
			this.files.thaw();
			assertThat(events.next("devices/d0").resource().get("stuck").asInt()).isZero();
		}
		assertThat(device().has("reason")).isFalse();
		assertNothingHeld();
	}

	private JsonNode device() throws Exception {
		return Client.json(this.service.admin().get("/v1/devices/d0"));
	}

	private void assertNothingHeld() {
		await().atMost(Duration.ofSeconds(20))
			.until(() -> this.service.metrics().contains("holdfast_staging_used_ratio 0.0\n"));
	}

}
