package dev.holdfast.api.rest;

import java.io.RandomAccessFile;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.StartedService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a tenant may have, and what it leaves behind.
 */
class QuotaTests {

	private static final int EXTENT = 4 << 20;

	private static final String ACME = "/v1/tenants/acme";

	private static final String VOLUMES = ACME + "/volumes/";

	@TempDir
	private Path directory;

	private Path drive;

	private Path data;

	private StartedService service;

	@BeforeEach
	void start() throws Exception {
		this.drive = this.directory.resolve("d.img");
		try (RandomAccessFile file = new RandomAccessFile(this.drive.toFile(), "rw")) {
			file.setLength(64L * EXTENT);
		}
		this.data = this.directory.resolve("data");
		this.service = StartedService.start(this.data);
		String device = "{\"path\":\"%s\"}".formatted(this.drive);
		assertThat(admin().put("/v1/devices/d", device).statusCode()).isEqualTo(201);
	}

	@AfterEach
	void stop() {
		this.service.close();
	}

	@Test
	void shouldHoldForCreationAndGrowth() throws Exception {
		admin().put(ACME, "{\"capacityBytes\":\"8MiB\"}");
		Client tenant = admin().tenant("acme", "tenant");
		assertThat(make(tenant, "a", 6 << 20)).isEqualTo(201);
		HttpResponse<String> refused = here(tenant).put(VOLUMES + "b", "{\"sizeBytes\":\"3MiB\"}");
		Service.assertProblem(refused, 403, "quota-exceeded");
		JsonNode problem = Client.json(refused);
		assertThat(problem.get("limit").asLong()).isEqualTo(8 << 20);
		assertThat(problem.get("used").asLong()).isEqualTo(6 << 20);
		assertThat(problem.get("requested").asLong()).isEqualTo(3 << 20);
		assertThat(problem.get("detail").asString()).contains("capacityBytes");
		Service.assertProblem(here(tenant).get(VOLUMES + "b"), 404, "not-found");
		Service.assertProblem(here(tenant).patch(VOLUMES + "a", "{\"sizeBytes\":\"9MiB\"}"), 403, "quota-exceeded");
		assertThat(here(tenant).put(VOLUMES + "a", "{\"sizeBytes\":\"6MiB\"}").statusCode()).isEqualTo(200);
		assertThat(here(tenant).patch(VOLUMES + "a", "{\"sizeBytes\":\"8MiB\"}").statusCode()).isEqualTo(200);
		assertThat(used()).isEqualTo(8 << 20);
		Service.assertProblem(here(tenant).put(VOLUMES + "b", "{\"sizeBytes\":4096}"), 403, "quota-exceeded");
		here(tenant).delete(VOLUMES + "a");
		assertThat(make(tenant, "b", 8 << 20)).isEqualTo(201);
	}

	@Test
	void shouldFollowChangesOfTheQuota() throws Exception {
		admin().put(ACME, "{\"capacityBytes\":0}");
		Client tenant = admin().tenant("acme", "tenant");
		assertThat(make(tenant, "a", 4096)).isEqualTo(403);
		admin().patch(ACME, "{\"capacityBytes\":\"4MiB\"}");
		assertThat(make(tenant, "a", EXTENT)).isEqualTo(201);
		assertThat(admin().patch(ACME, "{\"capacityBytes\":4096}").statusCode()).isEqualTo(200);
		assertThat(make(tenant, "b", 4096)).isEqualTo(403);
		assertThat(here(tenant).get(VOLUMES + "a/data", "Range", "bytes=0-9").statusCode()).isEqualTo(206);
		restart();
		assertThat(make(tenant, "b", 4096)).isEqualTo(403);
		assertThat(used()).isEqualTo(EXTENT);
		admin().patch(ACME, "{\"capacityBytes\":null}");
		assertThat(make(tenant, "b", EXTENT)).isEqualTo(201);
	}

	@Test
	void shouldNotBeOverrunByMany() throws Exception {
		admin().put(ACME, "{\"capacityBytes\":\"20MiB\"}");
		Client tenant = admin().tenant("acme", "tenant");
		List<Integer> statuses = IntStream.range(0, 24)
			.parallel()
			.mapToObj((i) -> make(tenant, "v" + i, EXTENT))
			.toList();
		assertThat(statuses).containsOnly(201, 403);
		assertThat(statuses.stream().filter((status) -> status == 201)).hasSize(5);
		assertThat(used()).isEqualTo(5 * EXTENT);
	}

