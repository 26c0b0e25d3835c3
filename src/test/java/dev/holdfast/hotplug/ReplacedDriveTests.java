package dev.holdfast.hotplug;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.holdfast.api.rest.EventFeed;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A drive that takes another's place, as tenants and operators see it.
 */
@RequiresRoot
@RequiresTool("losetup")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ReplacedDriveTests {

	private static final String VOLUME = "/v1/tenants/acme/volumes/v1";

	@TempDir
	private Path directory;

	private LoopDevice old;

	private LoopDevice small;

	private LoopDevice fresh;

	private StartedService service;

	private Client acme;

	@BeforeEach
	void start() throws Exception {
		this.old = LoopDevice.create(this.directory, 64 << 20, "--direct-io=on");
		this.small = LoopDevice.create(this.directory, 16 << 20, "--direct-io=on");
		this.fresh = LoopDevice.create(this.directory, 64 << 20, "--direct-io=on");
		this.service = StartedService.start(this.directory.resolve("data"));
		attach("old", this.old);
		this.acme = this.service.admin().tenant("acme", "tenant");
		assertThat(this.acme.put(VOLUME, "{\"sizeBytes\":\"32MiB\"}").statusCode()).isEqualTo(201);
		byte[] bytes = new byte[4096];
		Arrays.fill(bytes, (byte) 'a');
		assertThat(this.acme.put(VOLUME + "/data?offset=8192", bytes).statusCode()).isEqualTo(204);
		attach("small", this.small);
		attach("fresh", this.fresh);
	}

	private void attach(String name, LoopDevice drive) throws Exception {
		HttpResponse<String> attached = this.service.admin()
			.put("/v1/devices/" + name, "{\"path\":\"%s\"}".formatted(drive.device()));
		assertThat(attached.statusCode()).as(attached.body()).isEqualTo(201);
	}

	@AfterEach
	void stop() throws Exception {
		this.service.close();
		this.old.close();
		this.small.close();
		this.fresh.close();
	}

	private HttpResponse<String> post(String path, String body) throws Exception {
		return this.service.admin()
			.text("POST", path, BodyPublishers.ofString(body), "Content-Type", "application/json");
	}

	private JsonNode device(String name) throws Exception {
		return Client.json(this.service.admin().get("/v1/devices/" + name));
	}

	@Test
	void shouldBeDetachedOnceItIsReplaced() throws Exception {
		HttpResponse<String> begun = post("/v1/devices/old:replace", "{\"replacement\":\"fresh\"}");
		assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
		String operation = begun.headers().firstValue("Location").orElseThrow();
		assertThat(Client.json(begun).get("kind").asString()).isEqualTo("replace-device");
		Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
			JsonNode now = Client.json(this.service.admin().get(operation));
			assertThat(now.get("state").asString()).as(now.toString()).isEqualTo("succeeded");
			assertThat(now.get("progress").get("done").asLong()).isEqualTo(32 << 20);
		});
		assertThat(device("old").get("state").asString()).isEqualTo("draining");
		assertThat(device("old").get("capacity").get("usedBytes").asLong()).isZero();
		assertThat(device("fresh").get("capacity").get("usedBytes").asLong()).isEqualTo(32 << 20);
		assertThat(Client.json(this.acme.get(VOLUME)).get("devices").toString()).isEqualTo("[\"fresh\"]");
		assertThat(this.service.admin().delete("/v1/devices/old").statusCode()).isEqualTo(204);
		this.old.pull();
		assertThat(this.acme.get(VOLUME + "/data", "Range", "bytes=8192-8195").body()).isEqualTo("aaaa");
	}

	@Test
	void shouldBeFollowedByEvents() throws Exception {
		try (EventFeed events = EventFeed.follow(this.service.admin(), "")) {
			HttpResponse<String> begun = post("/v1/devices/old:replace", "{\"replacement\":\"fresh\"}");
			String operation = "operations/" + Client.json(begun).get("id").asString();
			List<String> seen = new ArrayList<>();
			EventFeed.Message event;
			do {
				event = events.next();
				if (event.subject().equals("devices/old")) {
					seen.add(event.event() + " " + event.resource().get("state").asString());
				}
				else if (event.subject().equals(operation) && !event.event().equals("operation-progressed")) {
					seen.add(event.event() + " " + event.resource().get("state").asString());
				}
				else if (event.subject().endsWith("volumes/v1")) {
					seen.add(event.event() + " " + event.resource().get("devices"));
				}
			}
			while (!event.event().equals("operation-finished"));
			assertThat(seen).startsWith("operation-started running")
				.contains("device-changed draining", "volume-changed [\"fresh\"]")
				.endsWith("operation-finished succeeded");
			this.service.admin().delete("/v1/devices/old");
			assertThat(events.next("devices/old").event()).isEqualTo("device-detached");
		}
	}

	@Test
	void shouldBeHealthyWhileItIsEmptied() throws Exception {
		assertThat(this.acme.delete(VOLUME).statusCode()).isEqualTo(204);
		for (String name : List.of("small", "fresh")) {
			assertThat(this.service.admin().delete("/v1/devices/" + name).statusCode()).isEqualTo(204);
		}
		assertThat(post("/v1/devices/old:drain", "").statusCode()).isEqualTo(202);
		assertThat(this.service.health()).contains("\"old\":\"draining\"").doesNotContain("DOWN");
	}

	@Test
	void shouldBeUsedAgainOnceItIsResumed() throws Exception {
		assertThat(post("/v1/devices/small:drain", "").statusCode()).isEqualTo(202);
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(this.service.admin().get("/v1/operations").body()).doesNotContain("running"));
		assertThat(device("small").get("state").asString()).isEqualTo("draining");
		assertThat(post("/v1/devices/small:resume", "").statusCode()).isEqualTo(200);
		assertThat(device("small").get("state").asString()).isEqualTo("online");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			old:replace     | {"replacement":"small"} | 507 | no-space
			old:replace     | {"replacement":"old"}   | 400 | malformed-request
			old:replace     | {"replacement":"none"}  | 404 | not-found
			old:replace     | {"replacement":"../a"}  | 400 | bad-name
			old:replace     | {}                      | 400 | malformed-request
			old:replace     | {"replacement":null}    | 400 | malformed-request
			none:replace    | {"replacement":"fresh"} | 404 | not-found
			none:drain      | {}                      | 404 | not-found
			""")
	void shouldRefuse(String action, String body, int status, String problem) throws Exception {
		HttpResponse<String> refused = post("/v1/devices/" + action, body);
		assertThat(refused.statusCode()).as(refused.body()).isEqualTo(status);
		assertThat(refused.body()).contains("\"code\":\"" + problem + "\"");
		assertThat(device("old").get("state").asString()).isEqualTo("online");
	}

}
