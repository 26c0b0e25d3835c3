package dev.holdfast.ops;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Devices over restarts: known again, missing, and no longer in the configuration.
 */
@ExtendWith(OutputCaptureExtension.class)
class DeviceStartTests {

	private static final long SIZE = 32L << 20;

	private static final String VOLUME = "/v1/tenants/acme/volumes/v1";

	private static final byte[] BYTES = "kept over a restart".getBytes(StandardCharsets.UTF_8);

	@TempDir
	private Path directory;

	@Test
	void shouldStartWithoutADevice(CapturedOutput output) throws Exception {
		try (StartedService service = start()) {
			assertThat(output).contains("No device yet: attach one with PUT /v1/devices/NAME");
			assertThat(service.health()).startsWith("{").contains("\"status\":\"UP\"").doesNotContain("DOWN");
			Client acme = service.admin().tenant("acme", "tenant");
			HttpResponse<String> refused = acme.put(VOLUME, "{\"sizeBytes\":\"1MiB\"}");
			assertThat(refused.statusCode()).as(refused.body()).isEqualTo(507);
			assertThat(refused.body()).contains("No device is attached: an administrator attaches one");
			assertThat(attach(service, "d1", file("d1.img")).statusCode()).isEqualTo(201);
			assertThat(acme.put(VOLUME, "{\"sizeBytes\":\"1MiB\"}").statusCode()).isEqualTo(201);
		}
	}

	@Test
	void shouldStartWithoutADeviceThatIsMissing(CapturedOutput output) throws Exception {
		Path file = file("d1.img");
		String token;
		String made;
		try (StartedService service = start()) {
			attach(service, "d1", file);
			Client acme = service.admin().tenant("acme", "tenant");
			token = acme.authorization();
			made = write(acme);
		}
		Path away = Files.move(file, this.directory.resolve("away.img"));
		try (StartedService service = start()) {
			assertThat(output).contains("Device d1 is absent: there is nothing at its path");
			assertThat(service.health()).contains("\"d1\":\"absent\"").contains("\"status\":\"DOWN\"");
			JsonNode device = Client.json(service.admin().get("/v1/devices/d1"));
			assertThat(device.propertyNames()).containsExactlyInAnyOrder("name", "uuid", "state", "reason", "path",
					"unassigned");
			assertThat(device.get("state").asString()).isEqualTo("absent");
			assertThat(device.get("reason").asString()).contains("there is nothing at its path");

			Client acme = Client.anonymous(service.port()).authorization(token);
			JsonNode volume = Client.json(acme.get(VOLUME));
			assertThat(volume.get("state").asString()).isEqualTo("unavailable");
			assertThat(volume.get("reason").asString()).isEqualTo("a device that it needs is away");
			assertThat(volume.get("devices")).hasToString("[\"d1\"]");
			assertThat(volume.get("sizeBytes").asInt()).isEqualTo(1 << 20);
			assertLost(acme.get(VOLUME + "/data"));
			assertLost(acme.put(VOLUME + "/data?offset=0", BYTES));
			assertLost(acme.get(VOLUME + "/extents"));
			assertLost(acme.post(VOLUME + ":flush"));
			for (String action : new String[] { ":zero", ":discard" }) {
				assertLost(acme.text("POST", VOLUME + action, BodyPublishers.ofString("{\"offset\":0,\"length\":1}"),
						"Content-Type", "application/json"));
			}
			HttpResponse<String> head = acme.text("HEAD", VOLUME + "/data", BodyPublishers.noBody());
			assertThat(head.statusCode()).isEqualTo(503);
			assertThat(head.headers().firstValue("Retry-After")).hasValue("1");
			assertLostBeforeTheBody(service.port(), token);
			assertLost(acme.patch(VOLUME, "{\"sizeBytes\":\"2MiB\"}"));
			assertThat(acme.put(VOLUME, "{\"sizeBytes\":\"1MiB\"}").statusCode()).isEqualTo(200);
			assertThat(acme.put(VOLUME, "{\"sizeBytes\":\"2MiB\"}").statusCode()).isEqualTo(409);
			HttpResponse<String> refused = attach(service, "d1", file);
			assertThat(refused.statusCode()).isEqualTo(409);
			assertThat(refused.body()).contains("device-not-online");
			assertThat(service.admin().delete("/v1/devices/d1").statusCode()).isEqualTo(409);

			Files.move(away, file);
			HttpResponse<String> back = attach(service, "d1", file);
			assertThat(back.statusCode()).as(back.body()).isEqualTo(200);
			assertThat(Client.json(back).get("state").asString()).isEqualTo("online");
			assertThat(service.health()).contains("\"d1\":\"online\"").doesNotContain("DOWN");
			assertThat(Client.lasting(Client.json(acme.get(VOLUME)))).isEqualTo(made);
			assertKept(acme);
		}
	}

