package dev.holdfast.api.rest;

import java.net.http.HttpResponse;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How fast a tenant may be, over HTTP.
 */
@ServiceTest
class RateTests extends Service {

	private static final String TENANT = "/v1/tenants/hasty";

	@Test
	void shouldHoldAndFollowChangesAtOnce() throws Exception {
		Client tenant = admin().tenant("hasty", "tenant");
		String volume = TENANT + "/volumes/v";
		assertThat(tenant.put(volume, "{\"sizeBytes\":\"4MiB\"}").statusCode()).isEqualTo(201);
		HttpResponse<String> changed = admin().patch(TENANT, "{\"iops\":100,\"bytesPerSecond\":\"64KiB\"}");
		assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
		JsonNode shown = Client.json(changed);
		assertThat(shown.get("iops").asLong()).isEqualTo(100);
		assertThat(shown.get("bytesPerSecond").asLong()).isEqualTo(64 << 10);
		// More than for a second: it passes, and the next ones pay for it.
		assertThat(tenant.getBytes(volume + "/data", "Range", "bytes=0-524287").body()).hasSize(1 << 19);
		HttpResponse<String> refused = tenant.get(volume + "/data", "Range", "bytes=0-9");
		assertProblem(refused, 429, "rate-limited");
		assertThat(Long.parseLong(header(refused, "Retry-After"))).isBetween(1L, 8L);
		assertThat(Client.json(refused).get("retryable").asBoolean()).isTrue();
		assertThat(Client.json(tenant.get(TENANT)).get("used").get("bytesPerSecond").asLong()).isPositive();
		assertProblem(tenant.put(volume + "/data?offset=0", new byte[10]), 429, "rate-limited");
		assertProblem(tenant.post(volume + ":flush"), 429, "rate-limited");
		admin().patch(TENANT, "{\"iops\":null,\"bytesPerSecond\":null}");
		assertThat(tenant.get(volume + "/data", "Range", "bytes=0-9").statusCode()).isEqualTo(206);
		assertThat(Client.json(tenant.get(TENANT)).get("used").has("iops")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"iops\":0}", "{\"iops\":-1}", "{\"iops\":2000000000}", "{\"bytesPerSecond\":1}",
			"{\"bytesPerSecond\":\"1TiB\"}", "{\"bytesPerSecond\":0}" })
	void shouldRefuseRatesThatMakeNoSense(String body) throws Exception {
		assertProblem(admin().put("/v1/tenants/odd", body), 400, "malformed-request");
		assertProblem(admin().get("/v1/tenants/odd"), 404, "not-found");
	}

}
