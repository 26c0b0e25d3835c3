package dev.holdfast.api.rest;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.ServiceTest;
import dev.holdfast.testing.RequiresRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Huge pages of 2 MiB, of which the machine has a few for as long as a test runs.
 */
@ServiceTest
@RequiresRoot
class HugePageTests extends Service {

	private static final Path RESERVED = Path.of("/proc/sys/vm/nr_hugepages");

	private static final Path FREE = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages");

	private static final String BUFFER = "/v1/tenants/acme/buffers/huge";

	private long before;

	@BeforeEach
	void read() throws IOException {
		this.before = number(RESERVED);
	}

	@AfterEach
	void restore() throws Exception {
		acme().delete(BUFFER);
		reserve(this.before);
	}

	private static long number(Path file) throws IOException {
		return Long.parseLong(Files.readString(file).strip());
	}

	private static void reserve(long pages) throws IOException {
		Files.writeString(RESERVED, Long.toString(pages));
	}

	@Test
	void shouldMakeABufferOfHugePages() throws Exception {
		reserve(this.before + 4);
		long free = number(FREE);
		JsonNode buffer = declare("{\"sizeBytes\":\"4MiB\",\"pages\":\"2m\"}");
		assertThat(buffer.get("pages").asString()).isEqualTo("2m");
		assertThat(buffer.has("pagesReason")).isFalse();
		assertThat(buffer.get("tier").asString()).isEqualTo("bvec");
		assertThat(number(FREE)).isEqualTo(free - 2);
		assertThat(acme().put(BUFFER + "/data?offset=0", random(4 << 20)).statusCode()).isEqualTo(204);
		assertThat(acme().getBytes(BUFFER + "/data").body()).isEqualTo(random(4 << 20));
		assertThat(acme().delete(BUFFER).statusCode()).isEqualTo(204);
		assertThat(number(FREE)).isEqualTo(free);
		JsonNode again = declare("{\"sizeBytes\":\"4MiB\"}");
		assertThat(again.get("pages").asString()).as("auto takes them if they are there").isEqualTo("2m");
		assertThat(acme().getBytes(BUFFER + "/data").body()).as("zeroed").isEqualTo(new byte[4 << 20]);
	}

	@Test
	void shouldDoWithoutAndSayWhy() throws Exception {
		reserve(0);
		JsonNode buffer = declare("{\"sizeBytes\":\"2MiB\",\"pages\":\"2m\"}");
		assertThat(buffer.get("declared").get("pages").asString()).isEqualTo("2m");
		assertThat(buffer.get("pages").asString()).isEqualTo("4k");
		assertThat(buffer.get("pagesReason").asString()).startsWith("pages of 2m: ").contains("nr_hugepages");
		assertThat(buffer.get("tier").asString()).isEqualTo("bvec");
		JsonNode small = declare(BUFFER + "-small", "{\"sizeBytes\":\"2MiB\",\"pages\":\"4k\"}");
		assertThat(small.has("pagesReason")).isFalse();
		acme().delete(BUFFER + "-small");
	}

	private JsonNode declare(String json) throws Exception {
		return declare(BUFFER, json);
	}

	private JsonNode declare(String path, String json) throws Exception {
		HttpResponse<String> made = acme().put(path, json);
		assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
		return Client.json(made);
	}

}
