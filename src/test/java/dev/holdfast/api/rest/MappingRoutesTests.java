package dev.holdfast.api.rest;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.buffer.BufferKey;
import dev.holdfast.buffer.Buffers;
import dev.holdfast.mapping.Mappings;
import dev.holdfast.mapping.Route;
import dev.holdfast.ops.Client;
import dev.holdfast.ops.ServiceTest;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.Volumes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Mappings over HTTP.
 */
@ServiceTest
class MappingRoutesTests extends Service {

	private static final String TENANT = "/v1/tenants/acme";

	private static final String BATCH = TENANT + "/mappings:batchCreate";

	private static final AtomicInteger NAMES = new AtomicInteger();

	@Autowired
	Mappings mappings;

	@Autowired
	Buffers buffers;

	@Autowired
	Volumes volumes;

	private String buffer;

	private String volume;

	private String mapping;

	@BeforeEach
	void make() throws Exception {
		this.buffer = buffer();
		this.volume = name(volume());
		this.mapping = this.buffer + "/mappings/" + this.volume;
	}

	private String buffer() throws Exception {
		String path = TENANT + "/buffers/m" + NAMES.incrementAndGet();
		assertThat(acme().put(path, "{\"sizeBytes\":8192}").statusCode()).isEqualTo(201);
		return path;
	}

	private static String name(String path) {
		return path.substring(path.lastIndexOf('/') + 1);
	}

	@Test
	void shouldMapAndSayHow() throws Exception {
		HttpResponse<String> made = acme().text("PUT", this.mapping, BodyPublishers.noBody());
		assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
		JsonNode shown = Client.json(made);
		assertThat(shown.get("buffer").asString()).isEqualTo(name(this.buffer));
		assertThat(shown.get("volume").asString()).isEqualTo(this.volume);
		assertThat(shown.get("declared").toString()).isEqualTo("{\"tier\":\"auto\",\"onStale\":\"fallback\"}");
		assertThat(shown.get("state").asString()).isEqualTo("mapped");
		assertThat(shown.get("tier").asString()).isEqualTo("bvec");
		assertThat(shown.get("reason").get("code").asString()).isEqualTo("not-supported");
		JsonNode member = shown.get("members").get(0);
		assertThat(member.get("device").asString()).isEqualTo("d0");
		assertThat(member.get("generation").asLong()).isPositive();
		assertThat(member.get("state").asString()).isEqualTo("mapped");
		assertThat(member.has("mappedAt")).isTrue();
		assertThat(member.get("ios").asLong()).isZero();
		assertThat(acme().get(this.mapping).body()).isEqualTo(made.body());
		assertThat(admin().tenant("acme", "reader").get(this.mapping).statusCode()).isEqualTo(200);
		assertThat(Client.json(acme().get(this.buffer + "/mappings")).get("mappings").get(0)).isEqualTo(shown);
		assertThat(acme().delete(this.mapping).statusCode()).isEqualTo(204);
		assertProblem(acme().get(this.mapping), 404, "not-found");
		assertProblem(acme().delete(this.mapping), 404, "not-found");
	}

	@Test
	@DisplayName("Rule 8: the same again is nothing new, another way is a conflict")
	void shouldRefuseAnotherWay() throws Exception {
		assertThat(acme().put(this.mapping, "{\"tier\":\"bvec\"}").statusCode()).isEqualTo(201);
		assertThat(acme().put(this.mapping, "{\"tier\":\"bvec\",\"onStale\":\"fallback\"}").statusCode())
			.isEqualTo(200);
		assertProblem(acme().put(this.mapping, "{}"), 409, "already-mapped");
		assertProblem(acme().put(this.mapping, "{\"tier\":\"bvec\",\"onStale\":\"fail\"}"), 409, "already-mapped");
		assertThat(declared()).isEqualTo("{\"tier\":\"bvec\",\"onStale\":\"fallback\"}");
	}

	private String declared() throws Exception {
		return Client.json(acme().get(this.mapping)).get("declared").toString();
	}

