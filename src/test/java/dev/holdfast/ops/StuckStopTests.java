package dev.holdfast.ops;

import java.io.RandomAccessFile;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.holdfast.powerloss.ServiceProcess;
import dev.holdfast.testing.FrozenFileSystem;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A stop while a drive hangs.
 */
@RequiresRoot
@RequiresTool({ "mkfs.ext4", "losetup", "fsfreeze", "mount" })
class StuckStopTests {

	@TempDir
	private Path directory;

	/**
	 * Nobody waits for what it has, beyond the limit and the ten seconds that operators
	 * give.
	 */
	@Test
	void shouldNotWaitForTheDrive() throws Exception {
		try (FrozenFileSystem files = FrozenFileSystem.create(this.directory, 128L << 20)) {
			Path file = files.directory().resolve("d0.img");
			try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
				content.setLength(64L << 20);
			}
			try (ServiceProcess service = ServiceProcess.start(this.directory, 0, List.of(),
					"holdfast.devices[0].name=d0", "holdfast.devices[0].path=" + file, "holdfast.io-deadline=1s",
					"holdfast.drain-limit=1s")) {
				Client acme = service.admin().tenant("acme", "tenant");
				assertThat(acme.put("/v1/tenants/acme/volumes/v1", "{\"sizeBytes\":\"32MiB\"}").statusCode())
					.isEqualTo(201);
				files.freeze();
				HttpResponse<String> late = acme.put("/v1/tenants/acme/volumes/v1/data?offset=0", new byte[8192]);
				assertThat(late.statusCode()).isEqualTo(504);
				service.terminate();
				Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> service.log().contains("Engine closed"));
				assertThat(service.log()).contains("1 operations on device d0 did not end");
				// The kernel keeps what is left of the process until its I/O ends.
				files.thaw();
				Awaitility.await().until(() -> !service.isAlive());
			}
		}
	}

}