	@Test
	void shouldLetInWhatComesWithADevice() throws Exception {
		admin().put(ACME, "{}");
		make(admin().tenant("acme", "tenant"), "a", 2 * EXTENT);
		this.service.close();
		this.data = this.directory.resolve("other");
		this.service = StartedService.start(this.data);
		admin().put(ACME, "{\"capacityBytes\":4096}");
		String adopt = "{\"path\":\"%s\",\"adopt\":true}".formatted(this.drive);
		assertThat(admin().put("/v1/devices/d", adopt).statusCode()).isEqualTo(201);
		Client tenant = admin().tenant("acme", "tenant");
		assertThat(Client.json(here(tenant).get(VOLUMES + "a")).get("state").asString()).isEqualTo("ready");
		assertThat(used()).isEqualTo(2 * EXTENT);
		assertThat(make(tenant, "b", 4096)).isEqualTo(403);
		Service.assertProblem(here(tenant).patch(VOLUMES + "a", "{\"sizeBytes\":\"12MiB\"}"), 403, "quota-exceeded");
		restart();
		assertThat(Client.json(here(tenant).get(VOLUMES + "a")).get("state").asString()).isEqualTo("ready");
	}

	@Test
	void shouldKeepATenantWhoseVolumesAreAway() throws Exception {
		admin().put(ACME, "{\"capacityBytes\":\"8MiB\"}");
		Client tenant = admin().tenant("acme", "tenant");
		make(tenant, "a", EXTENT);
		this.service.close();
		Path away = Files.move(this.drive, this.directory.resolve("away.img"));
		restart();
		assertThat(Client.json(here(tenant).get(VOLUMES + "a")).get("state").asString()).isEqualTo("unavailable");
		assertThat(used()).isEqualTo(EXTENT);
		Service.assertProblem(admin().delete(ACME), 409, "in-use");
		assertThat(here(tenant).delete(VOLUMES + "a").statusCode()).isEqualTo(204);
		assertThat(used()).isZero();
		Service.assertProblem(admin().delete(ACME), 409, "in-use");
		assertThat(here(tenant).get(ACME).statusCode()).isEqualTo(200);
		assertThat(admin().delete("/v1/devices/d").statusCode()).isEqualTo(204);
		assertThat(admin().delete(ACME).statusCode()).isEqualTo(204);
		Files.move(away, this.drive);
		assertThat(admin().put("/v1/devices/d", "{\"path\":\"%s\"}".formatted(this.drive)).statusCode()).isEqualTo(201);
		admin().put(ACME, "{}");
		assertThat(Client.json(admin().get(ACME + "/volumes")).get("volumes")).isEmpty();
	}

