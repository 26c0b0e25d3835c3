package dev.holdfast.docker;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.model.Device;
import dev.holdfast.ops.Client;
import dev.holdfast.ops.RawSocket;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The image in containers as strict as those of production.
 */
@RequiresIoUring
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ImageTests {

	private static final String VOLUME = "/v1/tenants/acme/volumes/v1";

	private static final Map<String, String> NOEXEC_TMP = Map.of("/tmp", "size=16m,noexec,nosuid,nodev");

	private static final Map<String, String> DRIVE = Map.of("HOLDFAST_DEVICES_0_NAME", "demo",
			"HOLDFAST_DEVICES_0_PATH", "/var/lib/holdfast/demo.img", "HOLDFAST_DEVICES_0_SIZE", "1GiB");

	@TempDir
	private Path directory;

	@Test
	void shouldKeepWhatWasAnsweredWhenKilledAndFinishWhatIsInFlightWhenStopped() throws Exception {
		try (HoldfastContainer service = HoldfastContainer.start(HoldfastContainer.PROFILE,
				(host) -> host.withTmpFs(NOEXEC_TMP), DRIVE)) {
			assertThat(service.log()).contains("Engine io_uring");
			assertThat(service.health()).contains("\"name\":\"io_uring\"").doesNotContain("notRegistered");
			assertThat(service.run("id", "-u").strip()).isEqualTo("10417");
			assertThat(service.run("cat", "/proc/1/status")).containsPattern("Seccomp:\\s+2")
				.containsPattern("CapEff:\\s+0{16}")
				.containsPattern("NoNewPrivs:\\s+1");
			assertThat(service.run("ls", "/tmp")).isEmpty();
			Client acme = tenant(service.admin());
			assertThat(acme.put(VOLUME + "/data?offset=0", bytes("kept")).statusCode()).isEqualTo(204);

			service.kill();
			service.startAgain();
			Client again = Client.anonymous(service.port()).authorization(acme.authorization());
			assertThat(read(again, "bytes=0-3")).isEqualTo("kept");

			try (RawSocket upload = new RawSocket(service.port())) {
				upload.send("""
						PUT %s/data?offset=4096 HTTP/1.1
						Host: h
						Expect: 100-continue
						Content-Length: 8192
						Authorization: %s

						""".formatted(VOLUME, acme.authorization()));
				assertThat(upload.head()).startsWith("HTTP/1.1 100");
				upload.send("x".repeat(5000));
				CompletableFuture<Void> stopped = CompletableFuture
					.runAsync(() -> service.stop(Duration.ofSeconds(40)));
				Awaitility.await().until(() -> again.get(VOLUME).statusCode() == 503);
				assertThat(stopped).isNotDone();
				upload.send("x".repeat(3192));
				assertThat(upload.head()).startsWith("HTTP/1.1 204");
				stopped.join();
			}
			assertThat(service.awaitExit()).isEqualTo(128 + 15);
			assertThat(service.log()).contains("Engine closed").doesNotContain("ERROR");
			int before = service.log().length();
			service.startAgain();
			assertThat(read(Client.anonymous(service.port()).authorization(acme.authorization()), "bytes=4096-12287"))
				.isEqualTo("x".repeat(8192));
			assertThat(service.log().substring(before)).contains("Engine io_uring").doesNotContain("WARN", "ERROR");
		}
	}

	@Test
	void shouldDoWithoutIoUringUnderDockersProfileAndSayWhy() throws Exception {
		// Not even a /tmp that can be written.
		try (HoldfastContainer service = HoldfastContainer.start(HoldfastContainer.DOCKERS_PROFILE, (host) -> host,
				DRIVE)) {
			assertThat(service.log()).contains("Engine psync", "io_uring is not used: a seccomp profile blocks",
					"io_uring_setup");
			assertThat(service.health()).contains("\"name\":\"psync\"", "a seccomp profile blocks");
			shouldServe(service);
		}
	}

	@Test
	void shouldDoWithLittleMemlockAndSayWhatIsNeeded() throws Exception {
		try (HoldfastContainer service = HoldfastContainer.start(HoldfastContainer.PROFILE,
				(host) -> host.withReadonlyRootfs(false).withUlimits(List.of(HoldfastContainer.memlock(64 << 10))),
				DRIVE)) {
			assertThat(service.log()).contains("RLIMIT_MEMLOCK is 65536 bytes",
					"raise it (ulimit -l, LimitMEMLOCK=) or give CAP_IPC_LOCK");
			assertThat(service.health()).contains("RLIMIT_MEMLOCK is 65536 bytes");
			shouldServe(service);
		}
	}

	@Test
	@RequiresRoot
	@RequiresTool("losetup")
	void shouldUseADriveAsAnOrdinaryUser() throws Exception {
		try (LoopDevice loop = LoopDevice.create(this.directory, 64 << 20)) {
			String drive = loop.device().toString();
			Files.setAttribute(loop.device(), "unix:gid", 6);
			Files.setPosixFilePermissions(loop.device(), PosixFilePermissions.fromString("rw-rw----"));
			try (HoldfastContainer service = HoldfastContainer.start(HoldfastContainer.PROFILE,
					(host) -> host.withTmpFs(NOEXEC_TMP)
						.withDevices(new Device("rwm", drive, drive))
						.withGroupAdd(List.of("6")),
					Map.of())) {
				assertThat(service.admin().put("/v1/devices/d0", "{\"path\":\"%s\"}".formatted(drive)).statusCode())
					.isEqualTo(201);
				shouldServe(service);
				service.stop(Duration.ofSeconds(40));
			}
		}
	}

	@Test
	void shouldBeSmallAndSayWhatItIs() {
		InspectImageResponse image = DockerClientFactory.lazyClient()
			.inspectImageCmd(HoldfastImage.built().get())
			.exec();
		System.out.printf("The image takes %d MiB.%n", image.getSize() >> 20);
		assertThat(image.getSize()).isLessThan(450L << 20);
		assertThat(image.getConfig().getUser()).isEqualTo("10417:10417");
		assertThat(image.getConfig().getLabels()).containsKeys("org.opencontainers.image.title",
				"org.opencontainers.image.version", "org.opencontainers.image.licenses");
		assertThat(image.getConfig().getVolumes()).containsKey("/var/lib/holdfast");
	}

	private static void shouldServe(HoldfastContainer service) throws Exception {
		Client acme = tenant(service.admin());
		byte[] bytes = bytes("some bytes");
		assertThat(acme.put(VOLUME + "/data?offset=1000", bytes).statusCode()).isEqualTo(204);
		assertThat(read(acme, "bytes=1000-1009")).isEqualTo("some bytes");
	}

	private static Client tenant(Client admin) throws Exception {
		Client acme = admin.tenant("acme", "tenant");
		assertThat(acme.put(VOLUME, "{\"sizeBytes\":\"16MiB\"}").statusCode()).isEqualTo(201);
		return acme;
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static String read(Client client, String range) throws Exception {
		return client.get(VOLUME + "/data", "Range", range).body();
	}

}
