package dev.holdfast.api.rest;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
 * Where the bytes of a volume are.
 */
@ServiceTest
class ExtentsTests extends Service {

	private static final int STRIPE = 64 << 10;

	private static final int STRIPED_BYTES = 4 << 20;

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

	@Test
	void shouldMergeWhatIsNextToEachOther() throws Exception {
		String name = this.devices.attach(64 << 20);
		String volume = "/v1/tenants/acme/volumes/merged";
		admin().put(volume, "{\"sizeBytes\":\"20MiB\",\"devices\":[\"%s\"]}".formatted(name));
		HttpResponse<String> all = acme().get(volume + "/extents");
		assertThat(all.statusCode()).isEqualTo(200);
		JsonNode extents = Client.json(all).get("extents");
		assertThat(extents).hasSize(1);
		assertThat(extents.get(0).propertyNames()).containsExactly("offset", "device", "deviceOffset", "length");
		long start = extents.get(0).get("deviceOffset").asLong();
		assertThat(extents.get(0)).hasToString(extent(0, name, start, 20 << 20));
		assertThat(Client.json(all).has("nextPageToken")).isFalse();
		assertThat(acme().get(volume + "/extents?offset=4194303&length=2").body())
			.isEqualTo("{\"extents\":[%s]}".formatted(extent(4194303, name, start + 4194303, 2)));
		assertThat(acme().get(volume + "/extents?offset=5000").body())
			.isEqualTo("{\"extents\":[%s]}".formatted(extent(5000, name, start + 5000, (20 << 20) - 5000)));
		assertThat(acme().get(volume + "/extents?length=1").body())
			.isEqualTo("{\"extents\":[%s]}".formatted(extent(0, name, start, 1)));
	}

	@Test
	void shouldCutStripesWhereTheRangeEnds() throws Exception {
		String volume = striped();
		JsonNode extents = Client.json(acme().get(volume + "/extents?offset=65000&length=" + (STRIPE + 1000)))
			.get("extents");
		assertThat(extents.valueStream().map((extent) -> extent.get("offset").asInt())).containsExactly(65000, STRIPE,
				2 * STRIPE);
		assertThat(extents.valueStream().map((extent) -> extent.get("length").asInt())).containsExactly(536, STRIPE,
				464);
		assertThat(extents.get(0).get("device")).isNotEqualTo(extents.get(1).get("device"));
		assertThat(extents.get(0).get("device")).isEqualTo(extents.get(2).get("device"));
		assertThat(extents.get(0).get("deviceOffset").asLong() + 536)
			.isEqualTo(extents.get(2).get("deviceOffset").asLong());
	}

	@ParameterizedTest
	@CsvSource({ "1,64", "7,10", "63,2", "64,1", "1000,1" })
	void shouldAnswerInPages(int pageSize, int pages) throws Exception {
		String volume = striped();
		List<JsonNode> found = new ArrayList<>();
		String token = "";
		for (int page = 1; page <= pages; page++) {
			JsonNode answer = Client.json(acme().get(volume + "/extents?pageSize=" + pageSize + token));
			assertThat(answer.get("extents").size()).isBetween(1, pageSize);
			answer.get("extents").forEach(found::add);
			assertThat(answer.has("nextPageToken")).isEqualTo(page < pages);
			token = "&pageToken=" + answer.path("nextPageToken").asString("");
		}
		assertThat(found).hasSize(STRIPED_BYTES / STRIPE);
		for (int i = 0; i < found.size(); i++) {
			assertThat(found.get(i).get("offset").asInt()).isEqualTo(i * STRIPE);
		}
		assertThat(Client.json(acme().get(volume + "/extents")).get("extents")).containsExactlyElementsOf(found);
	}

	@Test
	void shouldKeepToTheRangeInLaterPages() throws Exception {
		String extents = striped() + "/extents?pageSize=2&offset=100&length=" + 3 * STRIPE;
		JsonNode first = Client.json(acme().get(extents));
		JsonNode second = Client.json(acme().get(extents + "&pageToken=" + first.get("nextPageToken").asString()));
		assertThat(second.get("extents").valueStream().map((extent) -> extent.get("offset").asInt()))
			.containsExactly(2 * STRIPE, 3 * STRIPE);
		assertThat(second.get("extents").get(1).get("length").asInt()).isEqualTo(100);
		assertThat(second.has("nextPageToken")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "offset=x", "offset=-1", "offset=", "offset=1.5", "offset=1&offset=2", "length=x",
			"length=-1", "length=9999999999999999999", "pageSize=x", "pageSize=0", "pageSize=1001", "pageToken=x",
			"pageToken=", "pageToken=4194304", "offset=100&pageToken=99", "pageToken=-1" })
	void shouldRefuseWhatIsNoNumberOrPage(String query) throws Exception {
		assertProblem(acme().get(striped() + "/extents?" + query), 400, "malformed-request");
	}

	@ParameterizedTest
	@ValueSource(strings = { "offset=4194304", "offset=4194303&length=2", "length=0", "length=4194305",
			"offset=999999999999999999", "offset=1&length=999999999999999999" })
	void shouldRefuseWhatIsNotInTheVolume(String query) throws Exception {
		HttpResponse<String> refused = acme().get(striped() + "/extents?" + query);
		assertProblem(refused, 416, "range-not-satisfiable");
		assertThat(Client.json(refused).get("size").asInt()).isEqualTo(STRIPED_BYTES);
	}

	@Test
	void shouldShowThemToThoseWhoMayLook() throws Exception {
		String extents = striped() + "/extents";
		String shown = acme().get(extents).body();
		assertThat(admin().get(extents).body()).isEqualTo(shown);
		assertThat(admin().tenant("acme", "reader").get(extents).body()).isEqualTo(shown);
		assertProblem(admin().tenant("globex", "tenant").get(extents), 404, "not-found");
		assertProblem(Client.anonymous(this.port).get(extents), 401, "unauthenticated");
		assertProblem(acme().get("/v1/tenants/acme/volumes/no-such-volume/extents"), 404, "not-found");
		assertProblem(acme().get("/v1/tenants/acme/volumes/BAD/extents"), 400, "bad-name");
		assertThat(shown).doesNotContain(this.temporary.toString());
	}

	private String striped() throws Exception {
		String first = this.devices.attach(16 << 20);
		String second = this.devices.attach(16 << 20);
		String volume = "/v1/tenants/acme/volumes/on-" + first;
		HttpResponse<String> made = admin().put(volume,
				"{\"sizeBytes\":%d,\"layout\":\"striped\",\"stripeBytes\":%d,\"devices\":[\"%s\",\"%s\"]}"
					.formatted(STRIPED_BYTES, STRIPE, first, second));
		assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
		return volume;
	}

	private static String extent(long offset, String device, long deviceOffset, long length) {
		return "{\"offset\":%d,\"device\":\"%s\",\"deviceOffset\":%d,\"length\":%d}".formatted(offset, device,
				deviceOffset, length);
	}

}
