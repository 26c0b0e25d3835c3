package dev.holdfast.nvme;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.ops.Client;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A volume on one device, as its tenant uses it.
 *
 * @param client the tenant
 * @param tenant path of the tenant
 * @param size in bytes
 */
record TenantVolume(Client client, String tenant, long size) {

	/** In the middle of a block, so that blocks are read as well. */
	private static final int OFFSET = 12345;

	private static final int LENGTH = 1 << 20;

	String path() {
		return this.tenant + "/volumes/v1";
	}

	private String buffer() {
		return this.tenant + "/buffers/b1";
	}

	/**
	 * Writes bytes, at one place, that are durable when this is answered.
	 * @param seed of the bytes
	 */
	HttpResponse<String> tryWrite(long seed) throws Exception {
		return this.client.put(path() + "/data?fua=true&offset=" + OFFSET, bytes(seed, LENGTH));
	}

	void write(long seed) throws Exception {
		HttpResponse<String> answer = tryWrite(seed);
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
	}

	/**
	 * The same, while the drive may be away.
	 * @return completes with the answer
	 */
	CompletableFuture<HttpResponse<String>> writeLater(long seed) {
		CompletableFuture<HttpResponse<String>> written = new CompletableFuture<>();
		Thread.ofVirtual().start(() -> {
			try {
				written.complete(tryWrite(seed));
			}
			catch (Exception ex) {
				written.completeExceptionally(ex);
			}
		});
		return written;
	}

	/**
	 * Reads what has been written.
	 * @param seed that it was written with
	 */
	void shouldHold(long seed) throws Exception {
		shouldHold(OFFSET, LENGTH, seed);
	}

	void shouldHold(long offset, int length, long seed) throws Exception {
		assertThat(read(path() + "/data", offset, length)).as("offset %d", offset).isEqualTo(bytes(seed, length));
	}

	/**
	 * Writes bytes and reads them again.
	 * @param offset in the volume
	 * @param seed of the bytes
	 */
	void writeAndRead(long offset, int length, long seed) throws Exception {
		byte[] bytes = bytes(seed, length);
		HttpResponse<String> answer = this.client.put(path() + "/data?offset=" + offset, bytes);
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
		shouldHold(offset, length, seed);
	}

	/**
	 * The same with the bytes in the buffer, one half of which is written and read into
	 * the other.
	 * @param offset in the volume, a multiple of its blocks
	 */
	void writeAndReadByReference(long offset, int length, long seed) throws Exception {
		byte[] bytes = bytes(seed, length);
		assertThat(this.client.put(buffer() + "/data?offset=0", bytes).statusCode()).isEqualTo(204);
		HttpResponse<String> answer = this.client.text("POST", path() + ":io", BodyPublishers.ofString(
				"{\"ordered\":true,\"operations\":[{\"op\":\"write\",%1$s,\"bufferOffset\":0},{\"op\":\"read\",%1$s,\"bufferOffset\":%2$d}]}"
					.formatted("\"buffer\":\"b1\",\"offset\":%d,\"length\":%d".formatted(offset, length), length)),
				"Content-Type", "application/json");
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		assertThat(Client.json(answer).get("results")).as(answer.body())
			.allSatisfy((result) -> assertThat(result.get("bytes").asInt()).isEqualTo(length));
		assertThat(read(buffer() + "/data", length, length)).isEqualTo(bytes);
	}

	private byte[] read(String data, long offset, int length) throws Exception {
		HttpResponse<byte[]> answer = this.client.getBytes(data, "Range",
				"bytes=" + offset + "-" + (offset + length - 1));
		assertThat(answer.statusCode()).isEqualTo(206);
		return answer.body();
	}

	HttpResponse<String> flush() throws Exception {
		return this.client.post(path() + ":flush");
	}

	/** The name of the device that it is on. */
	String device() throws Exception {
		JsonNode devices = Client.json(this.client.get(path())).get("devices");
		assertThat(devices).hasSize(1);
		return devices.get(0).asString();
	}

	/**
	 * Makes a buffer and maps it to the volume.
	 */
	void map() throws Exception {
		HttpResponse<String> made = this.client.put(buffer(), "{\"sizeBytes\":\"1MiB\",\"pages\":\"4k\"}");
		assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
		HttpResponse<String> declared = this.client.put(buffer() + "/mappings/v1", "{}");
		assertThat(declared.statusCode()).as(declared.body()).isEqualTo(201);
		awaitMapped(1);
	}

	/**
	 * Waits until the mapping is made for the drive as it is now.
	 * @param generation of the device
	 */
	void awaitMapped(int generation) {
		Awaitility.await().untilAsserted(() -> {
			JsonNode members = Client.json(this.client.get(buffer() + "/mappings/v1")).get("members");
			assertThat(members).as(members.toString()).hasSize(1);
			JsonNode member = members.get(0);
			assertThat(member.get("device").asString()).as(member.toString()).isEqualTo(device());
			assertThat(member.get("state").asString()).as(member.toString()).isEqualTo("mapped");
			assertThat(member.get("tier").asString()).as(member.toString()).isEqualTo("bvec");
			assertThat(member.get("generation").asInt()).as(member.toString()).isEqualTo(generation);
		});
	}

	private static byte[] bytes(long seed, int length) {
		byte[] bytes = new byte[length];
		new Random(seed).nextBytes(bytes);
		return bytes;
	}

}
