package dev.holdfast.api.rest;

import java.io.RandomAccessFile;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.ServiceTest;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Volumes over several devices.
 */
@ServiceTest
class VolumeLayoutTests extends Service {

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
	@CsvSource({ "4096", "65536", "4194304" })
	void shouldStripeOverTheDevicesThatAreNamed(int stripe) throws Exception {
		Map<String, Path> files = new HashMap<>();
		for (int i = 0; i < 3; i++) {
			Path file = this.devices.file(SIZE);
			files.put(this.devices.attach(file), file);
		}
		List<String> names = files.keySet().stream().sorted(Comparator.reverseOrder()).toList();
		String volume = VOLUMES + "striped-" + stripe;
		int size = 6 * EXTENT;
		HttpResponse<String> made = admin().put(volume,
				"{\"sizeBytes\":%d,\"layout\":\"striped\",\"stripeBytes\":%d,\"devices\":[\"%s\"]}".formatted(size,
						stripe, String.join("\",\"", names)));
		assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
		JsonNode shown = Client.json(made);
		assertThat(shown.propertyNames()).containsExactlyInAnyOrder("name", "uuid", "sizeBytes", "blockSize", "layout",
				"stripeBytes", "state", "devices", "node", "endpoint");
		assertThat(shown.get("layout").asString()).isEqualTo("striped");
		assertThat(shown.get("stripeBytes").asInt()).isEqualTo(stripe);
		assertThat(strings(shown.get("devices"))).isEqualTo(names);

		byte[] bytes = random(size);
		put(volume, 0, bytes);
		byte[] later = Arrays.copyOf(random(3 * stripe + 1), 3 * stripe + 1);
		put(volume, stripe - 1, later);
		System.arraycopy(later, 0, bytes, stripe - 1, later.length);
		assertThat(Arrays.equals(all(volume), bytes)).isTrue();

		JsonNode extents = Client
			.json(acme().get(volume + "/extents?pageSize=1000&length=" + Math.min(size, 999L * stripe)))
			.get("extents");
		assertThat(extents).hasSize(Math.min(size / stripe, 999));
		for (int i = 0; i < extents.size(); i++) {
			JsonNode extent = extents.get(i);
			assertThat(extent.get("device").asString()).isEqualTo(names.get(i % names.size()));
			assertThat(extent.get("offset").asInt()).isEqualTo(i * stripe);
			assertThat(extent.get("length").asInt()).isEqualTo(stripe);
			byte[] onDevice = read(files.get(extent.get("device").asString()), extent.get("deviceOffset").asLong(),
					stripe);
			assertThat(Arrays.equals(onDevice, Arrays.copyOfRange(bytes, i * stripe, (i + 1) * stripe)))
				.as("stripe %d", i)
				.isTrue();
		}
	}

	@Test
	void shouldStripeByItself() throws Exception {
		String first = this.devices.attach(SIZE);
		String second = this.devices.attach(SIZE);
		String volume = VOLUMES + "striped";
		String declaration = "{\"sizeBytes\":\"8MiB\",\"layout\":\"striped\"}";
		HttpResponse<String> made = acme().put(volume, declaration);
		assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
		JsonNode shown = Client.json(made);
		assertThat(shown.get("stripeBytes").asInt()).isEqualTo(256 << 10);
		assertThat(strings(shown.get("devices"))).containsExactlyInAnyOrder("d0", first, second);
		assertThat(acme().get(volume).body()).isEqualTo(made.body());
		HttpResponse<String> again = acme().put(volume, declaration);
		assertThat(again.statusCode()).isEqualTo(200);
		assertThat(again.body()).isEqualTo(made.body());
	}

