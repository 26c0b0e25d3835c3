package dev.holdfast.tools;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.StartedService;
import dev.holdfast.testing.RequiresTool;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A drive is away for a while. What the service says then makes curl wait and try again.
 */
@RequiresTool("curl")
class RetryTests {

	private static final String CURL = "curl --fail-with-body -sS -v --retry 60 -H @token.header ";

	private static final String VOLUME = "/v1/tenants/acme/volumes/v1";

	@TempDir
	private Path here;

	@Test
	void shouldWorkOnceTheDriveIsBack() throws Exception {
		byte[] content = new byte[1 << 20];
		new Random(1).nextBytes(content);
		Path drive = this.here.resolve("drive");
		Files.write(drive, new byte[32 << 20]);
		String token;
		try (StartedService service = StartedService.start(this.here.resolve("data"))) {
			assertThat(attach(service, drive)).isEqualTo(201);
			Client acme = service.admin().tenant("acme", "tenant");
			token = acme.authorization();
			assertThat(acme.put(VOLUME, "{\"sizeBytes\":\"1MiB\"}").statusCode()).isEqualTo(201);
			assertThat(acme.put(VOLUME + "/data?offset=0", content).statusCode()).isEqualTo(204);
		}
		Files.writeString(this.here.resolve("token.header"), "Authorization: " + token + "\n");
		Files.write(this.here.resolve("file"), Arrays.copyOf(content, 100_000));
		Path away = Files.move(drive, this.here.resolve("away"));
		try (StartedService service = StartedService.start(this.here.resolve("data"))) {
			Shell shell = new Shell(this.here, token).with("data",
					"http://127.0.0.1:" + service.port() + VOLUME + "/data");
			try (Shell.Running read = shell.start(CURL + "-r 5- -o part $data");
					Shell.Running write = shell.start(CURL + "-T file \"$data?offset=500000\"")) {
				for (Shell.Running each : new Shell.Running[] { read, write }) {
					Awaitility.await()
						.untilAsserted(() -> assertThat(each.err()).containsSubsequence("< HTTP/1.1 503",
								"< Retry-After: 1", "< HTTP/1.1 503"));
				}
				Files.move(away, drive);
				assertThat(attach(service, drive)).isEqualTo(200);
				assertEnds(read, "< HTTP/1.1 206");
				assertEnds(write, "< HTTP/1.1 204");
			}
			assertThat(Files.readAllBytes(this.here.resolve("part"))).hasSize(content.length - 5)
				.startsWith(Arrays.copyOfRange(content, 5, 500_000))
				.endsWith(Arrays.copyOfRange(content, 600_000, content.length));
			System.arraycopy(content, 0, content, 500_000, 100_000);
			assertThat(Client.anonymous(service.port()).authorization(token).getBytes(VOLUME + "/data").body())
				.isEqualTo(content);
		}
	}

	private static void assertEnds(Shell.Running curl, String status) throws Exception {
		assertThat(curl.process().waitFor(30, TimeUnit.SECONDS)).as(curl::soFar).isTrue();
		assertThat(curl.process().exitValue()).as(curl.soFar()).isZero();
		assertThat(curl.err()).contains(status);
	}

	private static int attach(StartedService service, Path drive) throws Exception {
		return service.admin().put("/v1/devices/d1", "{\"path\":\"%s\"}".formatted(drive)).statusCode();
	}

}
