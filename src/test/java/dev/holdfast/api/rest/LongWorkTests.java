package dev.holdfast.api.rest;

import java.io.RandomAccessFile;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.ServiceTest;
import dev.holdfast.ops.StartedService;
import dev.holdfast.testing.FrozenFileSystem;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Volumes that take long to make or to grow: their device is dirty, and stuck for as long
 * as the test wants it.
 */
@ServiceTest
@RequiresRoot
@RequiresTool({ "losetup", "mkfs.ext4", "fsfreeze", "mount" })
class LongWorkTests extends Service {

	private static final String VOLUMES = "/v1/tenants/acme/volumes/";

	private static final long SIZE = 512L << 20;

	private static final int EXTENT = 4 << 20;

	@TempDir
	private Path temporary;

	private ExtraDevices devices;

	private FrozenFileSystem files;

	/** Not known to be empty, so all of it is to be zeroed. */
	private Path dirty;

	@BeforeEach
	void begin() throws Exception {
		this.devices = extraDevices(this.temporary);
		// Without extents it does not zero a range at once: there is time to freeze it.
		this.files = FrozenFileSystem.create(this.temporary, SIZE + (128 << 20), "-O", "^extent,^64bit");
		this.dirty = this.files.directory().resolve("dirty.img");
		try (RandomAccessFile content = new RandomAccessFile(this.dirty.toFile(), "rw")) {
			content.setLength(SIZE);
			content.seek(SIZE / 2);
			content.write(1);
		}
	}

	@AfterEach
	void end() throws Exception {
		this.files.thaw();
		this.devices.close();
		this.files.close();
	}

	@Test
	void shouldAnswerWithAnOperationThatCanBeCancelled() throws Exception {
		String device = attachAndFreeze();
		long size = available(device);
		String volume = VOLUMES + "cancelled";
		String declaration = declaration(size, device);
		HttpResponse<String> accepted = admin().put(volume, declaration);
		String operation = assertAccepted(accepted, "create-volume", "cancelled");
		JsonNode progress = Client.json(accepted).get("progress");
		assertThat(progress.get("unit").asString()).isEqualTo("bytes");
		assertThat(progress.get("total").asLong()).isBetween(128L << 20, size);
		assertThat(progress.get("done").asLong()).isBetween(0L, progress.get("total").asLong() - 1);

		JsonNode shown = Client.json(acme().get(volume));
		assertThat(shown.get("state").asString()).isEqualTo("creating");
		assertThat(shown.get("sizeBytes").asLong()).isEqualTo(size);
		assertThat(acme().get("/v1/tenants/acme/volumes?pageSize=1000").body()).contains(shown.toString());
		assertProblem(acme().get(volume + "/data"), 404, "not-found");
		assertProblem(acme().get(volume + "/extents"), 404, "not-found");
		assertProblem(admin().put(volume, declaration(EXTENT, device)), 409, "already-exists");
		assertProblem(acme().patch(volume, "{\"sizeBytes\":%d}".formatted(size)), 409, "in-use");
		assertThat(assertAccepted(admin().put(volume, declaration), "create-volume", "cancelled")).isEqualTo(operation);
		assertProblem(admin().tenant("globex", "tenant").get(operation), 404, "not-found");
		assertThat(admin().tenant("acme", "reader").get(operation).statusCode()).isEqualTo(200);
		HttpResponse<String> busy = this.devices.detach(device);
		assertProblem(busy, 409, "in-use");

		HttpResponse<String> asked = acme().text("POST", operation + ":cancel", BodyPublishers.noBody());
		assertThat(asked.statusCode()).isEqualTo(200);
		assertThat(Client.json(asked).get("state").asString()).isEqualTo("running");
		this.files.thaw();
		JsonNode ended = awaitEnd(acme(), operation);
		assertThat(ended.get("state").asString()).isEqualTo("cancelled");
		assertThat(ended.has("error")).isFalse();
		assertProblem(acme().get(volume), 404, "not-found");
		HttpResponse<String> again = admin().put(volume, declaration(EXTENT, device));
		assertThat(again.statusCode()).as(again.body()).isEqualTo(201);
	}

