package dev.holdfast.api.rest;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.engine.FakePremapping;
import dev.holdfast.ops.Client;
import dev.holdfast.ops.StartedService;
import dev.holdfast.testing.RequiresIoUring;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Mappings over HTTP where memory can be premapped, as if some kernel had that.
 */
@RequiresIoUring
class PremappingTests {

	private static final String TENANT = "/v1/tenants/acme";

	private static final String VOLUME = TENANT + "/volumes/db";

	@TempDir
	private Path directory;

	private StartedService service;

	private Client acme;

	@BeforeEach
	void start() throws Exception {
		this.service = StartedService.premapping(this.directory, "holdfast.devices[0].name=d0",
				"holdfast.devices[0].path=" + this.directory.resolve("d0.img"), "holdfast.devices[0].size=64MiB");
		this.acme = this.service.admin().tenant("acme", "tenant");
		assertThat(this.acme.put(VOLUME, "{\"sizeBytes\":\"4MiB\"}").statusCode()).isEqualTo(201);
	}

	@AfterEach
	void stop() {
		this.service.close();
	}

	private void mayPremap(String size) throws Exception {
		assertThat(this.service.admin().patch(TENANT, "{\"premappedBytes\":\"%s\"}".formatted(size)).statusCode())
			.isEqualTo(200);
	}

	private String buffer(String name) throws Exception {
		String path = TENANT + "/buffers/" + name;
		assertThat(this.acme.put(path, "{\"sizeBytes\":\"1MiB\"}").statusCode()).isEqualTo(201);
		return path;
	}

	private JsonNode read(String buffer) throws Exception {
		HttpResponse<String> answer = this.acme.text("POST", VOLUME + ":io",
				BodyPublishers
					.ofString("{\"operations\":[{\"op\":\"read\",\"offset\":0,\"length\":4096,\"buffer\":\"%s\"}]}"
						.formatted(buffer)),
				"Content-Type", "application/json");
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		return Client.json(answer).get("results").get(0);
	}

	@Test
	@DisplayName("Rule 10: who may not premap is told so, and nothing is created")
	void shouldPremapOnlyForWhoMay() throws Exception {
		String mapping = buffer("b1") + "/mappings/db";
		Service.assertProblem(this.acme.put(mapping, "{\"tier\":\"dma\"}"), 403, "premap-not-permitted");
		Service.assertProblem(this.acme.get(mapping), 404, "not-found");
		HttpResponse<String> lower = this.acme.put(mapping, "{}");
		assertThat(Client.json(lower).get("tier").asString()).isEqualTo("bvec");
		assertThat(Client.json(lower).get("reason").get("code").asString()).isEqualTo("premap-not-permitted");
		mayPremap("1MiB");
		HttpResponse<String> asked = this.acme.patch(mapping, "{\"tier\":\"dma\"}");
		assertThat(Client.json(asked).get("tier").asString()).as(asked.body()).isEqualTo("dma");
		assertThat(read("b1").get("tier").asString()).isEqualTo("dma");
	}

	@Test
	@DisplayName("Rule 2: onStale: fail gets a typed error that tells to remap")
	void shouldFailWhereThatIsWanted() throws Exception {
		mayPremap("1MiB");
		String mapping = buffer("b1") + "/mappings/db";
		CompletableFuture<Void> gate = new CompletableFuture<>();
		FakePremapping premapping = this.service.bean(FakePremapping.class);
		premapping.gate(gate);
		HttpResponse<String> pending = this.acme.put(mapping, "{\"onStale\":\"fail\"}");
		assertThat(Client.json(pending).get("state").asString()).as(pending.body()).isEqualTo("pending");
		JsonNode problem = read("b1").get("problem");
		assertThat(problem.get("code").asString()).isEqualTo("stale-mapping");
		assertThat(problem.get("status").asInt()).isEqualTo(409);
		assertThat(problem.get("detail").asString()).contains("remap");
		assertThat(this.acme.patch(mapping, "{\"onStale\":\"fallback\"}").statusCode()).isEqualTo(200);
		assertThat(read("b1").get("tier").asString()).isEqualTo("bvec");
		assertThat(this.service.metrics())
			.contains("holdfast_mapping_fallbacks_total{device=\"d0\",reason=\"pending\"} 1.0")
			.contains("holdfast_mapping_members{device=\"d0\",state=\"pending\",tier=\"\"} 1.0");
		gate.complete(null);
		premapping.gate(null);
		await().untilAsserted(() -> assertThat(read("b1").get("tier").asString()).isEqualTo("dma"));
	}

	@Test
	@DisplayName("Rule 11: a demotion is an event and a metric")
	void shouldTellAndCountADemotion() throws Exception {
		mayPremap("1MiB");
		String first = buffer("b1") + "/mappings/db";
		String second = buffer("b2") + "/mappings/db";
		try (EventFeed feed = EventFeed.follow(this.acme, "")) {
			this.acme.put(first, "{}");
			this.acme.put(second, "{}");
			EventFeed.Message demoted = feed.next((message) -> message.event().equals("mapping-demoted"));
			assertThat(demoted.subject()).isEqualTo(first.substring("/v1/".length()));
			assertThat(demoted.resource().get("tier").asString()).isEqualTo("bvec");
			assertThat(demoted.resource().get("reason").get("code").asString()).isEqualTo("demoted");
			assertThat(demoted.resource().get("members").get(0).get("device").asString()).isEqualTo("d0");
		}
		// Staging memory is mapped as well.
		assertThat(this.service.metrics())
			.contains("holdfast_mapping_demotions_total{device=\"d0\",reason=\"demoted\"} 1.0")
			.contains("holdfast_mapping_members{device=\"d0\",state=\"mapped\",tier=\"bvec\"} 1.0")
			.contains("holdfast_mapping_members{device=\"d0\",state=\"mapped\",tier=\"dma\"} 2.0")
			.contains("holdfast_mapping_seconds_count{tier=\"dma\"} 3")
			.contains("holdfast_premapped_bytes{tenant=\"acme\"} 1048576.0")
			.contains("holdfast_premapped_limit_bytes{tenant=\"acme\"} 1048576.0")
			.contains("holdfast_quota_used_ratio{resource=\"premapped\",tenant=\"acme\"} 1.0");
	}

}
