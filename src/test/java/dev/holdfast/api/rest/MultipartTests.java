package dev.holdfast.api.rest;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Several ranges in one request.
 */
@ServiceTest
class MultipartTests extends Service {

	private final byte[] content = random(VOLUME_BYTES);

	private String data;

	@BeforeEach
	void write() throws Exception {
		this.data = volume() + "/data";
		assertThat(acme().put(this.data + "?offset=0", this.content).statusCode()).isEqualTo(204);
	}

	@ParameterizedTest
	@ValueSource(strings = { "0-0,2-3", "5-6, 100-8191 ,-3", "1048575-,0-0", "100000-500000,0-99999", ",0-0,,7-9,",
			"0-9,9999999-,20-29", "0-1023,1023-2000", "0-,0-", "7-,0-0,0-,5-9,5-9,5-9,-1048576" })
	void shouldGiveThemInTheOrderThatTheyWereAskedFor(String ranges) throws Exception {
		HttpResponse<byte[]> response = acme().getBytes(this.data, "Range", "bytes=" + ranges);
		assertThat(response.statusCode()).isEqualTo(206);
		assertThat(response.headers().firstValue("Content-Range")).isEmpty();
		assertThat(header(response, "Content-Length")).isEqualTo(String.valueOf(response.body().length));
		assertThat(header(response, "Holdfast-Tier")).isIn("bvec", "none");
		String type = header(response, "Content-Type");
		assertThat(type).startsWith("multipart/byteranges; boundary=");
		assertParts(parts(response.body(), type.substring(type.indexOf('=') + 1)), ranges);
	}

	@Test
	void shouldGiveOneRangeAsOneIfNoOtherCanBeServed() throws Exception {
		HttpResponse<byte[]> response = acme().getBytes(this.data, "Range", "bytes=9999999-,5-9");
		assertThat(response.statusCode()).isEqualTo(206);
		assertThat(header(response, "Content-Range")).isEqualTo("bytes 5-9/" + VOLUME_BYTES);
		assertThat(response.body()).isEqualTo(Arrays.copyOfRange(this.content, 5, 10));
	}

	@Test
	void shouldStreamWhatIsTooLongToHold() throws Exception {
		String path = "/v1/tenants/acme/volumes/long";
		assertThat(acme().put(path, "{\"sizeBytes\":\"32MiB\"}").statusCode()).isEqualTo(201);
		byte[] all = random(32 << 20);
		assertThat(acme().put(path + "/data?offset=0", all).statusCode()).isEqualTo(204);
		HttpResponse<byte[]> response = acme().getBytes(path + "/data", "Range", "bytes=20000001-,1-20000000");
		String type = header(response, "Content-Type");
		List<Part> parts = parts(response.body(), type.substring(type.indexOf('=') + 1));
		assertThat(parts.getFirst().body).isEqualTo(Arrays.copyOfRange(all, 20000001, all.length));
		assertThat(parts.getLast().body).isEqualTo(Arrays.copyOfRange(all, 1, 20000001));
		acme().delete(path);
	}

	@Test
	void shouldServeAsManyAsTheLimitAndNoMore() throws Exception {
		Client acme = acme();
		assertThat(acme.getBytes(this.data, "Range", "bytes=" + many(64)).statusCode()).isEqualTo(206);
		for (int count : new int[] { 65, 1000 }) {
			HttpResponse<String> refused = acme.get(this.data, "Range", "bytes=" + many(count));
			assertProblem(refused, 416, "range-not-satisfiable");
			assertThat(Client.json(refused).get("limit").asInt()).isEqualTo(64);
		}
	}

	private static String many(int count) {
		return IntStream.range(0, count).mapToObj((i) -> i + "-" + i).collect(Collectors.joining(","));
	}

	private void assertParts(List<Part> parts, String ranges) {
		List<String> wanted = Arrays.stream(ranges.split(","))
			.map(String::strip)
			.filter((range) -> !range.isEmpty() && !range.startsWith("9999999"))
			.toList();
		assertThat(parts).hasSameSizeAs(wanted);
		for (int i = 0; i < parts.size(); i++) {
			String[] ends = wanted.get(i).split("-", -1);
			int first = ends[0].isEmpty() ? VOLUME_BYTES - Integer.parseInt(ends[1]) : Integer.parseInt(ends[0]);
			int last = (ends[0].isEmpty() || ends[1].isEmpty()) ? VOLUME_BYTES - 1 : Integer.parseInt(ends[1]);
			assertThat(parts.get(i).head)
				.isEqualTo("Content-Type: application/octet-stream\r\nContent-Range: bytes %d-%d/%d".formatted(first,
						last, VOLUME_BYTES));
			assertThat(parts.get(i).body).isEqualTo(Arrays.copyOfRange(this.content, first, last + 1));
		}
	}

	/**
	 * Takes a body apart as RFC 2046 says. No part holds the boundary.
	 */
	private static List<Part> parts(byte[] body, String boundary) {
		String text = new String(body, StandardCharsets.ISO_8859_1);
		String delimiter = "\r\n--" + boundary;
		assertThat(text).startsWith(delimiter).endsWith(delimiter + "--\r\n");
		List<Part> parts = new ArrayList<>();
		for (String part : text.substring(0, text.length() - delimiter.length() - 4).split(delimiter + "\r\n", -1)) {
			if (!part.isEmpty()) {
				int end = part.indexOf("\r\n\r\n");
				parts.add(new Part(part.substring(0, end),
						part.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1)));
			}
		}
		return parts;
	}

	@SuppressWarnings("ArrayRecordComponent")
	private record Part(String head, byte[] body) {

	}

}
