package dev.holdfast.api.rest;

import java.io.RandomAccessFile;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.holdfast.buffer.BufferKey;
import dev.holdfast.buffer.Buffers;
import dev.holdfast.ops.Client;
import dev.holdfast.ops.StartedService;
import dev.holdfast.testing.FrozenFileSystem;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Buffers and mappings that go while a drive that does not answer uses them.
 */
@RequiresRoot
@RequiresTool({ "mkfs.ext4", "losetup", "fsfreeze", "mount" })
class StuckBufferTests {

	private static final String ACME = "/v1/tenants/acme";

	private static final String GLOBEX = "/v1/tenants/globex";

	private static final String MAPPING = ACME + "/buffers/b1/mappings/v";

	private static final int BLOCK = 4096;

	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	@TempDir
	private Path directory;

	private FrozenFileSystem files;

	private StartedService service;

	private Client acme;

	private Client globex;

	@BeforeEach
	void start() throws Exception {
		this.files = FrozenFileSystem.create(this.directory, 128L << 20);
		Path file = this.files.directory().resolve("d0.img");
		try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
			content.setLength(64L << 20);
		}
		this.service = StartedService.start(this.directory.resolve("data"), StartedService.device("d0", file));
		this.acme = this.service.admin().tenant("acme", "tenant");
		this.globex = this.service.admin().tenant("globex", "tenant");
		make(this.acme, ACME + "/volumes/v", "{\"sizeBytes\":\"1MiB\"}");
		make(this.globex, GLOBEX + "/volumes/v", "{\"sizeBytes\":\"1MiB\"}");
		for (String buffer : List.of("b1", "b2")) {
			make(this.acme, ACME + "/buffers/" + buffer, "{\"sizeBytes\":65536,\"pages\":\"4k\"}");
			fill(this.acme, ACME + "/buffers/" + buffer);
		}
		make(this.globex, GLOBEX + "/buffers/b1", "{\"sizeBytes\":65536,\"pages\":\"4k\"}");
		fill(this.globex, GLOBEX + "/buffers/b1");
	}

	@AfterEach
	void stop() {
		this.files.thaw();
		this.threads.close();
		this.service.close();
		this.files.close();
	}

	private static void make(Client client, String path, String body) throws Exception {
		HttpResponse<String> made = client.put(path, body);
		assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
	}

	private static byte[] content() {
		return Service.random(65536);
	}

	private static void fill(Client client, String buffer) throws Exception {
		assertThat(client.put(buffer + "/data?offset=0", content()).statusCode()).isEqualTo(204);
	}

	/** To the place of the volume that has the number of the region. */
	private static String write(String buffer, int region) {
		return "{\"op\":\"write\",\"offset\":%d,\"length\":4096,\"buffer\":\"%s\",\"bufferOffset\":%d}"
			.formatted(region * BLOCK, buffer, region * BLOCK);
	}

	private Future<List<String>> batch(Client client, String tenant, boolean ordered, String... operations) {
		String body = "{\"operations\":[%s],\"ordered\":%s}".formatted(String.join(",", operations), ordered);
		return this.threads.submit(() -> {
			HttpResponse<String> answer = client.text("POST", tenant + "/volumes/v:io", BodyPublishers.ofString(body),
					"Content-Type", "application/json");
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
			return Client.json(answer)
				.get("results")
				.valueStream()
				.map((result) -> result.has("problem") ? result.get("problem").get("code").asString() : "done")
				.toList();
		});
	}

	private int inUse(String tenant, String buffer) {
		return this.service.bean(Buffers.class).open(new BufferKey(tenant, buffer)).inUse();
	}

	private void awaitSucceeded(String operation) {
		await().untilAsserted(
				() -> assertThat(Client.json(this.acme.get(operation)).get("state").asString()).isEqualTo("succeeded"));
	}

	@Test
	@DisplayName("Rule 9: a mapping is unmapping while a drive has not answered, and gone when it has")
	void shouldUnmapWhenTheDriveAnswers() throws Exception {
		make(this.acme, MAPPING, "{\"onStale\":\"fail\"}");
		this.files.freeze();
		Future<List<String>> stuck = batch(this.acme, ACME, false, write("b1", 0));
		await().until(() -> Client.json(this.acme.get(MAPPING)).get("members").get(0).get("ios").asInt() == 1);
		HttpResponse<String> accepted = this.acme.delete(MAPPING);
		assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
		JsonNode shown = Client.json(this.acme.get(MAPPING));
		assertThat(shown.get("state").asString()).isEqualTo("unmapping");
		assertThat(stuck.isDone()).isFalse();
		assertThat(this.acme.get(ACME + "/buffers/b1").statusCode()).isEqualTo(200);
		this.files.thaw();
		awaitSucceeded(Service.header(accepted, "Location"));
		assertThat(stuck.get()).containsExactly("done");
		Service.assertProblem(this.acme.get(MAPPING), 404, "not-found");
		assertWritten(this.acme, ACME, 0);
	}

	@Test
	@DisplayName("Rule 9: a buffer that is deleted amid batches ends what has not begun, and harms nothing else")
	void shouldEndOnlyWhatHasNotBegun() throws Exception {
		make(this.acme, MAPPING, "{}");
		this.files.freeze();
		Future<List<String>> atOnce = batch(this.acme, ACME, false, write("b1", 0), write("b2", 1), write("b1", 2));
		Future<List<String>> inTurn = batch(this.acme, ACME, true, write("b1", 3), write("b1", 4), write("b2", 5));
		Future<List<String>> others = batch(this.globex, GLOBEX, false, write("b1", 0), write("b1", 1));
		await().until(() -> inUse("acme", "b1") == 3 && inUse("acme", "b2") == 1 && inUse("globex", "b1") == 2);
		HttpResponse<String> accepted = this.acme.delete(ACME + "/buffers/b1");
		assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
		Future<List<String>> late = batch(this.acme, ACME, false, write("b1", 6), write("b2", 7), "{\"op\":\"flush\"}");
		await().until(() -> inUse("acme", "b2") == 2);
		assertThat(Client.json(this.acme.get(ACME + "/buffers/b1")).get("state").asString()).isEqualTo("deleting");
		this.files.thaw();
		assertThat(atOnce.get()).containsExactly("done", "done", "done");
		assertThat(inTurn.get()).containsExactly("done", "not-found", "not-attempted");
		assertThat(others.get()).containsExactly("done", "done");
		assertThat(late.get()).containsExactly("not-found", "done", "done");
		awaitSucceeded(Service.header(accepted, "Location"));
		Service.assertProblem(this.acme.get(ACME + "/buffers/b1"), 404, "not-found");
		assertWritten(this.acme, ACME, 0, 1, 2, 3, 7);
		assertThat(read(this.acme, ACME, 4)).as("not begun").isEqualTo(new byte[BLOCK]);
		assertThat(this.acme.getBytes(ACME + "/buffers/b2/data").body()).isEqualTo(content());
		assertWritten(this.globex, GLOBEX, 0, 1);
		assertThat(this.globex.getBytes(GLOBEX + "/buffers/b1/data").body()).isEqualTo(content());
	}

	private static void assertWritten(Client client, String tenant, int... regions) throws Exception {
		for (int region : regions) {
			assertThat(read(client, tenant, region)).as("region %d", region)
				.isEqualTo(Arrays.copyOfRange(content(), region * BLOCK, (region + 1) * BLOCK));
		}
	}

	private static byte[] read(Client client, String tenant, int region) throws Exception {
		String range = "bytes=%d-%d".formatted(region * BLOCK, (region + 1) * BLOCK - 1);
		return client.getBytes(tenant + "/volumes/v/data", "Range", range).body();
	}

}