	@Test
	void shouldChangeWhatIsAskedFor() throws Exception {
		assertProblem(acme().patch(this.mapping, "{\"tier\":\"none\"}"), 404, "not-found");
		String tag = header(acme().put(this.mapping, "{\"onStale\":\"fail\"}"), "ETag");
		HttpResponse<String> changed = acme().patch(this.mapping, "{\"tier\":\"none\"}");
		assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
		assertThat(Client.json(changed).get("tier").asString()).isEqualTo("none");
		assertThat(declared()).isEqualTo("{\"tier\":\"none\",\"onStale\":\"fail\"}");
		assertProblem(conditional("PATCH", "{\"tier\":\"bvec\"}", tag), 412, "precondition-failed");
		assertProblem(conditional("PUT", "{\"tier\":\"bvec\"}", tag), 412, "precondition-failed");
		assertProblem(conditional("DELETE", "", tag), 412, "precondition-failed");
		String now = header(acme().get(this.mapping), "ETag");
		assertThat(conditional("PUT", "{\"tier\":\"bvec\"}", now).statusCode()).isEqualTo(200);
		assertThat(declared()).isEqualTo("{\"tier\":\"bvec\",\"onStale\":\"fallback\"}");
		assertThat(acme().patch(this.mapping, "{\"tier\":null}").statusCode()).isEqualTo(200);
		assertThat(declared()).isEqualTo("{\"tier\":\"auto\",\"onStale\":\"fallback\"}");
		assertThat(acme().patch(this.mapping, "{}").statusCode()).isEqualTo(200);
		assertProblem(acme().patch(this.mapping, "{\"tier\":\"best\"}"), 400, "malformed-request");
		assertProblem(acme().patch(this.mapping, "{\"colour\":\"red\"}"), 400, "unknown-field");
	}

	private HttpResponse<String> conditional(String method, String json, String tag) throws Exception {
		return acme().text(method, this.mapping, BodyPublishers.ofString(json), "Content-Type", "application/json",
				"If-Match", tag);
	}

	@Test
	@DisplayName("Rule 10: dma that cannot be had is refused, and nothing is created")
	void shouldRefuseWhatCannotBeHad() throws Exception {
		assertProblem(acme().put(this.mapping, "{\"tier\":\"dma\"}"), 422, "not-supported");
		assertProblem(acme().get(this.mapping), 404, "not-found");
		acme().put(this.mapping, "{}");
		assertProblem(acme().patch(this.mapping, "{\"tier\":\"dma\"}"), 422, "not-supported");
		assertThat(declared()).isEqualTo("{\"tier\":\"auto\",\"onStale\":\"fallback\"}");
	}

