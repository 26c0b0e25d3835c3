package dev.holdfast.api.rest;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A device that fails: a file that is cut under the service. As with a drive that is
 * pulled, reads behind its end make no progress.
 */
@ServiceTest
class DeviceFailureTests extends Service {

	private static final long DEVICE = 256L << 20;

	private static final long SIZE = 128L << 20;

	@TempDir
	private Path files;

	private ExtraDevices devices;

	private Path file;

	private String volume;

	private String data;

	@BeforeEach
	void attach() throws Exception {
		this.devices = extraDevices(this.files);
		this.file = this.devices.file(DEVICE);
		String device = this.devices.attach(this.file);
		this.volume = "/v1/tenants/acme/volumes/on-" + device;
		this.data = this.volume + "/data";
		HttpResponse<String> made = admin().put(this.volume,
				"{\"sizeBytes\":%d,\"devices\":[\"%s\"]}".formatted(SIZE, device));
		assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
	}

	@AfterEach
	void detach() throws Exception {
		cut(DEVICE);
		this.devices.close();
	}

	@Test
	void shouldSayWhatTheDeviceSaid() throws Exception {
		cut(SIZE / 2);
		String last = "bytes=" + (SIZE - 5000) + "-";
		for (String range : new String[] { last, "bytes=0-0," + (SIZE - 1) + "-" }) {
			HttpResponse<String> read = acme().get(this.data, "Range", range);
			assertProblem(read, 500, "io-error");
			assertThat(Client.json(read).get("errno").asString()).isEqualTo("EIO");
			assertThat(read.headers().firstValue("Content-Range")).isEmpty();
			assertThat(read.headers().firstValue("Accept-Ranges")).isEmpty();
			assertThat(read.body()).doesNotContain(this.file.toString(), "extra-");
		}
		HttpResponse<String> write = acme().put(this.data + "?offset=" + (SIZE - 5), new byte[5]);
		assertProblem(write, 500, "io-error");
		assertThat(Client.json(write).get("errno").asString()).isEqualTo("EIO");
		assertThat(Client.json(write).get("bytesWritten").asLong()).isZero();
		assertThat(acme().getBytes(this.data, "Range", "bytes=0-9").statusCode()).as("the rest is there")
			.isEqualTo(206);
		assertThat(acme().text("HEAD", this.data, BodyPublishers.noBody()).statusCode()).isEqualTo(200);
	}

	/**
	 * Even if all that was written of it so far can still be undone, what is streamed has
	 * no head yet when the first piece fails.
	 */
	@Test
	void shouldSayItIfTheFirstPieceOfAStreamFails() throws Exception {
		cut(SIZE / 2);
		HttpResponse<String> read = acme().get(this.data, "Range", "bytes=" + (SIZE - (20 << 20)) + "-");
		assertProblem(read, 500, "io-error");
		assertThat(read.headers().firstValue("Content-Range")).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			x=1                                  | HTTP/1.1 200 | Content-Length: 134217728
			bytes=1-                             | HTTP/1.1 206 | Content-Range: bytes 1-134217727/134217728
			bytes=0-99999999,5-6,100000000-      | HTTP/1.1 206 | multipart/byteranges
			""")
	void shouldResetTheConnectionOfAStream(String range, String status, String header) throws Exception {
		try (RawSocket socket = new RawSocket(this.port)) {
			socket.send("GET %s HTTP/1.1\nHost: h\nAuthorization: %s\nRange: %s\n\n".formatted(this.data,
					acme().authorization(), range));
			assertThat(socket.head()).startsWith(status).contains(header);
			cut(SIZE / 4);
			assertThatExceptionOfType(IOException.class).isThrownBy(socket::rest).withMessageContaining("reset");
		}
	}

	private void cut(long size) throws IOException {
		try (RandomAccessFile access = new RandomAccessFile(this.file.toFile(), "rw")) {
			access.setLength(size);
		}
	}

}