	@Test
	void shouldDeleteWhatIsBeingMade() throws Exception {
		String device = attachAndFreeze();
		String volume = VOLUMES + "deleted-early";
		String operation = assertAccepted(admin().put(volume, declaration(available(device), device)), "create-volume",
				"deleted-early");
		CompletableFuture<HttpResponse<String>> deletion = CompletableFuture.supplyAsync(() -> {
			try {
				return acme().delete(volume);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
		// Most is still to be zeroed then, whichever comes first.
		this.files.thaw();
		assertThat(deletion.join().statusCode()).as(deletion.join().body()).isEqualTo(204);
		assertThat(awaitEnd(acme(), operation).get("state").asString()).isEqualTo("cancelled");
		assertProblem(acme().get(volume), 404, "not-found");
	}

	@Test
	void shouldGrowWhileItIsUsed() throws Exception {
		String device = this.devices.attach(this.dirty);
		String volume = VOLUMES + "grows-long";
		HttpResponse<String> made = admin().put(volume, declaration(EXTENT, device));
		assertThat(made.statusCode()).as(made.body()).isIn(201, 202);
		awaiting().until(() -> acme().put(volume + "/data?fua=true&offset=0", random(EXTENT)).statusCode() == 204);
		this.files.freeze();
		long size = EXTENT + available(device);
		String change = "{\"sizeBytes\":%d}".formatted(size);
		String operation = assertAccepted(acme().patch(volume, change), "grow-volume", "grows-long");
		JsonNode shown = Client.json(acme().get(volume));
		assertThat(shown.get("state").asString()).isEqualTo("growing");
		assertThat(shown.get("sizeBytes").asLong()).isEqualTo(EXTENT);
		assertThat(Arrays.equals(all(volume), random(EXTENT))).isTrue();
		assertThat(assertAccepted(acme().patch(volume, change), "grow-volume", "grows-long")).isEqualTo(operation);
		assertProblem(acme().patch(volume, "{\"sizeBytes\":%d}".formatted(2 * EXTENT)), 409, "in-use");
		this.files.thaw();
		JsonNode ended = awaitEnd(acme(), operation);
		assertThat(ended.get("state").asString()).isEqualTo("succeeded");
		assertThat(ended.get("progress").get("done")).isEqualTo(ended.get("progress").get("total"));
		shown = Client.json(acme().get(volume));
		assertThat(shown.get("state").asString()).isEqualTo("ready");
		assertThat(shown.get("sizeBytes").asLong()).isEqualTo(size);
		assertThat(Arrays.equals(acme().getBytes(volume + "/data", "Range", "bytes=0-" + (2 * EXTENT - 1)).body(),
				Arrays.copyOf(random(EXTENT), 2 * EXTENT)))
			.isTrue();
	}

	@Test
	void shouldGoOnAfterARestart() throws Exception {
		Path data = this.temporary.resolve("data");
		String volume = VOLUMES + "resumed";
		String token;
		String operation;
		long size;
		StartedService service = StartedService.start(data);
		CompletableFuture<Void> stopped;
		try {
			Client tenant = service.admin().tenant("acme", "tenant");
			token = tenant.authorization();
			service.admin().put("/v1/devices/d1", "{\"path\":\"%s\"}".formatted(this.dirty));
			this.files.freeze();
			size = available(Client.json(service.admin().get("/v1/devices/d1")));
			operation = assertAccepted(tenant.put(volume, "{\"sizeBytes\":%d}".formatted(size)), "create-volume",
					"resumed");
		}
		finally {
			stopped = CompletableFuture.runAsync(service::close);
			awaiting().until(() -> !answers(service));
			this.files.thaw();
			stopped.join();
		}
		try (StartedService again = StartedService.start(data)) {
			Client tenant = Client.anonymous(again.port()).authorization(token);
			JsonNode ended = awaitEnd(tenant, operation);
			assertThat(ended.get("state").asString()).as(ended.toString()).isEqualTo("succeeded");
			JsonNode shown = Client.json(tenant.get(volume));
			assertThat(shown.get("state").asString()).isEqualTo("ready");
			assertThat(shown.get("sizeBytes").asLong()).isEqualTo(size);
			HttpResponse<String> repeated = tenant.put(volume, "{\"sizeBytes\":%d}".formatted(size));
			assertThat(repeated.statusCode()).as(repeated.body()).isEqualTo(200);
			assertThat(tenant.delete(operation).statusCode()).isEqualTo(204);
		}
	}

	private String attachAndFreeze() throws Exception {
		String device = this.devices.attach(this.dirty);
		this.files.freeze();
		return device;
	}

	private long available(String device) throws Exception {
		return available(this.devices.get(device));
	}

	/**
	 * All that the device has, of which more than one step of zeroing is missing.
	 */
	private static long available(JsonNode device) {
		JsonNode capacity = device.get("capacity");
		assertThat(capacity.get("dirtyBytes").asLong()).isGreaterThan(128L << 20);
		return capacity.get("freeBytes").asLong() + capacity.get("dirtyBytes").asLong();
	}

	private static String declaration(long size, String device) {
		return "{\"sizeBytes\":%d,\"devices\":[\"%s\"]}".formatted(size, device);
	}

	private static String assertAccepted(HttpResponse<String> response, String kind, String volume) {
		assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
		JsonNode operation = Client.json(response);
		String location = header(response, "Location");
		assertThat(location).isEqualTo("/v1/operations/" + UUID.fromString(operation.get("id").asString()));
		assertThat(operation.get("kind").asString()).isEqualTo(kind);
		assertThat(operation.get("subject").asString()).isEqualTo("tenants/acme/volumes/" + volume);
		assertThat(operation.get("state").asString()).isEqualTo("running");
		assertThat(operation.get("cancellable").asBoolean()).isTrue();
		assertThat(Instant.parse(operation.get("startedAt").asString())).isBeforeOrEqualTo(Instant.now());
		return location;
	}

	private static JsonNode awaitEnd(Client client, String operation) {
		return awaiting().until(() -> Client.json(client.get(operation)),
				(shown) -> !shown.get("state").asString().equals("running"));
	}

	private static ConditionFactory awaiting() {
		return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50));
	}

	private static boolean answers(StartedService service) {
		try {
			return Client.anonymous(service.port()).get("/v1/me").statusCode() > 0;
		}
		catch (Exception ex) {
			return false;
		}
	}

}
