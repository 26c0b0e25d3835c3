package dev.holdfast.powerloss;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.ops.Client;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What was answered is on record.
 */
class AuditCrashTests {

	@TempDir
	Path directory;

	@Test
	void shouldHaveEachActionThatWasAnsweredWhenTheServiceIsKilled() throws Exception {
		List<String> answered = new ArrayList<>();
		try (ServiceProcess service = ServiceProcess.start(this.directory, 0, List.of())) {
			Client admin = service.admin();
			for (int i = 0; i < 50; i++) {
				HttpResponse<String> made = admin.put("/v1/tenants/t" + i, "{}");
				assertThat(made.statusCode()).isEqualTo(201);
				answered.add(made.headers().firstValue("X-Request-Id").orElseThrow());
			}
			service.kill();
		}
		try (Catalog catalog = Catalog.open(this.directory.resolve("data").resolve("catalog.db"))) {
			List<String> recorded = catalog.read((client) -> client
				.sql("SELECT request_id FROM audit WHERE request_id IS NOT NULL ORDER BY sequence")
				.query(String.class)
				.list());
			assertThat(recorded).isEqualTo(answered);
		}
	}

}
