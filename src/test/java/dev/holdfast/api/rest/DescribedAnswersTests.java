package dev.holdfast.api.rest;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client's day, each answer of which must be as it is described.
 */
@ServiceTest
class DescribedAnswersTests extends Service {

	private static final String VOLUMES = "/v1/tenants/acme/volumes";

	@TempDir
	private Path temporary;

	private DescribedAnswers described;

	@BeforeEach
	void read() throws Exception {
		this.described = new DescribedAnswers(acme().get("/v3/api-docs").body());
	}

	@Test
	void shouldDescribeVolumes() throws Exception {
		String volume = VOLUMES + "/described";
		check(201, acme().put(volume, "{\"sizeBytes\":\"1MiB\"}"));
		check(200, acme().put(volume, "{\"sizeBytes\":\"1MiB\"}"));
		check(409, acme().put(volume, "{\"sizeBytes\":\"2MiB\"}"));
		check(200, acme().patch(volume, "{\"sizeBytes\":\"2MiB\"}"));
		check(422, acme().patch(volume, "{\"sizeBytes\":\"1MiB\"}"));
		check(507, acme().patch(volume, "{\"sizeBytes\":\"100TiB\"}"));
		check(400, acme().patch(volume, "{\"colour\":1}"));
		check(415, acme().put(volume, new byte[] { 1 }, "Content-Type", "text/plain"));
		check(406, acme().get(volume, "Accept", "image/png"));
		String tag = header(check(200, acme().get(volume)), "ETag");
		check(304, acme().get(volume, "If-None-Match", tag));
		check(412, acme().get(volume, "If-Match", "\"x\""));
		check(200, acme().get(VOLUMES + "?pageSize=1"));
		check(400, acme().get(VOLUMES + "?pageSize=0"));
		check(200, acme().get(volume + "/extents"));
		check(416, acme().get(volume + "/extents?offset=99999999"));
		check(204, acme().post(volume + ":flush"));
		check(204, acme().text("POST", volume + ":zero", BodyPublishers.ofString("{\"offset\":0,\"length\":4096}"),
				"Content-Type", "application/json"));
		check(416, acme().text("POST", volume + ":discard",
				BodyPublishers.ofString("{\"offset\":0,\"length\":\"1TiB\"}"), "Content-Type", "application/json"));
		check(401, Client.anonymous(this.port).get(volume));
		check(403, admin().tenant("acme", "reader").delete(volume));
		check(404, admin().tenant("globex", "tenant").get(volume));
		check(204, acme().delete(volume));
		check(404, acme().delete(volume));
	}

	@Test
	void shouldDescribeBlocks() throws Exception {
		String data = volume() + "/data";
		check(204, acme().put(data + "?offset=1", new byte[] { 'a', 'b', 'c' }));
		check(200, acme().get(data));
		check(206, acme().get(data, "Range", "bytes=1-3"));
		assertThat(acme().get(data, "Range", "bytes=1-3").body()).isEqualTo("abc");
		check(416, acme().get(data, "Range", "bytes=9999999-"));
		check(412, acme().get(data, "If-Match", "\"x\""));
		check(416, acme().put(data + "?offset=9999999", new byte[] { 1 }));
		check(400, acme().put(data, new byte[] { 1 }));
		check(403, admin().get(data));
		check(200, acme().text("HEAD", data, BodyPublishers.noBody()));
	}

	@Test
	void shouldDescribeWhatAdministratorsDo() throws Exception {
		check(200, admin().get("/v1/devices"));
		check(200, admin().get("/v1/devices/d0"));
		check(403, acme().get("/v1/devices"));
		try (ExtraDevices devices = extraDevices(this.temporary)) {
			String name = devices.attach(64L << 20);
			HttpResponse<String> shown = check(200, admin().get(ExtraDevices.path(name)));
			String path = Client.json(shown).get("path").asString();
			check(200, admin().put(ExtraDevices.path(name), "{\"path\":\"" + path + "\"}"));
		}
		check(409, admin().put("/v1/devices/nothing", "{\"path\":\"/dev/nothing-there\"}"));
		check(200, admin().put("/v1/tenants/acme", "{}"));
		check(201, admin().put("/v1/tenants/acme/tokens/described", "{\"role\":\"reader\"}"));
		check(200, admin().put("/v1/tenants/acme/tokens/described", "{\"role\":\"reader\"}"));
		check(200, admin().get("/v1/me"));
		check(200, acme().get("/v1/me"));
		JsonNode operations = Client.json(check(200, admin().get("/v1/operations")));
		for (JsonNode operation : operations.get("operations")) {
			check(200, admin().get("/v1/operations/" + operation.get("id").asString()));
		}
		check(404, acme().get("/v1/operations/00000000-0000-0000-0000-000000000000"));
		check(200, acme().get("/problems/not-found"));
		check(404, acme().get("/problems/nonsense"));
	}

	/** The description of a request allows what the service takes, and nothing else. */
	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{"sizeBytes":4096}                               | 201
			{"sizeBytes":"4KiB","blockSize":4096}            | 201
			{"sizeBytes":4096,"layout":"linear"}             | 201
			{"sizeBytes":4096,"layout":"round"}              | 400
			{"sizeBytes":4096,"blockSize":1024}              | 400
			{"sizeBytes":4096,"colour":"red"}                | 400
			{"sizeBytes":-1}                                 | 400
			{"sizeBytes":"4KB"}                              | 400
			{"sizeBytes":9007199254740992}                   | 400
			{"sizeBytes":true}                               | 400
			{"sizeBytes":4096,"devices":"d0"}                | 400
			{}                                               | 400
			[]                                               | 400
			""")
	void shouldDescribeRequests(String body, int status) throws Exception {
		JsonNode schema = this.described.request("/paths/~1v1~1tenants~1{tenant}~1volumes~1{volume}/put");
		List<String> errors = this.described.errors(schema, body);
		assertThat(errors.isEmpty()).as(errors.toString()).isEqualTo(status == 201);
		String volume = VOLUMES + "/asked";
		check(status, acme().put(volume, body));
		acme().delete(volume);
	}

	private HttpResponse<String> check(int status, HttpResponse<String> answer) {
		assertThat(answer.statusCode()).as(answer.request() + answer.body()).isEqualTo(status);
		return this.described.check(answer);
	}

}
