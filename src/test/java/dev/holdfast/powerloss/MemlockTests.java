package dev.holdfast.powerloss;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;

import dev.holdfast.ops.Client;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A service that may not lock as much memory as its tenants would like.
 */
@RequiresRoot
@RequiresIoUring
@RequiresTool({ "setpriv", "prlimit" })
class MemlockTests {

	private static final long DEVICE = 64L << 20;

	private static final String BUFFERS = "/v1/tenants/acme/buffers/";

	private static final String DECLARATION = "{\"sizeBytes\":\"512KiB\",\"pages\":\"4k\"}";

	@TempDir
	private Path directory;

	/** Without the capability by which nothing limits it. */
	private ServiceProcess start(long memlock) throws Exception {
		return ServiceProcess.startBy(List.of("prlimit", "--memlock=" + memlock, "setpriv", "--bounding-set=-ipc_lock",
				"--inh-caps=-ipc_lock"), this.directory, DEVICE, List.of("d0"), "holdfast.staging=4MiB");
	}

	@Test
	void shouldRefuseWhatMayNotBeLockedAndStartWithoutIt() throws Exception {
		String token;
		try (ServiceProcess service = start(8 << 20)) {
			token = service.admin().tenant("acme", "tenant").authorization();
			Client client = service.as(token);
			int made = 0;
			HttpResponse<String> answer = client.put(BUFFERS + "b0", DECLARATION);
			while (answer.statusCode() == 201) {
				assertThat(Client.json(answer).get("tier").asString()).as(answer.body()).isEqualTo("bvec");
				made++;
				answer = client.put(BUFFERS + "b" + made, DECLARATION);
			}
			assertThat(made).isBetween(2, 7);
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(507);
			JsonNode refused = Client.json(answer);
			assertThat(refused.get("code").asString()).isEqualTo("no-space");
			assertThat(refused.get("limit").asLong()).isEqualTo(8 << 20);
			assertThat(refused.get("asked").asLong()).isEqualTo(512 << 10);
			assertThat(refused.get("inUse").asLong()).isBetween((8L << 20) - (512 << 10), 8L << 20);
			assertThat(refused.get("detail").asString()).contains("RLIMIT_MEMLOCK", "ulimit -l");
			assertThat(client.get(BUFFERS + "b" + made).statusCode()).isEqualTo(404);
			service.terminate();
			service.awaitExit();
		}
		try (ServiceProcess service = start(6 << 20)) {
			Client client = service.as(token);
			List<JsonNode> buffers = list(client);
			List<JsonNode> failed = buffers.stream().filter((buffer) -> state(buffer).equals("failed")).toList();
			List<JsonNode> ready = buffers.stream().filter((buffer) -> state(buffer).equals("ready")).toList();
			assertThat(failed).isNotEmpty();
			assertThat(ready).isNotEmpty().hasSize(buffers.size() - failed.size());
			assertThat(failed.getFirst().get("reason").asString()).contains("RLIMIT_MEMLOCK", "6MiB");
			String name = BUFFERS + failed.getFirst().get("name").asString();
			HttpResponse<String> data = client.get(name + "/data");
			assertThat(data.statusCode()).as(data.body()).isEqualTo(503);
			assertThat(client.delete(BUFFERS + ready.getFirst().get("name").asString()).statusCode()).isEqualTo(204);
			Awaitility.await()
				.untilAsserted(() -> assertThat(list(client).stream().filter((buffer) -> state(buffer).equals("ready")))
					.hasSize(ready.size()));
			service.terminate();
			service.awaitExit();
		}
	}

	@Test
	void shouldMoveBytesThroughMemoryThatMayNotBeLocked() throws Exception {
		try (ServiceProcess service = start(4 << 20)) {
			assertThat(Client.anonymous(service.managementPort()).get("/actuator/health").body())
				.contains("\"name\":\"io_uring\"", "\"notRegistered\":", "RLIMIT_MEMLOCK");
			Client client = service.as(service.admin().tenant("acme", "tenant").authorization());
			String volume = "/v1/tenants/acme/volumes/db";
			assertThat(client.put(volume, "{\"sizeBytes\":\"4MiB\"}").statusCode()).isEqualTo(201);
			assertThat(client.get(volume + "/data").statusCode()).isEqualTo(200);
			JsonNode staging = Client.json(service.admin().get("/v1/devices/d0/mappings")).get("mappings").get(0);
			assertThat(staging.get("tenant").asString()).isEqualTo("_system");
			assertThat(staging.get("tier").asString()).isEqualTo("none");
			assertThat(staging.get("reason").get("code").asString()).isEqualTo("not-registered");
			assertThat(staging.get("ios").asLong()).isPositive();
			assertThat(staging.get("fallbacks").asLong()).isZero();
			service.terminate();
			service.awaitExit();
		}
	}

	private static List<JsonNode> list(Client client) throws Exception {
		return Client.json(client.get("/v1/tenants/acme/buffers")).get("buffers").valueStream().toList();
	}

	private static String state(JsonNode buffer) {
		return buffer.get("state").asString();
	}

}