	@Test
	void shouldTakeAMissingDeviceFromAnotherPlaceIfItIsTheSame() throws Exception {
		Path file = file("d1.img");
		try (StartedService service = start()) {
			attach(service, "d1", file);
			write(service.admin().tenant("acme", "tenant"));
		}
		Path moved = Files.move(file, this.directory.resolve("moved.img"));
		try (StartedService service = start()) {
			HttpResponse<String> other = attach(service, "d1", file("other.img"));
			assertThat(other.statusCode()).as(other.body()).isEqualTo(409);
			assertThat(other.body()).contains("another drive is at its place: one without a label");
			HttpResponse<String> back = attach(service, "d1", moved);
			assertThat(back.statusCode()).as(back.body()).isEqualTo(200);
			assertThat(Client.json(back).get("path").asString()).isEqualTo(moved.toString());
			assertKept(service.admin().tenant("acme", "tenant"));
		}
		try (StartedService service = start()) {
			assertKept(service.admin().tenant("acme", "tenant"));
		}
	}

	@Test
	void shouldKeepWhatIsNoLongerInTheConfigurationUntilItIsDetached(CapturedOutput output) throws Exception {
		Path file = file("d1.img");
		try (StartedService service = start(StartedService.device("d1", file))) {
			assertThat(attach(service, "d1", file).statusCode()).isEqualTo(200);
			write(service.admin().tenant("acme", "tenant"));
			assertThat(service.admin().delete(VOLUME).statusCode()).isEqualTo(204);
			HttpResponse<String> refused = service.admin().delete("/v1/devices/d1");
			assertThat(refused.statusCode()).isEqualTo(409);
			assertThat(refused.body()).contains("Device d1 is in the configuration: remove it there");
		}
		try (StartedService service = start()) {
			assertThat(output).contains("Device d1 is not in the configuration any more. It is attached all the same")
				.contains("DELETE /v1/devices/d1 detaches it");
			assertThat(Client.json(service.admin().get("/v1/devices/d1")).get("state").asString()).isEqualTo("online");
			HttpResponse<String> detached = service.admin().delete("/v1/devices/d1");
			assertThat(detached.statusCode()).as(detached.body()).isEqualTo(204);
		}
		try (StartedService service = start()) {
			assertThat(service.admin().get("/v1/devices/d1").statusCode()).isEqualTo(404);
		}
	}

	@Test
	void shouldStillCountAsConfiguredWhenItComesBackByTheApi() throws Exception {
		Path file = file("d1.img");
		String[] configuration = StartedService.device("d1", file);
		try (StartedService service = start(configuration)) {
			assertThat(service.health()).contains("\"d1\":\"online\"");
		}
		Path away = Files.move(file, this.directory.resolve("away.img"));
		try (StartedService service = start(configuration)) {
			assertThat(service.health()).contains("\"d1\":\"absent\"");
			Files.move(away, file);
			assertThat(attach(service, "d1", file).statusCode()).isEqualTo(200);
			HttpResponse<String> refused = service.admin().delete("/v1/devices/d1");
			assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
			assertThat(refused.body()).contains("in the configuration");
		}
		Files.delete(file);
		try (StartedService service = start()) {
			HttpResponse<String> detached = service.admin().delete("/v1/devices/d1");
			assertThat(detached.statusCode()).as(detached.body()).isEqualTo(204);
		}
	}

