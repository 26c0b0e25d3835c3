package dev.holdfast.api.rest;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32C;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code Content-Digest} and {@code Want-Content-Digest} of RFC 9530.
 */
@ServiceTest
class DigestTests extends Service {

	private static final int LIMIT = 8 << 20;

	private String volume;

	private String data;

	@BeforeEach
	void make() throws Exception {
		this.volume = volume();
		this.data = this.volume + "/data";
	}

	@Test
	void shouldKnowTheExamplesOfTheStandards() {
		ByteBuffer digits = ByteBuffer.wrap("123456789".getBytes(StandardCharsets.US_ASCII));
		assertThat(DigestAlgorithm.CRC32C.of(java.util.List.of(digits))).as("RFC 3720, big-endian")
			.containsExactly(0xe3, 0x06, 0x92, 0x83);
		ByteBuffer hello = ByteBuffer.wrap("{\"hello\": \"world\"}\n".getBytes(StandardCharsets.US_ASCII));
		assertThat(ContentDigest.header(DigestAlgorithm.SHA_256, DigestAlgorithm.SHA_256.of(java.util.List.of(hello))))
			.as("RFC 9530, appendix B.1")
			.isEqualTo("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:");
	}

	@ParameterizedTest
	@CsvSource({ "0,1", "5,4096", "4096,300000", "0,1048576", "7,0" })
	void shouldWriteABodyThatHasItsDigest(int offset, int length) throws Exception {
		byte[] bytes = random(length);
		for (String digest : new String[] { sha256(bytes), crc32c(bytes), sha256(bytes) + ", " + crc32c(bytes),
				"md5=:AAAA:, " + crc32c(bytes) + ";some=parameter" }) {
			assertThat(acme().put(this.data + "?offset=" + offset, bytes, "Content-Digest", digest).statusCode())
				.isEqualTo(204);
			assertThat(acme()
				.text("PUT", this.data + "?offset=" + offset,
						BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)), "Content-Digest", digest)
				.statusCode()).as("chunked").isEqualTo(204);
			assertHolds(offset, bytes);
		}
	}

	@Test
	void shouldSayHowItWasDoneAndTakeAnEmptyFieldForNone() throws Exception {
		byte[] bytes = random(4096);
		HttpResponse<String> response = acme().put(this.data + "?offset=0&fua=true", bytes, "Content-Digest",
				sha256(bytes));
		assertThat(header(response, "Holdfast-Tier")).isIn("bvec", "none");
		String answer = RawSocket.exchange(this.port, request("Content-Length: 5\nContent-Digest:") + "hello");
		assertThat(answer).startsWith("HTTP/1.1 204");
	}

	@Test
	void shouldWriteNothingOfABodyThatHasAnotherDigest() throws Exception {
		byte[] sent = random(500_000);
		byte[] damaged = sent.clone();
		damaged[499_999] ^= 1;
		for (String digest : new String[] { sha256(sent), crc32c(sent), sha256(damaged) + ", " + crc32c(sent) }) {
			HttpResponse<String> response = acme().put(this.data + "?offset=0", damaged, "Content-Digest", digest);
			assertProblem(response, 400, "digest-mismatch");
			assertThat(Client.json(response).get("found").asString()).isIn(sha256(damaged), crc32c(damaged));
		}
		assertUntouched();
	}

	@ParameterizedTest
	@ValueSource(strings = { "sha-256", "sha-256=1", "sha-256=:AAAA:", "crc32c=:AAAAAAA=:", "crc32c=AAAAAA==",
			"sha-256=\"AAAA\"", "crc32c=(:AAAAAA==:)", "SHA-256=:AAAA:", "sha-256=:!:", ",", "crc32c=:AAAAAA==:,",
			"crc32c=:AAAAAA==:; ; x" })
	void shouldRefuseDigestsThatAreNone(String digest) throws Exception {
		assertProblem(acme().put(this.data + "?offset=0", random(10), "Content-Digest", digest), 400,
				"malformed-request");
		assertUntouched();
	}

	@Test
	void shouldRefuseWhatItCannotVerify() throws Exception {
		HttpResponse<String> unknown = acme().put(this.data + "?offset=0", random(10), "Content-Digest",
				"md5=:AAAA:, sha-512=:AAAA:");
		assertProblem(unknown, 422, "not-supported");
		assertThat(header(unknown, "Want-Content-Digest")).isEqualTo("sha-256=10, crc32c=5");
		for (String header : new String[] { "Repr-Digest", "Digest", "Content-MD5" }) {
			assertProblem(acme().put(this.data + "?offset=0", random(10), header, sha256(random(10))), 422,
					"not-supported");
		}
		String trailer = RawSocket.exchange(this.port, request("Transfer-Encoding: chunked\nTrailer: X, Content-Digest")
				+ "5\nhello\n0\nContent-Digest: crc32c=:AAAAAA==:\n\n");
		assertThat(trailer).startsWith("HTTP/1.1 422").contains("\"code\":\"not-supported\"");
		assertUntouched();
	}

	@Test
	void shouldVerifyUpToTheInlineLimitAndRefuseMore() throws Exception {
		String large = large();
		byte[] most = random(LIMIT);
		assertThat(acme().put(large + "?offset=1", most, "Content-Digest", crc32c(most)).statusCode()).isEqualTo(204);
		assertThat(acme()
			.text("PUT", large + "?offset=0", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(most)),
					"Content-Digest", crc32c(most))
			.statusCode()).isEqualTo(204);
		byte[] more = random(LIMIT + 1);
		HttpResponse<String> refused = acme().text("PUT", large + "?offset=0",
				BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(more)), "Content-Digest", crc32c(more));
		assertProblem(refused, 413, "too-large");
		assertThat(Client.json(refused).get("limit").asLong()).isEqualTo(LIMIT);
		try (RawSocket socket = new RawSocket(this.port)) {
			socket
				.send("PUT %s?offset=0 HTTP/1.1\nHost: h\nAuthorization: %s\n".formatted(large, acme().authorization())
						+ "Content-Length: %d\nContent-Digest: %s\nExpect: 100-continue\n\n".formatted(LIMIT + 1,
								crc32c(more)));
			assertThat(socket.head()).as("before the body").startsWith("HTTP/1.1 413");
		}
		assertThat(Arrays.equals(acme().getBytes(large, "Range", "bytes=0-" + (LIMIT - 1)).body(), most)).isTrue();
	}

	@Test
	void shouldWriteNothingOfABodyOfAnotherLength() throws Exception {
		String cut = RawSocket.exchange(this.port,
				request("Content-Length: 8192\nContent-Digest: crc32c=:AAAAAA==:") + "x".repeat(8191));
		assertThat(cut).startsWith("HTTP/1.1 400").contains("\"code\":\"length-mismatch\"");
		for (String body : new String[] { "5\nhello\n0\n\n", "3\nhel\n0\n\n", "4\nhel" }) {
			String other = RawSocket.exchange(this.port,
					request("Content-Range: bytes 0-3/*\nTransfer-Encoding: chunked\nContent-Digest: crc32c=:AAAAAA==:")
						.replace("?offset=0", "") + body);
			assertThat(other).startsWith("HTTP/1.1 400").contains("\"code\":\"length-mismatch\"");
		}
		byte[] bytes = random(20);
		HttpResponse<String> outside = acme().text("PUT", this.data + "?offset=" + (VOLUME_BYTES - 10),
				BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)), "Content-Digest", crc32c(bytes));
		assertProblem(outside, 416, "range-not-satisfiable");
		assertUntouched();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			sha-256=1              | sha-256
			crc32c=1, sha-256=1    | sha-256
			crc32c=10, sha-256=9   | crc32c
			crc32c=3, md5=10       | crc32c
			sha-256=0, crc32c=1    | crc32c
			sha-256=11, crc32c=1   | crc32c
			sha-256=1.5, crc32c=1  | crc32c
			""")
	void shouldGiveTheDigestThatIsWanted(String wanted, String algorithm) throws Exception {
		byte[] bytes = random(VOLUME_BYTES);
		acme().put(this.data + "?offset=0", bytes);
		for (String range : new String[] { "bytes=0-", "bytes=5-5004", "bytes=0-0,10-19,-1", "none" }) {
			HttpResponse<byte[]> response = acme().getBytes(this.data, "Range", range.equals("none") ? "x=1" : range,
					"Want-Content-Digest", wanted);
			assertThat(header(response, "Content-Digest")).as(range)
				.isEqualTo(algorithm.equals("crc32c") ? crc32c(response.body()) : sha256(response.body()));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "sha-256=0", "md5=10", "sha-256", "sha-256=:AAAA:", "SHA-256=1", "=", "sha-256=-1" })
	void shouldTakeNothingElseForAWish(String wanted) throws Exception {
		HttpResponse<byte[]> response = acme().getBytes(this.data, "Want-Content-Digest", wanted);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Digest")).isEmpty();
	}

	@Test
	void shouldIgnoreTheWishAboveTheInlineLimitAndOnHead() throws Exception {
		HttpResponse<byte[]> response = acme().getBytes(large(), "Want-Content-Digest", "crc32c=1");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Digest")).isEmpty();
		assertThat(acme().text("HEAD", this.data, BodyPublishers.noBody(), "Want-Content-Digest", "crc32c=1")
			.headers()
			.firstValue("Content-Digest")).isEmpty();
	}

	private String large() throws Exception {
		String path = this.volume + "-large";
		assertThat(acme().put(path, "{\"sizeBytes\":\"12MiB\"}").statusCode()).isEqualTo(201);
		return path + "/data";
	}

	private String request(String headers) throws Exception {
		return "PUT %s?offset=0 HTTP/1.1\nHost: h\nAuthorization: %s\n%s\n\n".formatted(this.data,
				acme().authorization(), headers);
	}

	private void assertHolds(int offset, byte[] bytes) throws Exception {
		byte[] all = all(this.volume);
		assertThat(Arrays.equals(all, offset, offset + bytes.length, bytes, 0, bytes.length)).isTrue();
	}

	private void assertUntouched() throws Exception {
		assertThat(Arrays.equals(all(this.volume), new byte[VOLUME_BYTES])).isTrue();
	}

	private static String sha256(byte[] bytes) throws Exception {
		return "sha-256=:%s:"
			.formatted(Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes)));
	}

	private static String crc32c(byte[] bytes) {
		CRC32C checksum = new CRC32C();
		checksum.update(bytes);
		byte[] value = ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array();
		return "crc32c=:%s:".formatted(Base64.getEncoder().encodeToString(value));
	}

}