	@Test
	void shouldHoldForBuffersAndMappings() throws Exception {
		admin().put(ACME, "{\"registeredBytes\":\"1MiB\",\"buffers\":3,\"mappings\":2}");
		Client tenant = admin().tenant("acme", "tenant");
		String buffers = ACME + "/buffers/";
		assertThat(tenant.put(buffers + "a", "{\"sizeBytes\":\"512KiB\"}").statusCode()).isEqualTo(201);
		HttpResponse<String> refused = tenant.put(buffers + "b", "{\"sizeBytes\":\"1MiB\"}");
		assertQuota(refused, "registeredBytes", 1 << 20, 512 << 10, 1 << 20);
		Service.assertProblem(tenant.get(buffers + "b"), 404, "not-found");
		tenant.put(buffers + "b", "{\"sizeBytes\":4096}");
		tenant.put(buffers + "c", "{\"sizeBytes\":4096}");
		assertQuota(tenant.put(buffers + "d", "{\"sizeBytes\":4096}"), "buffers", 3, 3, 1);
		make(tenant, "v", 4096);
		make(tenant, "w", 4096);
		assertThat(tenant.put(buffers + "a/mappings/v", "{}").statusCode()).isEqualTo(201);
		String two = "{\"mappings\":[{\"buffer\":\"b\",\"volume\":\"v\"},{\"buffer\":\"c\",\"volume\":\"v\"}]}";
		assertQuota(tenant.text("POST", ACME + "/mappings:batchCreate", BodyPublishers.ofString(two), "Content-Type",
				"application/json"), "mappings", 2, 1, 2);
		assertThat(tenant.put(buffers + "a/mappings/w", "{}").statusCode()).isEqualTo(201);
		assertThat(tenant.put(buffers + "a/mappings/v", "{}").statusCode()).isEqualTo(200);
		JsonNode shown = Client.json(tenant.get(ACME));
		assertThat(shown.get("used").get("registeredBytes").asLong()).isEqualTo((512 << 10) + 8192);
		assertThat(shown.get("used").get("buffers").asInt()).isEqualTo(3);
		assertThat(shown.get("used").get("mappings").asInt()).isEqualTo(2);
		assertThat(shown.get("used").get("premappedBytes").asInt()).isZero();
		restart();
		assertQuota(here(tenant).put(buffers + "d", "{\"sizeBytes\":4096}"), "buffers", 3, 3, 1);
		assertQuota(here(tenant).put(buffers + "b/mappings/v", "{}"), "mappings", 2, 2, 1);
		assertThat(admin().patch(ACME, "{\"buffers\":4,\"mappings\":null}").statusCode()).isEqualTo(200);
		assertThat(here(tenant).put(buffers + "b/mappings/v", "{}").statusCode()).isEqualTo(201);
		assertThat(here(tenant).put(buffers + "d", "{\"sizeBytes\":4096}").statusCode()).isEqualTo(201);
		Service.assertProblem(admin().patch(ACME, "{\"buffers\":-1}"), 400, "malformed-request");
	}

	private static void assertQuota(HttpResponse<String> refused, String quota, long limit, long used, long requested) {
		Service.assertProblem(refused, 403, "quota-exceeded");
		JsonNode problem = Client.json(refused);
		assertThat(problem.get("quota").asString()).isEqualTo(quota);
		assertThat(problem.get("limit").asLong()).isEqualTo(limit);
		assertThat(problem.get("used").asLong()).isEqualTo(used);
		assertThat(problem.get("requested").asLong()).isEqualTo(requested);
		assertThat(problem.get("detail").asString()).contains(quota);
	}

	@Test
	void shouldNotLetTenantsPremapUnlessThatIsDeclared() throws Exception {
		admin().put(ACME, "{}");
		JsonNode shown = Client.json(admin().get(ACME));
		assertThat(shown.has("registeredBytes")).isFalse();
		assertThat(shown.get("premappedBytes").asLong()).isZero();
		assertThat(shown.get("buffers").asLong()).isEqualTo(1_000);
		assertThat(shown.get("mappings").asLong()).isEqualTo(10_000);
		assertThat(Client.json(admin().patch(ACME, "{\"premappedBytes\":\"1GiB\"}")).get("premappedBytes").asLong())
			.isEqualTo(1L << 30);
		restart();
		assertThat(Client.json(admin().get(ACME)).get("premappedBytes").asLong()).isEqualTo(1L << 30);
	}

	@Test
	void shouldKeepATenantThatHasBuffers() throws Exception {
		admin().put(ACME, "{}");
		Client tenant = admin().tenant("acme", "tenant");
		tenant.put(ACME + "/buffers/a", "{\"sizeBytes\":4096}");
		HttpResponse<String> refused = admin().delete(ACME);
		Service.assertProblem(refused, 409, "in-use");
		assertThat(Client.json(refused).get("buffers").asInt()).isEqualTo(1);
		assertThat(tenant.get(ACME).statusCode()).isEqualTo(200);
		tenant.delete(ACME + "/buffers/a");
		assertThat(admin().delete(ACME).statusCode()).isEqualTo(204);
	}

	private void restart() {
		this.service.close();
		this.service = StartedService.start(this.data);
	}

	private Client admin() throws Exception {
		return this.service.admin();
	}

	/** A restart changes the port, and not the token. */
	private Client here(Client tenant) {
		return Client.anonymous(this.service.port()).authorization(tenant.authorization());
	}

	private long used() throws Exception {
		return Client.json(admin().get(ACME)).get("used").get("capacityBytes").asLong();
	}

	private int make(Client tenant, String name, int size) {
		try {
			return here(tenant).put(VOLUMES + name, "{\"sizeBytes\":%d}".formatted(size)).statusCode();
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

}
