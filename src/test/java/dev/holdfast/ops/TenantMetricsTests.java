package dev.holdfast.ops;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class TenantMetricsTests {

	private static final String TENANT = "/v1/tenants/metered";

	@LocalServerPort
	int port;

	@Value("${local.management.port}")
	int managementPort;

	@Autowired
	DataDirectory directory;

	@Test
	void shouldCountWhatATenantHasAndDoesUntilItIsGone() throws Exception {
		Client admin = Client.withHeaderFile(this.port, this.directory.path().resolve("admin.header"));
		admin.put(TENANT, "{\"capacityBytes\":\"4MiB\",\"registeredBytes\":\"4MiB\",\"buffers\":2,\"mappings\":4}");
		Client tenant = admin.tenant("metered", "tenant");
		tenant.put(TENANT + "/volumes/v", "{\"sizeBytes\":\"1MiB\"}");
		tenant.put(TENANT + "/buffers/b", "{\"sizeBytes\":\"1MiB\"}");
		tenant.put(TENANT + "/buffers/b/mappings/v", "{}");
		assertThat(series()).contains("holdfast_registered_bytes{tenant=\"metered\"} 1048576.0",
				"holdfast_premapped_bytes{tenant=\"metered\"} 0.0",
				"holdfast_premapped_limit_bytes{tenant=\"metered\"} 0.0",
				"holdfast_quota_used_ratio{resource=\"capacity\",tenant=\"metered\"} 0.25",
				"holdfast_quota_used_ratio{resource=\"registered\",tenant=\"metered\"} 0.25",
				"holdfast_quota_used_ratio{resource=\"buffers\",tenant=\"metered\"} 0.5",
				"holdfast_quota_used_ratio{resource=\"mappings\",tenant=\"metered\"} 0.25");
		assertThat(series()).as("nothing was done yet").noneMatch((line) -> line.startsWith("holdfast_tenant_io"));
		tenant.put(TENANT + "/volumes/v/data?offset=0", new byte[8192]);
		tenant.getBytes(TENANT + "/volumes/v/data", "Range", "bytes=0-4095");
		tenant.text("POST", TENANT + "/volumes/v:io",
				BodyPublishers
					.ofString("{\"operations\":[{\"op\":\"read\",\"offset\":0,\"length\":4096,\"buffer\":\"b\"}]}"),
				"Content-Type", "application/json");
		tenant.post(TENANT + "/volumes/v:flush");
		List<String> after = series();
		assertThat(after).contains("holdfast_tenant_io_total{op=\"write\",tenant=\"metered\"} 1.0",
				"holdfast_tenant_io_bytes_total{op=\"write\",tenant=\"metered\"} 8192.0",
				"holdfast_tenant_io_total{op=\"read\",tenant=\"metered\"} 2.0",
				"holdfast_tenant_io_bytes_total{op=\"read\",tenant=\"metered\"} 8192.0",
				"holdfast_tenant_io_total{op=\"flush\",tenant=\"metered\"} 1.0");
		assertThat(after).filteredOn((line) -> line.startsWith("holdfast_tenant_io_seconds_total"))
			.hasSize(3)
			.allSatisfy((line) -> assertThat(Double.parseDouble(line.replaceAll(".* ", ""))).isBetween(0.0, 60.0));
		assertThat(after.size()).as("series of one tenant").isLessThanOrEqualTo(25);

		tenant.delete(TENANT + "/buffers/b");
		tenant.delete(TENANT + "/volumes/v");
		assertThat(admin.delete(TENANT).statusCode()).isEqualTo(204);
		assertThat(series()).isEmpty();
		admin.put(TENANT, "{}");
		assertThat(series()).as("another of that name has done nothing")
			.noneMatch((line) -> line.startsWith("holdfast_tenant_io"));
		assertThat(admin.delete(TENANT).statusCode()).isEqualTo(204);
	}

	private List<String> series() throws Exception {
		return Client.anonymous(this.managementPort)
			.get("/actuator/prometheus")
			.body()
			.lines()
			.filter((line) -> line.contains("tenant=\"metered\""))
			.collect(Collectors.toList());
	}

}