	@Test
	@RequiresRoot
	@RequiresTool("losetup")
	void shouldKnowADriveAgainUnderAnotherName() throws Exception {
		Path file = file("d1.img");
		Path before;
		try (LoopDevice loop = LoopDevice.attach(file)) {
			before = loop.device();
			try (StartedService service = start()) {
				assertThat(attach(service, "d1", loop.device()).statusCode()).isEqualTo(201);
				write(service.admin().tenant("acme", "tenant"));
			}
		}
		// Another drive has its old name by now.
		try (LoopDevice other = LoopDevice.create(this.directory, SIZE); LoopDevice loop = LoopDevice.attach(file)) {
			try (StartedService service = start()) {
				JsonNode device = Client.json(service.admin().get("/v1/devices/d1"));
				assertThat(device.get("state").asString()).isEqualTo("online");
				assertThat(device.get("path").asString()).isEqualTo(loop.device().toString());
				assertKept(service.admin().tenant("acme", "tenant"));
				assertThat(attach(service, "d1", before).statusCode()).isEqualTo(200);
			}
			assertThat(Arrays.equals(Files.readAllBytes(other.file()), new byte[(int) SIZE])).as("left alone").isTrue();
		}
	}

	@Test
	@RequiresRoot
	@RequiresTool("losetup")
	void shouldSayWhichMissingDeviceADriveIs() throws Exception {
		Path file = file("d1.img");
		try (LoopDevice loop = LoopDevice.attach(file); StartedService service = start()) {
			assertThat(attach(service, "d1", loop.device()).statusCode()).isEqualTo(201);
			write(service.admin().tenant("acme", "tenant"));
		}
		try (StartedService service = start()) {
			assertThat(service.health()).contains("\"d1\":\"absent\"");
			try (LoopDevice loop = LoopDevice.attach(file)) {
				JsonNode drive = discovered(service, loop.device());
				assertThat(drive.get("device").asString()).isEqualTo("d1");
				assertThat(drive.get("label"))
					.isEqualTo(Client.json(service.admin().get("/v1/devices/d1")).get("uuid"));
				HttpResponse<String> refused = attach(service, "d2", loop.device());
				assertThat(refused.statusCode()).isEqualTo(409);
				assertThat(refused.body()).contains("The drive is device d1: attach it by that name");
				assertThat(attach(service, "d1", loop.device()).statusCode()).isEqualTo(200);
				assertKept(service.admin().tenant("acme", "tenant"));
				service.close();
			}
		}
	}

	private StartedService start(String... properties) {
		return StartedService.start(this.directory.resolve("data"), properties);
	}

	private Path file(String name) throws IOException {
		Path file = this.directory.resolve(name);
		try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
			content.setLength(SIZE);
		}
		return file;
	}

	private static HttpResponse<String> attach(StartedService service, String name, Path path) throws Exception {
		return service.admin().put("/v1/devices/" + name, "{\"path\":\"%s\"}".formatted(path));
	}

	private static JsonNode discovered(StartedService service, Path path) throws Exception {
		return Client.json(service.admin().get("/v1/devices"))
			.get("discovered")
			.valueStream()
			.filter((drive) -> drive.get("path").asString().equals(path.toString()))
			.findAny()
			.orElseThrow();
	}

	private static String write(Client acme) throws Exception {
		HttpResponse<String> made = acme.put(VOLUME, "{\"sizeBytes\":\"1MiB\"}");
		assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
		assertThat(acme.put(VOLUME + "/data?offset=5000", BYTES).statusCode()).isEqualTo(204);
		return Client.lasting(Client.json(made));
	}

	private static void assertKept(Client acme) throws Exception {
		HttpResponse<byte[]> read = acme.getBytes(VOLUME + "/data", "Range",
				"bytes=5000-%d".formatted(5000 + BYTES.length - 1));
		assertThat(read.statusCode()).isEqualTo(206);
		assertThat(read.body()).isEqualTo(BYTES);
	}

	private static void assertLostBeforeTheBody(int port, String token) throws IOException {
		for (String more : new String[] { "", "Content-Digest: crc32c=:AAAAAA==:\n" }) {
			try (RawSocket socket = new RawSocket(port)) {
				socket.send(
						"PUT %s/data?offset=0 HTTP/1.1\nHost: h\nAuthorization: %s\n%sContent-Length: 5\nExpect: 100-continue\n\n"
							.formatted(VOLUME, token, more));
				assertThat(socket.head()).startsWith("HTTP/1.1 503").contains("Retry-After: 1");
			}
		}
	}

	private static void assertLost(HttpResponse<String> response) {
		assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
		assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
		JsonNode problem = Client.json(response);
		assertThat(problem.get("code").asString()).isEqualTo("device-lost");
		assertThat(problem.get("deviceState").asString()).isEqualTo("absent");
		assertThat(problem.get("retryable").asBoolean()).isTrue();
		assertThat(response.body()).doesNotContain("/tmp");
	}

}