	/** What is compared is what was asked for, and not what came of it. */
	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{"sizeBytes":8388608,"layout":"striped","devices":["A","B"]}                      | 200
			{"devices":["A","B"],"layout":"striped","sizeBytes":"8MiB"}                       | 200
			{"sizeBytes":"8MiB","layout":"striped","devices":["B","A"]}                       | 409
			{"sizeBytes":"8MiB","layout":"striped"}                                           | 409
			{"sizeBytes":"8MiB","layout":"striped","stripeBytes":262144,"devices":["A","B"]}  | 409
			{"sizeBytes":"8MiB","layout":"striped","blockSize":4096,"devices":["A","B"]}      | 409
			{"sizeBytes":"8MiB","layout":"linear","devices":["A","B"]}                        | 409
			{"sizeBytes":"12MiB","layout":"striped","devices":["A","B"]}                      | 409
			""")
	void shouldCompareDeclarations(String declaration, int status) throws Exception {
		String first = this.devices.attach(SIZE);
		String second = this.devices.attach(SIZE);
		String volume = VOLUMES + "declared";
		HttpResponse<String> made = admin().put(volume,
				"{\"sizeBytes\":\"8MiB\",\"layout\":\"striped\",\"devices\":[\"%s\",\"%s\"]}".formatted(first, second));
		assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
		HttpResponse<String> again = admin().put(volume,
				declaration.replace("\"A\"", "\"" + first + "\"").replace("\"B\"", "\"" + second + "\""));
		assertThat(again.statusCode()).as(again.body()).isEqualTo(status);
		if (status == 409) {
			assertProblem(again, 409, "already-exists");
			assertThat(detail(again))
				.contains("asked for otherwise: sizeBytes 8388608, layout striped, devices %s and %s".formatted(first,
						second));
		}
		assertThat(acme().get(volume).body()).isEqualTo(made.body());
	}

	@Test
	void shouldGoOnWithTheNextDeviceWhenOneIsFull() throws Exception {
		List<String> names = List.of(this.devices.attach(SIZE), this.devices.attach(SIZE));
		String volume = VOLUMES + "spanning";
		int size = 11 * EXTENT;
		HttpResponse<String> made = admin().put(volume,
				"{\"sizeBytes\":%d,\"devices\":[\"%s\",\"%s\"]}".formatted(size, names.get(0), names.get(1)));
		assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
		assertThat(Client.json(made).get("layout").asString()).isEqualTo("linear");
		assertThat(strings(Client.json(made).get("devices"))).isEqualTo(names);
		JsonNode extents = Client.json(acme().get(volume + "/extents")).get("extents");
		assertThat(extents).hasSize(2);
		int seam = extents.get(0).get("length").asInt();
		assertThat(seam).isEqualTo(8 * EXTENT);
		assertThat(extents.get(1).get("offset").asInt()).isEqualTo(seam);
		assertThat(extents.get(1).get("length").asInt()).isEqualTo(3 * EXTENT);
		byte[] bytes = random(MEBIBYTE);
		put(volume, seam - 300_001, bytes);
		byte[] read = acme()
			.getBytes(volume + "/data", "Range", "bytes=%d-%d".formatted(seam - 300_001, seam - 300_001 + MEBIBYTE - 1))
			.body();
		assertThat(read).isEqualTo(bytes);
	}

	@Test
	void shouldLetOnlyAdministratorsNameDevices() throws Exception {
		String name = this.devices.attach(SIZE);
		String declaration = "{\"sizeBytes\":\"4MiB\",\"devices\":[\"%s\"]}".formatted(name);
		HttpResponse<String> refused = acme().put(VOLUMES + "named", declaration);
		assertProblem(refused, 403, "forbidden");
		assertThat(detail(refused)).contains("Only an administrator");
		assertProblem(acme().put(VOLUMES + "named", "{\"sizeBytes\":\"4MiB\",\"devices\":[]}"), 403, "forbidden");
		assertProblem(acme().get(VOLUMES + "named"), 404, "not-found");
		HttpResponse<String> made = admin().put(VOLUMES + "named", declaration);
		assertThat(made.statusCode()).isEqualTo(201);
		assertThat(strings(Client.json(made).get("devices"))).containsExactly(name);
		assertThat(acme().get(VOLUMES + "named").body()).isEqualTo(made.body());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					"layout":"mirrored"                                | 400 | malformed-request | layout is linear or striped
					"layout":"STRIPED"                                 | 400 | malformed-request | layout is linear or striped
					"layout":""                                        | 400 | malformed-request | layout is linear or striped
					"layout":["striped"]                               | 400 | malformed-request | 'layout' has a value of the wrong
					"stripeBytes":65536                                | 400 | malformed-request | for the layout striped
					"layout":"linear","stripeBytes":65536              | 400 | malformed-request | for the layout striped
					"layout":"striped","stripeBytes":0                 | 400 | malformed-request | power of two from 4 KiB to 4 MiB
					"layout":"striped","stripeBytes":2048              | 400 | malformed-request | power of two from 4 KiB to 4 MiB
					"layout":"striped","stripeBytes":12288             | 400 | malformed-request | power of two from 4 KiB to 4 MiB
					"layout":"striped","stripeBytes":"8MiB"            | 400 | malformed-request | power of two from 4 KiB to 4 MiB
					"layout":"striped","stripeBytes":"4GiB"            | 400 | malformed-request | power of two from 4 KiB to 4 MiB
					"layout":"striped","stripeBytes":"64KB"            | 400 | malformed-request | write KiB
					"layout":"striped","stripeBytes":-4096             | 400 | malformed-request | stripeBytes
					"devices":["A","A"]                                | 400 | malformed-request | devices names one twice
					"devices":[null]                                   | 400 | malformed-request | devices are names
					"devices":"A"                                      | 400 | malformed-request | 'devices' has a value of the wrong
					"devices":["nosuch"]                               | 409 | device-not-online | There is no device nosuch
					"layout":"striped","devices":["A"]                 | 422 | not-supported     | needs at least two devices
					"sizeBytes":"64MiB","devices":["A"]                | 507 | no-space          | 67108864 bytes
					"sizeBytes":"1GiB","layout":"striped","devices":["A","d0"] | 507 | no-space  | 1073741824 bytes
					"blockSize":512,"devices":["A"]                    | 422 | not-supported     | blockSize 512 is not supported
					"blockSize":512                                    | 422 | not-supported     | blockSize 512 is not supported
					"blockSize":1024                                   | 400 | malformed-request | blockSize must be 512 or 4096
					"colour":"red"                                     | 400 | unknown-field     | colour
					""")
	void shouldSayWhatIsWrongWithADeclaration(String members, int status, String code, String detail) throws Exception {
		String name = this.devices.attach(SIZE);
		String size = members.contains("sizeBytes") ? "" : "\"sizeBytes\":\"4MiB\",";
		HttpResponse<String> refused = admin().put(VOLUMES + "wrong",
				"{" + size + members.replace("\"A\"", "\"" + name + "\"") + "}");
		assertProblem(refused, status, code);
		assertThat(detail(refused)).contains(detail);
		assertProblem(admin().get(VOLUMES + "wrong"), 404, "not-found");
		JsonNode capacity = this.devices.get(name).get("capacity");
		assertThat(capacity.get("freeBytes")).isEqualTo(capacity.get("totalBytes"));
	}

	@Test
	@RequiresRoot
	@RequiresTool("losetup")
	void shouldHaveSmallBlocksWhereTheDeviceHas() throws Exception {
		try (LoopDevice loop = LoopDevice.create(this.temporary, SIZE)) {
			String name = this.devices.attach(loop.device());
			String volume = VOLUMES + "small-blocks";
			HttpResponse<String> made = admin().put(volume,
					"{\"sizeBytes\":1024512,\"blockSize\":512,\"devices\":[\"%s\"]}".formatted(name));
			assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
			assertThat(Client.json(made).get("blockSize").asInt()).isEqualTo(512);
			assertThat(header(acme().get(volume + "/data"), "Holdfast-Block-Size")).isEqualTo("512");
			byte[] bytes = random(2000);
			put(volume, 1024512 - 2000, bytes);
			assertThat(Arrays.copyOfRange(all(volume), 1024512 - 2000, 1024512)).isEqualTo(bytes);
			assertProblem(admin().put(VOLUMES + "odd", "{\"sizeBytes\":1024512,\"devices\":[\"%s\"]}".formatted(name)),
					400, "malformed-request");
			this.devices.close();
		}
	}

	@Test
	void shouldGiveBackAllOfADeletedVolumeAndShowNobodyWhatWasInIt() throws Exception {
		List<String> names = List.of(this.devices.attach(SIZE), this.devices.attach(SIZE));
		String declaration = "{\"sizeBytes\":%d,\"layout\":\"striped\",\"devices\":[\"%s\",\"%s\"]}"
			.formatted(16 * EXTENT, names.get(0), names.get(1));
		String volume = VOLUMES + "deleted";
		assertThat(admin().put(volume, declaration).statusCode()).isEqualTo(201);
		for (int extent = 0; extent < 16; extent++) {
			put(volume, (long) extent * EXTENT, random(EXTENT));
		}
		for (String name : names) {
			JsonNode capacity = this.devices.get(name).get("capacity");
			assertThat(capacity.get("usedBytes").asLong()).isEqualTo(8L * EXTENT);
		}
		assertThat(acme().delete(volume).statusCode()).isEqualTo(204);
		assertProblem(acme().get(volume), 404, "not-found");
		assertProblem(acme().get(volume + "/data"), 404, "not-found");
		assertProblem(acme().get(volume + "/extents"), 404, "not-found");
		assertProblem(acme().delete(volume), 404, "not-found");
		for (String name : names) {
			assertThat(this.devices.get(name).get("capacity").get("usedBytes").asLong()).isZero();
		}
		HttpResponse<String> next = admin().put(VOLUMES + "next", declaration);
		assertThat(next.statusCode()).as(next.body()).isEqualTo(201);
		assertThat(Arrays.equals(all(VOLUMES + "next"), new byte[16 * EXTENT])).isTrue();
	}

	@Test
	void shouldNeverGiveTwoVolumesTheSamePlace() throws Exception {
		List<String> names = List.of(this.devices.attach(SIZE), this.devices.attach(SIZE));
		Set<String> places = new HashSet<>();
		for (int i = 0; i < 8; i++) {
			String volume = VOLUMES + "place-" + i;
			String layout = (i % 2 == 0) ? "linear" : "striped";
			HttpResponse<String> made = admin().put(volume,
					"{\"sizeBytes\":\"4MiB\",\"layout\":\"%s\",\"devices\":[\"%s\",\"%s\"]}".formatted(layout,
							names.get(0), names.get(1)));
			assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
			for (JsonNode extent : Client.json(acme().get(volume + "/extents?pageSize=1000")).get("extents")) {
				long from = extent.get("deviceOffset").asLong();
				IntStream.range(0, extent.get("length").asInt() / 4096)
					.forEach((block) -> assertThat(places.add(extent.get("device") + "@" + (from + block * 4096L)))
						.isTrue());
			}
		}
		assertThat(places).hasSize(8 * 1024);
	}

	private void put(String volume, long offset, byte[] bytes) throws Exception {
		HttpResponse<String> written = acme().put(volume + "/data?fua=true&offset=" + offset, bytes);
		assertThat(written.statusCode()).as(written.body()).isEqualTo(204);
	}

	private static byte[] read(Path file, long offset, int length) throws Exception {
		try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "r")) {
			byte[] bytes = new byte[length];
			content.seek(offset);
			content.readFully(bytes);
			return bytes;
		}
	}

	private static List<String> strings(JsonNode array) {
		return array.valueStream().map(JsonNode::asString).toList();
	}

	private static String detail(HttpResponse<String> problem) {
		return Client.json(problem).get("detail").asString();
	}

}
