package dev.holdfast.ops;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import dev.holdfast.engine.LatencyHistogram;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ServiceTest
class MetricsTests {

	@LocalServerPort
	int port;

	@Value("${local.management.port}")
	int managementPort;

	@Autowired
	DataDirectory directory;

	@Test
	void shouldCountAReadOnce() throws Exception {
		Client acme = Client.withHeaderFile(this.port, this.directory.path().resolve("admin.header"))
			.tenant("acme", "tenant");
		acme.put("/v1/tenants/acme/volumes/metrics", "{\"sizeBytes\":\"1MiB\"}");
		// Other tests have left extents, and the scrub reads too.
		String before = await().until(this::scrape,
				(text) -> text.contains("holdfast_capacity_bytes{device=\"d0\",state=\"dirty\"} 0.0"));
		acme.get("/v1/tenants/acme/volumes/metrics/data", "Range", "bytes=0-4095");
		String after = scrape();
		String duration = "holdfast_io_duration_seconds_count";
		assertThat(reads(after, duration) - reads(before, duration)).isOne();
		assertThat(reads(after, "holdfast_io_bytes_total") - reads(before, "holdfast_io_bytes_total")).isEqualTo(4096);
		assertThat(reads(after, "holdfast_io_duration_seconds_sum")).isGreaterThan(0);
	}

	@Test
	void shouldHaveTheDocumentedBuckets() throws Exception {
		String text = scrape();
		long buckets = text.lines()
			.filter((line) -> line.startsWith("holdfast_io_duration_seconds_bucket{device=\"d0\",op=\"read\""))
			.count();
		assertThat(buckets).isEqualTo(LatencyHistogram.CLASSIC_BUCKETS + 1);
		assertThat(text).contains("le=\"5.0E-6\"").contains("le=\"2.62144\"").contains("le=\"+Inf\"");
	}

	@Test
	void shouldExportWhatIsDocumented() throws Exception {
		assertThat(scrape()).contains("holdfast_io_inflight{device=\"d0\"} 0.0")
			.contains("holdfast_staging_used_ratio 0.0")
			.contains("holdfast_memlock_limit_bytes ")
			.contains("holdfast_memlock_used_bytes ")
			.contains("holdfast_events_dropped_total 0.0")
			.contains("holdfast_build_info{version=")
			.contains("holdfast_ring_enters_total{ring=\"0\"}")
			.contains("holdfast_ring_submitted_total{ring=\"0\"}")
			.contains("holdfast_ring_cq_overflow_total{ring=\"0\"} 0.0")
			.contains("holdfast_device_state{device=\"d0\",state=\"online\"} 1.0")
			.contains("holdfast_device_state{device=\"d0\",state=\"absent\"} 0.0")
			.contains("holdfast_device_generation{device=\"d0\"} 1.0")
			.contains("holdfast_capacity_bytes{device=\"d0\",state=\"used\"} ");
	}

	@Test
	void shouldExportNativeHistogramsToWhoReadsThem() throws Exception {
		HttpResponse<byte[]> response = Client.anonymous(this.managementPort)
			.getBytes("/actuator/prometheus", "Accept",
					"application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Type").orElse("")).contains("protobuf");
		assertThat(new String(response.body(), StandardCharsets.ISO_8859_1)).contains("holdfast_io_duration_seconds");
	}

	@Test
	void shouldServeHealthWithoutATokenAndNothingElse() throws Exception {
		Client anyone = Client.anonymous(this.managementPort);
		for (String path : Arrays.asList("", "/liveness", "/readiness")) {
			HttpResponse<String> health = anyone.get("/actuator/health" + path);
			assertThat(health.statusCode()).isEqualTo(200);
			assertThat(health.body()).contains("\"status\":\"UP\"").doesNotContain("/tmp");
		}
		assertThat(anyone.get("/actuator/health").body()).contains("\"d0\":\"online\"").contains("\"findings\":[");
		assertThat(anyone.get("/actuator/info").statusCode()).isEqualTo(200);
		for (String path : Arrays.asList("env", "beans", "heapdump", "shutdown", "metrics", "loggers")) {
			assertThat(anyone.get("/actuator/" + path).statusCode()).as(path).isIn(401, 404);
		}
		assertThat(anyone.get("/v1/me").statusCode()).isIn(401, 404);
	}

	private String scrape() throws Exception {
		HttpResponse<String> response = Client.anonymous(this.managementPort).get("/actuator/prometheus");
		assertThat(response.statusCode()).isEqualTo(200);
		return response.body();
	}

	private static double reads(String text, String metric) {
		return text.lines()
			.filter((line) -> line.startsWith(metric + "{device=\"d0\",op=\"read\""))
			.mapToDouble((line) -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
			.sum();
	}

}
