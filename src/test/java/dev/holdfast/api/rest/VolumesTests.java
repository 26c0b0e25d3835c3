package dev.holdfast.api.rest;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class VolumesTests extends Service {

	private static final String VOLUMES = "/v1/tenants/acme/volumes/";

	@Test
	void shouldMakeAVolume() throws Exception {
		HttpResponse<String> response = acme().put(VOLUMES + "make", "{\"sizeBytes\":\"1MiB\",\"blockSize\":4096}");
		assertThat(response.statusCode()).isEqualTo(201);
		JsonNode volume = Client.json(response);
		assertThat(volume.get("name").asString()).isEqualTo("make");
		assertThat(volume.get("sizeBytes").asLong()).isEqualTo(1 << 20);
		assertThat(volume.get("blockSize").asInt()).isEqualTo(4096);
		assertThat(volume.get("layout").asString()).isEqualTo("linear");
		assertThat(volume.get("state").asString()).isEqualTo("ready");
		assertThat(volume.get("uuid").asString()).hasSize(36);
		assertThat(acme().get(VOLUMES + "make").body()).isEqualTo(response.body());
	}

	@Test
	void shouldFindTheSameSpecificationAndRefuseAnother() throws Exception {
		String made = acme().put(VOLUMES + "twice", "{\"sizeBytes\":1048576}").body();
		HttpResponse<String> again = acme().put(VOLUMES + "twice", "{\"sizeBytes\":\"1MiB\"}");
		assertThat(again.statusCode()).isEqualTo(200);
		assertThat(again.body()).isEqualTo(made);
		assertProblem(acme().put(VOLUMES + "twice", "{\"sizeBytes\":\"2MiB\"}"), 409, "already-exists");
	}

	@Test
	void shouldDelete() throws Exception {
		acme().put(VOLUMES + "gone", "{\"sizeBytes\":\"1MiB\"}");
		assertThat(delete("gone").statusCode()).isEqualTo(204);
		assertProblem(acme().get(VOLUMES + "gone"), 404, "not-found");
		assertProblem(delete("gone"), 404, "not-found");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{"sizeBytes":1048576,"colour":"red"} | unknown-field | colour
			{"sizeBytes":"1MB"}                  | malformed-request | sizeBytes: MB may mean two things: write MiB
			{"sizeBytes":"big"}                  | malformed-request | is not a size
			{"sizeBytes":1.5}                    | malformed-request | sizeBytes: write an integer
			{"sizeBytes":true}                   | malformed-request | sizeBytes: write an integer
			{"sizeBytes":[]}                     | malformed-request | sizeBytes: write an integer
			{"sizeBytes":null}                   | malformed-request | sizeBytes is needed
			{}                                   | malformed-request | sizeBytes is needed
			{"sizeBytes":-4096}                  | malformed-request | sizeBytes
			{"sizeBytes":0}                      | malformed-request | positive multiple
			{"sizeBytes":4097}                   | malformed-request | positive multiple
			{"sizeBytes":9007199254740992}       | malformed-request | sizeBytes
			{"sizeBytes":99999999999999999999}   | malformed-request | sizeBytes
			{"sizeBytes":4096,"blockSize":1000}  | malformed-request | blockSize must be
			{"sizeBytes":4096,"blockSize":"x"}   | malformed-request | 'blockSize' has a value of the wrong kind
			{"sizeBytes":4096,"blockSize":"512"} | malformed-request | 'blockSize' has a value of the wrong kind
			{"sizeBytes":4096,"blockSize":1e30}  | malformed-request | 'blockSize'
			{"sizeBytes":4096,"blockSize":512.5} | malformed-request | 'blockSize'
			{"sizeBytes":4096,"sizeBytes":8192}  | malformed-request | line 1
			{"sizeBytes":4096} x                 | malformed-request | JSON
			{"sizeBytes":                        | malformed-request | not JSON
			nonsense                             | malformed-request | not JSON
			[]                                   | malformed-request | JSON object
			"text"                               | malformed-request | JSON object
			null                                 | malformed-request | JSON object
			""")
	void shouldSayWhatIsWrongWithABody(String body, String code, String detail) throws Exception {
		HttpResponse<String> response = acme().put(VOLUMES + "bad", body);
		assertProblem(response, 400, code);
		assertThat(Client.json(response).get("detail").asString()).contains(detail);
		assertThat(acme().get(VOLUMES + "bad").statusCode()).isEqualTo(404);
	}

	@Test
	void shouldRefuseOtherFormsOfBody() throws Exception {
		assertProblem(acme().put(VOLUMES + "bad", "a=b".getBytes(StandardCharsets.UTF_8), "Content-Type",
				"application/x-www-form-urlencoded"), 415, "unsupported-media-type");
		assertProblem(acme().text("PUT", VOLUMES + "bad", BodyPublishers.noBody(), "Content-Type", "application/json"),
				400, "malformed-request");
	}

	@ParameterizedTest
	@ValueSource(strings = { "UPPER", "a_b", "-a", "a-", "a.b", "%C3%A4", "%20",
			"a23456789012345678901234567890123456789012345678901234567890123x" })
	void shouldRefuseBadNames(String name) throws Exception {
		assertProblem(acme().put(VOLUMES + name, "{\"sizeBytes\":\"1MiB\"}"), 400, "bad-name");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a%2Fb", "..%2F..%2Fetc", "a%00b", "a;b", "%2e%2e", "a%5Cb", "a//b" })
	void shouldRefusePathTricks(String name) throws Exception {
		HttpResponse<String> response = acme().put(VOLUMES + name, "{\"sizeBytes\":\"1MiB\"}");
		assertThat(response.statusCode()).isIn(400, 404);
		assertProblem(response, response.statusCode(), Client.json(response).get("code").asString());
	}

	@Test
	void shouldSayThatThereIsNoSpace() throws Exception {
		assertProblem(acme().put(VOLUMES + "huge", "{\"sizeBytes\":\"1TiB\"}"), 507, "no-space");
		assertProblem(acme().get(VOLUMES + "huge"), 404, "not-found");
	}

	@Test
	void shouldListInPages() throws Exception {
		Client pages = admin().tenant("pages", "tenant");
		String volumes = "/v1/tenants/pages/volumes";
		for (int i = 0; i < 5; i++) {
			pages.put(volumes + "/p" + i, "{\"sizeBytes\":\"4KiB\"}");
		}
		assertThat(names(Client.json(pages.get(volumes)))).containsExactly("p0", "p1", "p2", "p3", "p4");
		JsonNode first = Client.json(pages.get(volumes + "?pageSize=2"));
		assertThat(names(first)).containsExactly("p0", "p1");
		pages.text("DELETE", volumes + "/p1", BodyPublishers.noBody());
		String next = "?pageSize=2&pageToken=";
		JsonNode second = Client.json(pages.get(volumes + next + first.get("nextPageToken").asString()));
		assertThat(names(second)).containsExactly("p2", "p3");
		JsonNode last = Client.json(pages.get(volumes + next + second.get("nextPageToken").asString()));
		assertThat(names(last)).containsExactly("p4");
		assertThat(last.has("nextPageToken")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "pageSize=0", "pageSize=1001", "pageSize=x", "pageSize=", "pageToken=!", "pageToken=",
			"pageToken=Li4", "pageSize=1&pageSize=2" })
	void shouldRefusePagesThatAreNone(String query) throws Exception {
		assertProblem(acme().get("/v1/tenants/acme/volumes?" + query), 400, "malformed-request");
	}

	private HttpResponse<String> delete(String name) throws Exception {
		return acme().text("DELETE", VOLUMES + name, BodyPublishers.noBody());
	}

	private static List<String> names(JsonNode list) {
		List<String> names = new ArrayList<>();
		list.get("volumes").forEach((volume) -> names.add(volume.get("name").asString()));
		return names;
	}

}
