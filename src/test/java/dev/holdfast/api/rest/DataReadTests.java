package dev.holdfast.api.rest;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.Client;
import dev.holdfast.ops.ServiceTest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class DataReadTests extends Service {

	private final byte[] content = random(VOLUME_BYTES);

	private String volume;

	@BeforeEach
	void write() throws Exception {
		this.volume = volume();
		assertThat(acme().put(this.volume + "/data?offset=0", this.content).statusCode()).isEqualTo(204);
	}

	@Test
	void shouldDescribeTheVolume() throws Exception {
		HttpResponse<String> response = acme().text("HEAD", this.volume + "/data", BodyPublishers.noBody());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(header(response, "Content-Length")).isEqualTo(String.valueOf(VOLUME_BYTES));
		assertThat(header(response, "Accept-Ranges")).isEqualTo("bytes");
		assertThat(header(response, "Content-Type")).isEqualTo("application/octet-stream");
		assertThat(header(response, "Holdfast-Block-Size")).isEqualTo("4096");
		assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
		assertThat(response.headers().firstValue("ETag")).isEmpty();
		assertThat(response.headers().firstValue("Last-Modified")).isEmpty();
	}

	@Test
	void shouldIgnoreARangeOnHead() throws Exception {
		HttpResponse<String> response = acme().text("HEAD", this.volume + "/data", BodyPublishers.noBody(), "Range",
				"bytes=0-0");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(header(response, "Content-Length")).isEqualTo(String.valueOf(VOLUME_BYTES));
	}

	@Test
	void shouldGiveTheWholeVolume() throws Exception {
		HttpResponse<byte[]> response = acme().getBytes(this.volume + "/data");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEqualTo(this.content);
		assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
		assertThat(response.headers().firstValue("ETag")).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "bytes=0-0,0,1", "bytes=0-4095,0,4096", "bytes=1-4096,1,4096", "bytes=4095-4096,4095,2",
			"bytes=1048575-,1048575,1", "bytes=1000000-,1000000,48576", "bytes=-1,1048575,1",
			"bytes=-5000,1043576,5000", "bytes=-99999999,0,1048576", "bytes=1048570-99999999,1048570,6",
			"BYTES=5-6,5,2", "bytes=7-99999999999999999999999,7,1048569", "'bytes= 3-4',3,2",
			"bytes=00000000000000000000003-0004,3,2" })
	void shouldGiveAnyBytes(String range, int offset, int length) throws Exception {
		HttpResponse<byte[]> response = acme().getBytes(this.volume + "/data", "Range", range);
		assertThat(response.statusCode()).isEqualTo(206);
		assertThat(header(response, "Content-Range"))
			.isEqualTo("bytes %d-%d/%d".formatted(offset, offset + length - 1, VOLUME_BYTES));
		assertThat(header(response, "Content-Length")).isEqualTo(String.valueOf(length));
		assertThat(response.body()).isEqualTo(Arrays.copyOfRange(this.content, offset, offset + length));
	}

	@Test
	void shouldSayThatTheLastZeroBytesAreNoRange() throws Exception {
		HttpResponse<String> response = acme().get(this.volume + "/data", "Range", "bytes=-0");
		assertProblem(response, 416, "range-not-satisfiable");
		assertThat(Client.json(response).get("detail").asString()).startsWith("The last 0 bytes are no range");
	}

	@ParameterizedTest
	@ValueSource(strings = { "bytes=1048576-", "bytes=9999999-99999999", "bytes=-0", "bytes=5-4", "bytes=", "bytes=a-b",
			"bytes=-", "bytes=1", "bytes=--1", "bytes", "bytes=99999999999999999999-", "bytes=1048576-,9999999-",
			"bytes=0-0,5-4", "bytes=+0-3", "bytes=0-+3", "bytes=,", "bytes=0x1-2", "bytes=0-0;1" })
	void shouldRefuseRangesThatCannotBeServed(String range) throws Exception {
		HttpResponse<String> response = acme().get(this.volume + "/data", "Range", range);
		assertProblem(response, 416, "range-not-satisfiable");
		assertThat(header(response, "Content-Range")).isEqualTo("bytes */" + VOLUME_BYTES);
	}

	@ParameterizedTest
	@ValueSource(strings = { "pages=1-2", "x-blocks=0" })
	void shouldIgnoreUnknownUnits(String range) throws Exception {
		HttpResponse<byte[]> response = acme().getBytes(this.volume + "/data", "Range", range);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).hasSize(VOLUME_BYTES);
	}

	@Test
	void shouldSayHowItWasDone() throws Exception {
		HttpResponse<byte[]> response = acme().getBytes(this.volume + "/data", "Range", "bytes=0-4095");
		assertThat(header(response, "Holdfast-Tier")).isIn("bvec", "none");
		assertThat(header(response, "Server-Timing")).matches("queue;dur=\\d+\\.\\d+, device;dur=\\d+\\.\\d+");
	}

	@Test
	void shouldStreamWhatIsLargerThanTheInlineLimit() throws Exception {
		String path = "/v1/tenants/acme/volumes/large";
		acme().put(path, "{\"sizeBytes\":\"40MiB\"}");
		byte[] bytes = random(40 << 20);
		assertThat(acme().put(path + "/data?offset=0", bytes).statusCode()).isEqualTo(204);
		HttpResponse<byte[]> response = acme().getBytes(path + "/data");
		assertThat(response.headers().firstValue("Holdfast-Tier")).isEmpty();
		assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(40 << 20);
		assertThat(Arrays.equals(response.body(), bytes)).isTrue();
		HttpResponse<byte[]> part = acme().getBytes(path + "/data", "Range", "bytes=1000001-31000000");
		assertThat(Arrays.equals(part.body(), Arrays.copyOfRange(bytes, 1000001, 31000001))).isTrue();
	}

	@Test
	void shouldBreakTheConnectionOfAStreamWhoseVolumeGoes() throws Exception {
		String path = "/v1/tenants/acme/volumes/going";
		acme().put(path, "{\"sizeBytes\":\"200MiB\"}");
		try (RawSocket socket = new RawSocket(this.port)) {
			socket.send("GET %s/data HTTP/1.1\nHost: h\nAuthorization: %s\n\n".formatted(path, acme().authorization()));
			assertThat(socket.head()).startsWith("HTTP/1.1 200").contains("Content-Length: 209715200");
			CompletableFuture<Integer> deleted = new CompletableFuture<>();
			Thread.ofVirtual().start(() -> deleted.complete(delete(path)));
			Awaitility.await().until(() -> !acme().get(path).body().contains("\"ready\""));
			assertThat(receivedUntilItBreaks(socket)).isLessThan(200 << 20);
			assertThat(deleted.join()).isEqualTo(204);
		}
	}

	private int delete(String path) {
		try {
			return acme().text("DELETE", path, BodyPublishers.noBody()).statusCode();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static long receivedUntilItBreaks(RawSocket socket) {
		try {
			return socket.rest().length();
		}
		catch (IOException ex) {
			return 0;
		}
	}

}
