package dev.holdfast.ops;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

class NodeConfigurationTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@CsvSource({ "127.0.0.1, false, http://127.0.0.1:80", "0.0.0.0, true, https://node-1:80",
			"::, false, http://node-1:80", "::1, true, https://[0:0:0:0:0:0:0:1]:80" })
	void shouldSayWhereTheServerListens(String address, boolean encrypted, String endpoint) throws Exception {
		assertThat(NodeConfiguration.address("node-1", encrypted, InetAddress.getByName(address), 80))
			.hasToString(endpoint);
	}

	@Test
	void shouldSayTheNameWhereTheServerListensEverywhere() {
		assertThat(NodeConfiguration.address("node-1", false, null, 80)).hasToString("http://node-1:80");
	}

	@Test
	void shouldShowOnVolumesWhoServesThem() throws Exception {
		try (StartedService service = start()) {
			JsonNode volume = volume(service, "a");
			assertThat(volume.get("node").asString())
				.isEqualTo(Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
			assertThat(volume.get("endpoint").asString()).isEqualTo("http://127.0.0.1:" + service.port());
		}
		try (StartedService service = start("holdfast.node-name=node-1", "holdfast.endpoint=https://node-1:443")) {
			JsonNode volume = volume(service, "a");
			assertThat(volume.get("node").asString()).isEqualTo("node-1");
			assertThat(volume.get("endpoint").asString()).isEqualTo("https://node-1:443");
			assertThat(Client.json(service.admin().get("/v1/tenants/acme/volumes")).get("volumes").get(0))
				.isEqualTo(volume);
		}
	}

	private StartedService start(String... more) {
		String[] properties = new String[more.length + 3];
		System.arraycopy(StartedService.device("d0", this.directory.resolve("d0.img")), 0, properties, 0, 2);
		properties[2] = "holdfast.devices[0].size=64MiB";
		System.arraycopy(more, 0, properties, 3, more.length);
		return StartedService.start(this.directory, properties);
	}

	private static JsonNode volume(StartedService service, String name) throws Exception {
		Client admin = service.admin();
		admin.put("/v1/tenants/acme", "{}");
		admin.put("/v1/tenants/acme/volumes/" + name, "{\"sizeBytes\":\"1MiB\"}");
		return Client.json(admin.get("/v1/tenants/acme/volumes/" + name));
	}

}
