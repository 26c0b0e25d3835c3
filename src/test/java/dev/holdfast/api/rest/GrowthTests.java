package dev.holdfast.api.rest;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Volumes that become larger.
 */
@ServiceTest
class GrowthTests extends Service {

	private static final String VOLUMES = "/v1/tenants/acme/volumes/";

	private static final int MEBIBYTE = 1 << 20;

	private static final int EXTENT = 4 * MEBIBYTE;

	/** Room for eight extents. */
	private static final long SIZE = 34L * MEBIBYTE;

	@TempDir
	private Path temporary;

	private ExtraDevices devices;

	@BeforeEach
	void begin() throws Exception {
		this.devices = extraDevices(this.temporary);
	}

	@AfterEach
	void detach() throws Exception {
		this.devices.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/merge-patch+json", "application/json",
			"application/merge-patch+json;charset=UTF-8" })
	void shouldGrow(String contentType) throws Exception {
		String volume = volume();
		JsonNode before = Client.json(acme().get(volume));
		byte[] bytes = random(VOLUME_BYTES);
		acme().put(volume + "/data?offset=0", bytes);
		HttpResponse<String> grown = acme().text("PATCH", volume, BodyPublishers.ofString("{\"sizeBytes\":\"6MiB\"}"),
				"Content-Type", contentType);
		assertThat(grown.statusCode()).as(grown.body()).isEqualTo(200);
		JsonNode after = Client.json(grown);
		assertThat(after.get("sizeBytes").asInt()).isEqualTo(6 * MEBIBYTE);
		assertThat(after.get("state").asString()).isEqualTo("ready");
		assertThat(after.get("uuid")).isEqualTo(before.get("uuid"));
		assertThat(acme().get(volume).body()).isEqualTo(grown.body());
		assertThat(Arrays.equals(all(volume), Arrays.copyOf(bytes, 6 * MEBIBYTE))).isTrue();
		HttpResponse<String> last = acme().put(volume + "/data?offset=" + (6 * MEBIBYTE - 1), new byte[] { 7 });
		assertThat(last.statusCode()).isEqualTo(204);
		assertProblem(acme().put(volume + "/data?offset=" + 6 * MEBIBYTE, new byte[] { 7 }), 416,
				"range-not-satisfiable");
	}

	/** A client that repeats itself asks for the size that the volume has by now. */
	@Test
	void shouldCompareLaterDeclarationsWithTheNewSize() throws Exception {
		String volume = volume();
		String before = "{\"sizeBytes\":" + VOLUME_BYTES + "}";
		assertThat(acme().put(volume, before).statusCode()).isEqualTo(200);
		assertThat(acme().patch(volume, "{\"sizeBytes\":\"8MiB\"}").statusCode()).isEqualTo(200);
		assertProblem(acme().put(volume, before), 409, "already-exists");
		assertThat(acme().put(volume, "{\"sizeBytes\":\"8MiB\"}").statusCode()).isEqualTo(200);
	}

	@Test
	void shouldLeaveAVolumeOfTheSameSizeAsItIs() throws Exception {
		String volume = volume();
		String before = acme().get(volume).body();
		HttpResponse<String> same = acme().patch(volume, "{\"sizeBytes\":\"1MiB\"}");
		assertThat(same.statusCode()).isEqualTo(200);
		assertThat(same.body()).isEqualTo(before);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{"sizeBytes":4096}                       | 422 | not-supported     | does not shrink
			{"sizeBytes":1044480}                    | 422 | not-supported     | does not shrink
			{"sizeBytes":0}                          | 400 | malformed-request | positive multiple of 4096
			{"sizeBytes":2097153}                    | 400 | malformed-request | positive multiple of 4096
			{"sizeBytes":1048577}                    | 400 | malformed-request | positive multiple of 4096
			{"sizeBytes":-1}                         | 400 | malformed-request | sizeBytes
			{"sizeBytes":"2MB"}                      | 400 | malformed-request | write MiB
			{"sizeBytes":"big"}                      | 400 | malformed-request | is not a size
			{"sizeBytes":9007199254740992}           | 400 | malformed-request | sizeBytes
			{"sizeBytes":null}                       | 400 | malformed-request | sizeBytes
			{}                                       | 400 | malformed-request | sizeBytes
			{"sizeBytes":"2MiB","layout":"striped"}  | 400 | unknown-field     | layout
			{"sizeBytes":"2MiB","name":"other"}      | 400 | unknown-field     | name
			{"blockSize":512}                        | 400 | unknown-field     | blockSize
			[]                                       | 400 | malformed-request | JSON object
			{"sizeBytes":                            | 400 | malformed-request | not JSON
			{"sizeBytes":"4TiB"}                     | 507 | no-space          | bytes
			""")
	void shouldSayWhatIsWrongWithAChange(String body, int status, String code, String detail) throws Exception {
		String volume = volume();
		String before = acme().get(volume).body();
		HttpResponse<String> refused = acme().patch(volume, body);
		assertProblem(refused, status, code);
		assertThat(Client.json(refused).get("detail").asString()).contains(detail);
		assertThat(acme().get(volume).body()).isEqualTo(before);
	}

	@Test
	void shouldRefuseOtherFormsOfBody() throws Exception {
		String volume = volume();
		HttpResponse<String> refused = acme().text("PATCH", volume, BodyPublishers.ofString("sizeBytes=2097152"),
				"Content-Type", "application/x-www-form-urlencoded");
		assertProblem(refused, 415, "unsupported-media-type");
		assertThat(header(refused, "Accept-Patch")).contains("application/merge-patch+json");
	}

	@Test
	void shouldGrowOnlyForThoseWhoMay() throws Exception {
		String volume = volume();
		String change = "{\"sizeBytes\":\"2MiB\"}";
		assertProblem(admin().tenant("acme", "reader").patch(volume, change), 403, "forbidden");
		assertProblem(admin().tenant("globex", "tenant").patch(volume, change), 404, "not-found");
		assertProblem(Client.anonymous(this.port).patch(volume, change), 401, "unauthenticated");
		assertProblem(acme().patch(VOLUMES + "no-such-volume", change), 404, "not-found");
		assertProblem(acme().patch(VOLUMES + "BAD", change), 400, "bad-name");
		assertThat(Client.json(acme().get(volume)).get("sizeBytes").asInt()).isEqualTo(VOLUME_BYTES);
		assertThat(admin().patch(volume, change).statusCode()).isEqualTo(200);
	}

	@Test
	void shouldGrowOntoOtherDevicesThatWereNamed() throws Exception {
		String first = this.devices.attach(SIZE);
		String second = this.devices.attach(SIZE);
		String volume = VOLUMES + "grows-over";
		admin().put(volume, "{\"sizeBytes\":%d,\"devices\":[\"%s\",\"%s\"]}".formatted(7 * EXTENT, first, second));
		byte[] bytes = random(7 * EXTENT);
		acme().put(volume + "/data?offset=0", bytes);
		HttpResponse<String> grown = acme().patch(volume, "{\"sizeBytes\":%d}".formatted(10 * EXTENT));
		assertThat(grown.statusCode()).as(grown.body()).isEqualTo(200);
		assertThat(Client.json(grown).get("devices")).hasToString("[\"%s\",\"%s\"]".formatted(first, second));
		assertThat(Arrays.equals(all(volume), Arrays.copyOf(bytes, 10 * EXTENT))).isTrue();
		assertProblem(acme().patch(volume, "{\"sizeBytes\":%d}".formatted(17 * EXTENT)), 507, "no-space");
		assertThat(acme().get(volume).body()).isEqualTo(grown.body());
	}

	@Test
	void shouldGrowAStripedVolume() throws Exception {
		String first = this.devices.attach(SIZE);
		String second = this.devices.attach(SIZE);
		String volume = VOLUMES + "grows-striped";
		HttpResponse<String> made = admin().put(volume,
				"{\"sizeBytes\":\"5MiB\",\"layout\":\"striped\",\"stripeBytes\":\"64KiB\",\"devices\":[\"%s\",\"%s\"]}"
					.formatted(first, second));
		assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
		byte[] bytes = random(5 * MEBIBYTE);
		acme().put(volume + "/data?offset=0", bytes);
		String before = acme().get(volume + "/extents?length=" + 5 * MEBIBYTE).body();
		HttpResponse<String> grown = acme().patch(volume, "{\"sizeBytes\":\"21MiB\"}");
		assertThat(grown.statusCode()).as(grown.body()).isEqualTo(200);
		assertThat(Client.json(grown).get("stripeBytes").asInt()).isEqualTo(64 << 10);
		assertThat(acme().get(volume + "/extents?length=" + 5 * MEBIBYTE).body()).isEqualTo(before);
		assertThat(Arrays.equals(all(volume), Arrays.copyOf(bytes, 21 * MEBIBYTE))).isTrue();
		byte[] more = random(12 * MEBIBYTE);
		acme().put(volume + "/data?offset=" + 4 * MEBIBYTE, more);
		byte[] expected = Arrays.copyOf(bytes, 21 * MEBIBYTE);
		System.arraycopy(more, 0, expected, 4 * MEBIBYTE, more.length);
		assertThat(Arrays.equals(all(volume), expected)).isTrue();
	}

}
