package dev.holdfast.api.rest;

import java.io.RandomAccessFile;
import java.net.http.HttpResponse;
import java.nio.file.Path;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.StartedService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What tenants may have and how fast they may be is the same after a restart.
 */
class RestartedQuotaTests {

	private static final String ACME = "/v1/tenants/acme";

	private static final String DATA = ACME + "/volumes/v/data";

	private static final String BUFFER = "{\"sizeBytes\":65536,\"pages\":\"4k\"}";

	@TempDir
	private Path directory;

	private StartedService start() {
		return StartedService.start(this.directory.resolve("data"),
				StartedService.device("d0", this.directory.resolve("d0.img")));
	}

	@Test
	void shouldHoldAfterARestart() throws Exception {
		try (RandomAccessFile content = new RandomAccessFile(this.directory.resolve("d0.img").toFile(), "rw")) {
			content.setLength(64L << 20);
		}
		String authorization;
		JsonNode before;
		try (StartedService service = start()) {
			Client acme = service.admin().tenant("acme", "tenant");
			authorization = acme.authorization();
			assertThat(acme.put(ACME + "/volumes/v", "{\"sizeBytes\":\"4MiB\"}").statusCode()).isEqualTo(201);
			assertThat(acme.put(ACME + "/volumes/w", "{\"sizeBytes\":\"4MiB\"}").statusCode()).isEqualTo(201);
			assertThat(acme.put(ACME + "/buffers/b", BUFFER).statusCode()).isEqualTo(201);
			assertThat(acme.put(ACME + "/buffers/b/mappings/v", "{}").statusCode()).isEqualTo(201);
			HttpResponse<String> changed = service.admin()
				.patch(ACME, "{\"buffers\":1,\"mappings\":1,\"iops\":100,\"bytesPerSecond\":\"64KiB\"}");
			assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
			before = Client.json(changed);
		}
		try (StartedService service = start()) {
			Client acme = Client.anonymous(service.port()).authorization(authorization);
			JsonNode after = Client.json(acme.get(ACME));
			for (String quota : new String[] { "buffers", "mappings", "iops", "bytesPerSecond" }) {
				assertThat(after.get(quota)).as(quota).isEqualTo(before.get(quota));
			}
			assertThat(after.get("used").get("mappings").asInt()).isOne();
			Service.assertProblem(acme.put(ACME + "/buffers/c", BUFFER), 403, "quota-exceeded");
			Service.assertProblem(acme.put(ACME + "/buffers/b/mappings/w", "{}"), 403, "quota-exceeded");
			assertThat(acme.getBytes(DATA, "Range", "bytes=0-524287").body()).hasSize(1 << 19);
			Service.assertProblem(acme.get(DATA, "Range", "bytes=0-9"), 429, "rate-limited");
			assertThat(acme.delete(ACME + "/buffers/b/mappings/v").statusCode()).isEqualTo(204);
			assertThat(acme.put(ACME + "/buffers/b/mappings/w", "{}").statusCode()).isEqualTo(201);
		}
	}

}
