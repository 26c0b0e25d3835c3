package dev.holdfast.api.rest;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Parameters that an operation does not have.
 */
@ServiceTest
class QueryTests extends Service {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			GET    | VOL/data?offset=5          | 'offset' here
			HEAD   | VOL/data?offset=5          |
			POST   | VOL:flush?fua=true         | 'fua' here
			GET    | VOL?x                      | 'x' here
			DELETE | VOL?dryRun=true            | 'dryRun' here
			GET    | VOL/extents?first=1        | 'first' here: offset, length, pageSize, pageToken
			GET    | /v1/devices?pagesize=1     | 'pagesize' here: pageSize, pageToken
			GET    | /v1/events?from=1          | 'from' here: since
			GET    | /v1/me?a=1&b=2             | 'a' here
			GET    | /v1/operations?%20pageSize | ' pageSize' here: pageSize, pageToken
			GET    | /v1/me?hf_x=1              | it looks like a token
			""")
	void shouldBeRefused(String method, String path, String detail) throws Exception {
		String volume = volume();
		Client client = path.startsWith("VOL") ? acme() : admin();
		HttpResponse<String> response = client.text(method, path.replace("VOL", volume), BodyPublishers.noBody());
		assertThat(response.statusCode()).isEqualTo(400);
		if (detail != null) {
			assertProblem(response, 400, "unknown-field");
			assertThat(response.body()).contains(detail);
		}
		assertThat(acme().get(volume).statusCode()).isEqualTo(200);
	}

	@Test
	void shouldBeRefusedOnlyForWhoMayAsk() throws Exception {
		assertProblem(Client.anonymous(this.port).get(volume() + "?x"), 401, "unauthenticated");
		assertProblem(acme().get("/v1/devices?x"), 403, "forbidden");
	}

}
