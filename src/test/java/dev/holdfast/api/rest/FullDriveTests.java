package dev.holdfast.api.rest;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.StartedService;
import dev.holdfast.testing.FrozenFileSystem;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A drive that has less behind it than it says, as thin ones do: writes fail from some
 * point on.
 */
@RequiresRoot
@RequiresTool({ "mkfs.ext4", "losetup", "mount" })
class FullDriveTests {

	private static final int MIB = 1 << 20;

	private static final String VOLUME = "/v1/tenants/acme/volumes/v1";

	@TempDir
	private Path directory;

	@Test
	void shouldSayHowMuchIsWrittenWhileTheClientStillSends() throws Exception {
		try (FrozenFileSystem files = FrozenFileSystem.create(this.directory, 48L * MIB)) {
			Path file = files.directory().resolve("d0.img");
			try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
				content.setLength(256L * MIB);
			}
			try (StartedService service = StartedService.start(this.directory.resolve("data"),
					StartedService.device("d0", file))) {
				Client acme = service.admin().tenant("acme", "tenant");
				assertThat(acme.put(VOLUME, "{\"sizeBytes\":\"200MiB\"}").statusCode()).isEqualTo(201);
				int written = failingWrite(service.port(), acme);
				byte[] read = acme.getBytes(VOLUME + "/data", "Range", "bytes=0-" + (written - 1)).body();
				assertThat(new String(read, StandardCharsets.US_ASCII)).isEqualTo("x".repeat(written));
			}
		}
	}

	private static int failingWrite(int port, Client acme) throws Exception {
		try (RawSocket socket = new RawSocket(port)) {
			socket.send("PUT %s/data?offset=0 HTTP/1.1\nHost: h\nAuthorization: %s\nContent-Length: %d\n\n"
				.formatted(VOLUME, acme.authorization(), 200 * MIB));
			String piece = "x".repeat(MIB);
			CompletableFuture<Integer> sender = CompletableFuture.supplyAsync(() -> {
				int sent = 0;
				try {
					for (; sent < 200; sent++) {
						socket.send(piece);
					}
				}
				catch (IOException ex) {
					// The service does not take all of it.
				}
				return sent;
			});
			String head = socket.head();
			assertThat(head).startsWith("HTTP/1.1 500").contains("application/problem+json");
			int length = Integer.parseInt(head.replaceAll("(?s).*Content-Length: (\\d+).*", "$1"));
			JsonNode problem = JsonMapper.shared().readTree(socket.read(length));
			assertThat(problem.get("code").asString()).isEqualTo("io-error");
			assertThat(problem.get("errno").asString()).isEqualTo("ENOSPC");
			int written = problem.get("bytesWritten").asInt();
			assertThat(written).isBetween(20 * MIB, 48 * MIB);
			assertThat(written % 4096).isZero();
			assertThat(sender.join()).as("MiB that were sent").isLessThan(200);
			return written;
		}
	}

}
