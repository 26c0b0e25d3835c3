package dev.holdfast.api.rest;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.DataDirectory;
import org.assertj.core.api.Assertions;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * What the tests of the HTTP face have in common: clients with each role, and volumes.
 */
abstract class Service {

	static final int VOLUME_BYTES = 1 << 20;

	private static final AtomicInteger NAMES = new AtomicInteger();

	private static Client knownTenant;

	@LocalServerPort
	int port;

	@Value("${local.management.port}")
	int managementPort;

	@Autowired
	DataDirectory directory;

	final Client admin() throws Exception {
		return Client.withHeaderFile(this.port, this.directory.path().resolve("admin.header"));
	}

	final synchronized Client acme() throws Exception {
		synchronized (NAMES) {
			if (knownTenant == null) {
				knownTenant = admin().tenant("acme", "tenant");
			}
			return knownTenant;
		}
	}

	/**
	 * For devices that a test attaches, with acme there to use them.
	 */
	final ExtraDevices extraDevices(Path files) throws Exception {
		acme();
		return new ExtraDevices(admin(), files);
	}

	/**
	 * The path of a new volume of acme.
	 */
	final String volume() throws Exception {
		String path = "/v1/tenants/acme/volumes/v" + NAMES.incrementAndGet();
		HttpResponse<String> made = acme().put(path, "{\"sizeBytes\":" + VOLUME_BYTES + "}");
		Assertions.assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
		return path;
	}

	final byte[] all(String volume) throws Exception {
		return acme().getBytes(volume + "/data").body();
	}

	static byte[] random(int length) {
		byte[] bytes = new byte[length];
		new Random(length).nextBytes(bytes);
		return bytes;
	}

	static void assertProblem(HttpResponse<String> response, int status, String code) {
		Assertions.assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		Assertions.assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		JsonNode problem = Client.json(response);
		Assertions.assertThat(problem.get("code").asString()).isEqualTo(code);
		Assertions.assertThat(problem.get("type").asString()).isEqualTo("/problems/" + code);
		Assertions.assertThat(problem.get("status").asInt()).isEqualTo(status);
		Assertions.assertThat(problem.get("title").asString()).isNotBlank();
		Assertions.assertThat(problem.get("detail").asString()).isNotBlank();
		Assertions.assertThat(response.headers().firstValue("X-Request-Id"))
			.hasValue(problem.get("requestId").asString());
		Assertions.assertThat(response.body()).doesNotContain("Exception", "dev.holdfast", "/tmp");
	}

	static String header(HttpResponse<?> response, String name) {
		return response.headers().firstValue(name).orElse("");
	}

}
