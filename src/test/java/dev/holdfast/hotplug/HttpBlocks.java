package dev.holdfast.hotplug;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;

import dev.holdfast.ops.Client;
import dev.holdfast.volume.VolumeKey;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Those of a service over HTTP, of which no answer may tell of a failure.
 */
record HttpBlocks(Client client) implements Blocks {

	@Override
	public void write(VolumeKey volume, long offset, ByteBuffer bytes, boolean fua) throws IOException {
		byte[] body = new byte[bytes.remaining()];
		bytes.get(body);
		require(204, () -> this.client.put("%s/data?offset=%d&fua=%s".formatted(path(volume), offset, fua), body));
	}

	@Override
	public void zero(VolumeKey volume, long offset, long length) throws IOException {
		String range = "{\"offset\":%d,\"length\":%d}".formatted(offset, length);
		require(204, () -> this.client.text("POST", path(volume) + ":zero", BodyPublishers.ofString(range),
				"Content-Type", "application/json"));
	}

	@Override
	public void flush(VolumeKey volume) throws IOException {
		require(204, () -> this.client.post(path(volume) + ":flush"));
	}

	@Override
	public ByteBuffer read(VolumeKey volume, long offset, int length) throws IOException {
		String range = "bytes=%d-%d".formatted(offset, offset + length - 1);
		return ByteBuffer.wrap(require(206, () -> this.client.getBytes(path(volume) + "/data", "Range", range)));
	}

	private static String path(VolumeKey volume) {
		return "/v1/tenants/%s/volumes/%s".formatted(volume.tenant(), volume.name());
	}

	private static <T> T require(int status, Request<T> request) throws IOException {
		try {
			HttpResponse<T> response = request.send();
			assertThat(response.statusCode()).as(() -> response.request().uri() + ": " + response.body())
				.isEqualTo(status);
			return response.body();
		}
		catch (IOException | RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IOException(ex);
		}
	}

	/** Waits for the answer. */
	private interface Request<T> {

		HttpResponse<T> send() throws Exception;

	}

}
