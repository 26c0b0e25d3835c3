package dev.holdfast.nvme;

import java.net.http.HttpResponse;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.ops.Client;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A volume, as its tenant uses it.
 *
 * @param client the tenant
 * @param path of the volume
 */
record TenantVolume(Client client, String path) {

	/** In the middle of a block, so that blocks are read as well. */
	private static final int OFFSET = 12345;

	private static final int LENGTH = 1 << 20;

	/**
	 * Writes bytes that are durable when this returns.
	 * @param seed of the bytes
	 */
	void write(long seed) throws Exception {
		HttpResponse<String> answer = this.client.put(this.path + "/data?fua=true&offset=" + OFFSET, bytes(seed));
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
	}

	/**
	 * The same, while the drive may be away.
	 * @return completes with the answer
	 */
	CompletableFuture<Void> writeLater(long seed) {
		CompletableFuture<Void> written = new CompletableFuture<>();
		Thread.ofVirtual().start(() -> {
			try {
				write(seed);
				written.complete(null);
			}
			catch (Exception | AssertionError ex) {
				written.completeExceptionally(ex);
			}
		});
		return written;
	}

	void delete() throws Exception {
		HttpResponse<String> answer = this.client.delete(this.path);
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
	}

	/**
	 * Reads what has been written.
	 * @param seed that it was written with
	 */
	void shouldHold(long seed) throws Exception {
		HttpResponse<byte[]> answer = this.client.getBytes(this.path + "/data", "Range",
				"bytes=" + OFFSET + "-" + (OFFSET + LENGTH - 1));
		assertThat(answer.statusCode()).isEqualTo(206);
		assertThat(answer.body()).isEqualTo(bytes(seed));
	}

	private static byte[] bytes(long seed) {
		byte[] bytes = new byte[LENGTH];
		new Random(seed).nextBytes(bytes);
		return bytes;
	}

}