	@Test
	void shouldRemap() throws Exception {
		assertProblem(acme().post(this.mapping + ":remap"), 404, "not-found");
		acme().put(this.mapping, "{}");
		HttpResponse<String> remapped = acme().post(this.mapping + ":remap");
		assertThat(remapped.statusCode()).as(remapped.body()).isEqualTo(200);
		assertThat(Client.json(remapped).get("state").asString()).isEqualTo("mapped");
		assertProblem(admin().tenant("acme", "reader").post(this.mapping + ":remap"), 403, "forbidden");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			{"tier":"DMA"}          | malformed-request
			{"tier":"best"}         | malformed-request
			{"tier":1}              | malformed-request
			{"onStale":"panic"}     | malformed-request
			{"colour":"red"}        | unknown-field
			[]                      | malformed-request
			""")
	void shouldRefuseAWrongDeclaration(String body, String code) throws Exception {
		assertProblem(acme().put(this.mapping, body), 400, code);
		assertProblem(acme().get(this.mapping), 404, "not-found");
	}

	@Test
	void shouldBeNobodyElses() throws Exception {
		acme().put(this.mapping, "{}");
		Client other = admin().tenant("globex", "tenant");
		other.put("/v1/tenants/globex/buffers/b", "{\"sizeBytes\":4096}");
		String others = "/v1/tenants/globex/buffers/b/mappings/";
		HttpResponse<String> foreign = other.put(others + this.volume, "{}");
		assertProblem(foreign, 404, "not-found");
		HttpResponse<String> absent = other.put(others + "absent", "{}");
		assertThat(Client.json(foreign).get("detail").asString().replace(this.volume, "absent"))
			.isEqualTo(Client.json(absent).get("detail").asString());
		assertProblem(other.get(this.mapping), 404, "not-found");
		assertProblem(acme().put(TENANT + "/buffers/absent/mappings/" + this.volume, "{}"), 404, "not-found");
		assertProblem(acme().put(this.buffer + "/mappings/absent", "{}"), 404, "not-found");
		assertProblem(acme().put(this.buffer + "/mappings/A", "{}"), 400, "bad-name");
		for (String method : new String[] { "GET", "PUT", "PATCH", "DELETE" }) {
			assertProblem(admin().text(method, this.mapping, BodyPublishers.ofString("{}"), "Content-Type",
					"application/json"), 403, "forbidden");
		}
		assertProblem(admin().post(this.mapping + ":remap"), 403, "forbidden");
		assertProblem(admin().tenant("acme", "reader").put(this.mapping, "{}"), 403, "forbidden");
	}

	@Test
	@DisplayName("Rule 7: several are mapped, or none")
	void shouldMapAllOrNone() throws Exception {
		String second = name(volume());
		String other = buffer();
		String good = entry(this.buffer, this.volume, "auto") + "," + entry(other, second, "none");
		assertProblem(batch(good + "," + entry(this.buffer, second, "dma")), 422, "not-supported");
		HttpResponse<String> absent = batch(good + "," + entry(this.buffer, "absent", "auto"));
		assertProblem(absent, 404, "not-found");
		assertThat(Client.json(absent).get("index").asInt()).isEqualTo(2);
		assertProblem(batch(good + "," + entry(this.buffer, this.volume, "none")), 409, "already-mapped");
		assertProblem(batch(good + ",null"), 400, "malformed-request");
		assertProblem(batch(good + ",{}"), 400, "malformed-request");
		assertProblem(batch(""), 400, "malformed-request");
		assertProblem(post("{}"), 400, "malformed-request");
		assertProblem(batch((good + ",").repeat(513) + good), 413, "too-large");
		assertProblem(acme().get(this.mapping), 404, "not-found");
		assertProblem(acme().get(other + "/mappings/" + second), 404, "not-found");
		HttpResponse<String> made = batch(good);
		assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
		assertThat(Client.json(made).get("mappings")).hasSize(2);
		assertThat(Client.json(made).get("mappings").get(1).get("tier").asString()).isEqualTo("none");
		assertThat(batch(good).statusCode()).isEqualTo(200);
		assertThat(acme().get(this.mapping).statusCode()).isEqualTo(200);
		assertProblem(
				admin().tenant("acme", "reader")
					.text("POST", BATCH, BodyPublishers.ofString("{}"), "Content-Type", "application/json"),
				403, "forbidden");
	}

	private static String entry(String buffer, String volume, String tier) {
		return "{\"buffer\":\"%s\",\"volume\":\"%s\",\"tier\":\"%s\"}".formatted(name(buffer), volume, tier);
	}

	private HttpResponse<String> batch(String entries) throws Exception {
		return post("{\"mappings\":[" + entries + "]}");
	}

	private HttpResponse<String> post(String json) throws Exception {
		return acme().text("POST", BATCH, BodyPublishers.ofString(json), "Content-Type", "application/json");
	}

	@Test
	void shouldEndWithItsBufferOrItsVolume() throws Exception {
		acme().put(this.mapping, "{}");
		acme().delete(TENANT + "/volumes/" + this.volume);
		assertThat(Client.json(acme().get(this.buffer + "/mappings")).get("mappings")).isEmpty();
		acme().put(TENANT + "/volumes/" + this.volume, "{\"sizeBytes\":\"1MiB\"}");
		assertProblem(acme().get(this.mapping), 404, "not-found");
		acme().put(this.mapping, "{}");
		acme().delete(this.buffer);
		acme().put(this.buffer, "{\"sizeBytes\":8192}");
		assertProblem(acme().get(this.mapping), 404, "not-found");
	}

	@Test
	@DisplayName("Rule 9: a mapping in use is unmapping until that ends, and an operation says when")
	void shouldAnswerWithAnOperationWhileItIsInUse() throws Exception {
		acme().put(this.mapping, "{}");
		String operation;
		try (Route inFlight = route()) {
			assertThat(inFlight.buffer().key().name()).isEqualTo(name(this.buffer));
			HttpResponse<String> accepted = acme().delete(this.mapping);
			assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
			operation = header(accepted, "Location");
			JsonNode begun = Client.json(accepted);
			assertThat(begun.get("kind").asString()).isEqualTo("delete-mapping");
			assertThat(begun.get("state").asString()).isEqualTo("running");
			JsonNode shown = Client.json(acme().get(this.mapping));
			assertThat(shown.get("state").asString()).isEqualTo("unmapping");
			assertThat(shown.get("members").get(0).get("state").asString()).isEqualTo("unmapping");
			assertProblem(acme().put(this.mapping, "{}"), 409, "in-use");
			assertProblem(acme().patch(this.mapping, "{\"tier\":\"none\"}"), 404, "not-found");
			assertProblem(acme().post(this.mapping + ":remap"), 404, "not-found");
			assertThat(header(acme().delete(this.mapping), "Location")).isEqualTo(operation);
			assertProblem(acme().post(operation + ":cancel"), 422, "not-supported");
		}
		await().untilAsserted(
				() -> assertThat(Client.json(acme().get(operation)).get("state").asString()).isEqualTo("succeeded"));
		assertProblem(acme().get(this.mapping), 404, "not-found");
		assertThat(acme().put(this.mapping, "{}").statusCode()).isEqualTo(201);
	}

	/** As an operation in flight has it. */
	private Route route() {
		return this.mappings.route(this.buffers.open(new BufferKey("acme", name(this.buffer))),
				this.volumes.open(new VolumeKey("acme", this.volume)));
	}

	@Test
	void shouldShowAdministratorsWhatIsOnADevice() throws Exception {
		acme().put(this.mapping, "{\"tier\":\"none\"}");
		String second = buffer() + "/mappings/" + this.volume;
		acme().put(second, "{}");
		JsonNode found = null;
		int count = 0;
		String more = "";
		do {
			JsonNode page = Client.json(admin().get("/v1/devices/d0/mappings?pageSize=1" + more));
			assertThat(page.get("mappings")).hasSize(1);
			JsonNode one = page.get("mappings").get(0);
			found = this.mapping.equals("/v1/tenants/%s/buffers/%s/mappings/%s".formatted(one.get("tenant").asString(),
					one.get("buffer").asString(), one.get("volume").asString())) ? one : found;
			count++;
			more = page.has("nextPageToken") ? "&pageToken=" + page.get("nextPageToken").asString() : "";
		}
		while (!more.isEmpty());
		assertThat(count).isGreaterThanOrEqualTo(2);
		assertThat(found).isNotNull();
		assertThat(found.get("tier").asString()).isEqualTo("none");
		assertThat(found.get("state").asString()).isEqualTo("mapped");
		assertProblem(acme().get("/v1/devices/d0/mappings"), 403, "forbidden");
		assertProblem(admin().get("/v1/devices/absent/mappings"), 404, "not-found");
	}

	@Test
	void shouldShowAdministratorsTheServicesOwnMemory() throws Exception {
		JsonNode before = staging();
		assertThat(before.get("buffer").asString()).isEqualTo("staging");
		assertThat(before.get("volume").asString()).isEqualTo("*");
		assertThat(before.get("state").asString()).isEqualTo("mapped");
		assertThat(before.get("tier").asString()).isEqualTo("bvec");
		assertThat(before.get("reason").get("code").asString()).isEqualTo("not-supported");
		assertThat(acme().get(TENANT + "/volumes/" + this.volume + "/data").statusCode()).isEqualTo(200);
		assertThat(staging().get("ios").asLong()).isGreaterThan(before.get("ios").asLong());
	}

	private JsonNode staging() throws Exception {
		return Client.json(admin().get("/v1/devices/d0/mappings?pageSize=1000"))
			.get("mappings")
			.valueStream()
			.filter((mapping) -> mapping.get("tenant").asString().equals("_system"))
			.findFirst()
			.orElseThrow();
	}

	@Test
	void shouldNotLetAnybodyNameTheServicesOwnMemory() throws Exception {
		String own = "/v1/tenants/_system";
		assertProblem(admin().put(own, "{}"), 400, "bad-name");
		for (String path : new String[] { own, own + "/buffers", own + "/buffers/staging",
				own + "/buffers/staging/data", own + "/buffers/staging/mappings" }) {
			assertThat(admin().get(path).statusCode()).as(path).isIn(400, 403, 404);
			assertThat(acme().get(path).statusCode()).as(path).isIn(400, 403, 404);
		}
		assertThat(admin().delete(own + "/buffers/staging").statusCode()).isIn(400, 403, 404);
		assertThat(admin().delete(own).statusCode()).isIn(400, 403, 404);
		assertThat(staging().get("state").asString()).isEqualTo("mapped");
	}

}
