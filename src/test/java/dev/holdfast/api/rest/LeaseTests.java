package dev.holdfast.api.rest;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ServiceTest
class LeaseTests extends Service {

	private static final String MINUTE = "{\"ttlSeconds\":60}";

	private static final String TAKEOVER = "{\"ttlSeconds\":60,\"takeover\":true}";

	private static final String RANGE = "{\"offset\":0,\"length\":4096}";

	@Test
	void shouldBeTakenShownRenewedAndReleased() throws Exception {
		String volume = volume();
		assertProblem(acme().get(volume + "/lease"), 404, "not-found");
		Instant before = Instant.now();
		HttpResponse<String> taken = acme().put(volume + "/lease", MINUTE);
		assertThat(taken.statusCode()).as(taken.body()).isEqualTo(201);
		JsonNode lease = Client.json(taken);
		assertThat(lease.get("ttlSeconds").asInt()).isEqualTo(60);
		assertThat(Instant.parse(lease.get("expiresAt").asString())).isBetween(before.plusSeconds(59),
				Instant.now().plusSeconds(60));
		long number = lease.get("number").asLong();
		assertThat(acme().get(volume + "/lease").body()).isEqualTo(taken.body());
		assertThat(admin().tenant("acme", "reader").get(volume + "/lease").body()).isEqualTo(taken.body());

		HttpResponse<String> refused = acme().put(volume + "/lease", MINUTE);
		assertProblem(refused, 409, "lease-lost");
		assertThat(Client.json(refused).get("expiresAt")).isEqualTo(lease.get("expiresAt"));
		assertThat(Client.json(refused).has("retryable")).isFalse();

		HttpResponse<String> renewed = put(volume + "/lease", "{\"ttlSeconds\":120}", number);
		assertThat(renewed.statusCode()).as(renewed.body()).isEqualTo(200);
		assertThat(Client.json(renewed).get("number").asLong()).isEqualTo(number);
		assertThat(Instant.parse(Client.json(renewed).get("expiresAt").asString()))
			.isAfter(before.plus(Duration.ofSeconds(119)));

		assertProblem(acme().delete(volume + "/lease"), 409, "lease-lost");
		assertProblem(send("DELETE", volume + "/lease", number - 1), 409, "lease-lost");
		assertThat(send("DELETE", volume + "/lease", number).statusCode()).isEqualTo(204);
		assertProblem(acme().get(volume + "/lease"), 404, "not-found");
		assertProblem(acme().delete(volume + "/lease"), 404, "not-found");
		assertProblem(send("DELETE", volume + "/lease", number), 409, "lease-lost");
		assertProblem(put(volume + "/lease", MINUTE, number), 409, "lease-lost");
		assertThat(all(volume)).hasSize(VOLUME_BYTES);
		assertThat(take(volume)).isGreaterThan(number);
	}

	@Test
	void shouldBeNeededForWhateverReadsOrChangesTheVolume() throws Exception {
		String volume = volume();
		byte[] bytes = random(8192);
		long number = take(volume);
		assertThat(put(volume + "/data?offset=0", bytes, number).statusCode()).isEqualTo(204);
		for (String wrong : new String[] { "", Long.toString(number - 1), Long.toString(number + 1) }) {
			String[] header = wrong.isEmpty() ? new String[0] : new String[] { "Holdfast-Lease", wrong };
			String[] json = Arrays.copyOf(header, header.length + 2);
			json[header.length] = "Content-Type";
			json[header.length + 1] = "application/json";
			assertProblem(acme().get(volume + "/data", header), 409, "lease-lost");
			assertProblem(acme().get(volume + "/data", with(header, "Range", "bytes=0-9")), 409, "lease-lost");
			assertProblem(acme().get(volume + "/data", with(header, "Range", "bytes=0-9,20-29")), 409, "lease-lost");
			assertThat(acme().text("HEAD", volume + "/data", BodyPublishers.noBody(), header).statusCode())
				.isEqualTo(409);
			assertProblem(acme().put(volume + "/data?offset=0", random(100), header), 409, "lease-lost");
			assertProblem(acme().text("POST", volume + ":flush", BodyPublishers.noBody(), header), 409, "lease-lost");
			assertProblem(acme().text("POST", volume + ":zero", BodyPublishers.ofString(RANGE), json), 409,
					"lease-lost");
			assertProblem(acme().text("POST", volume + ":discard", BodyPublishers.ofString(RANGE), json), 409,
					"lease-lost");
			for (Client client : new Client[] { acme(), admin() }) {
				assertProblem(client.text("PATCH", volume, BodyPublishers.ofString("{\"sizeBytes\":\"2MiB\"}"), json),
						409, "lease-lost");
				assertProblem(client.text("DELETE", volume, BodyPublishers.noBody(), header), 409, "lease-lost");
			}
		}
		String shown = Long.toString(number);
		HttpResponse<byte[]> found = acme().getBytes(volume + "/data", "Holdfast-Lease", shown);
		assertThat(found.body()).isEqualTo(Arrays.copyOf(bytes, VOLUME_BYTES));
		assertThat(acme().text("HEAD", volume + "/data", BodyPublishers.noBody(), "Holdfast-Lease", shown).statusCode())
			.isEqualTo(200);
		assertThat(send("POST", volume + ":flush", number).statusCode()).isEqualTo(204);
		for (String action : new String[] { ":zero", ":discard" }) {
			HttpResponse<String> done = acme().text("POST", volume + action, BodyPublishers.ofString(RANGE),
					"Content-Type", "application/json", "Holdfast-Lease", shown);
			assertThat(done.statusCode()).as(done.body()).isEqualTo(204);
		}
		String same = "{\"sizeBytes\":\"2MiB\"}";
		assertProblem(acme().text("PUT", volume, BodyPublishers.ofString(same), "Content-Type", "application/json",
				"If-Match", "*"), 409, "lease-lost");
		HttpResponse<String> grown = acme().text("PATCH", volume, BodyPublishers.ofString("{\"sizeBytes\":\"2MiB\"}"),
				"Content-Type", "application/json", "Holdfast-Lease", shown);
		assertThat(grown.statusCode()).as(grown.body()).isEqualTo(200);
		// What is seen of it is not in it.
		assertThat(acme().get(volume).statusCode()).isEqualTo(200);
		assertThat(acme().get(volume + "/extents").statusCode()).isEqualTo(200);
		assertThat(acme().put(volume, "{\"sizeBytes\":\"2MiB\"}").statusCode()).isEqualTo(200);
		assertThat(send("DELETE", volume, number).statusCode()).isEqualTo(204);
	}

	private static String[] with(String[] headers, String name, String value) {
		String[] more = Arrays.copyOf(headers, headers.length + 2);
		more[headers.length] = name;
		more[headers.length + 1] = value;
		return more;
	}

	/** An administrator sees who has it, and can then act all the same. */
	@Test
	void shouldBeShownByAdministratorsToo() throws Exception {
		String volume = volume();
		take(volume);
		String number = Client.json(admin().get(volume + "/lease")).get("number").asString();
		assertThat(admin().text("DELETE", volume, BodyPublishers.noBody(), "Holdfast-Lease", number).statusCode())
			.isEqualTo(204);
	}

	@Test
	void shouldBeTakenOverFromWhoHasIt() throws Exception {
		String volume = volume();
		long first = take(volume);
		put(volume + "/data?offset=0", random(4096), first);
		HttpResponse<String> taken = acme().put(volume + "/lease", TAKEOVER);
		assertThat(taken.statusCode()).as(taken.body()).isEqualTo(201);
		long second = Client.json(taken).get("number").asLong();
		assertThat(second).isGreaterThan(first);
		assertProblem(put(volume + "/data?offset=0", new byte[4096], first), 409, "lease-lost");
		assertProblem(put(volume + "/lease", MINUTE, first), 409, "lease-lost");
		HttpResponse<byte[]> read = acme().getBytes(volume + "/data", "Holdfast-Lease", Long.toString(second), "Range",
				"bytes=0-4095");
		assertThat(read.body()).isEqualTo(random(4096));
		// Also by who shows the number it had.
		HttpResponse<String> third = put(volume + "/lease", TAKEOVER, first);
		assertThat(third.statusCode()).as(third.body()).isEqualTo(201);
		assertThat(Client.json(third).get("number").asLong()).isGreaterThan(second);
	}

	@Test
	void shouldEndWithItsTime() throws Exception {
		String volume = volume();
		HttpResponse<String> taken = acme().put(volume + "/lease", "{\"ttlSeconds\":1}");
		long number = Client.json(taken).get("number").asLong();
		await().until(() -> acme().get(volume + "/lease").statusCode() == 404);
		assertProblem(put(volume + "/data?offset=0", new byte[1], number), 409, "lease-lost");
		assertProblem(put(volume + "/lease", MINUTE, number), 409, "lease-lost");
		assertThat(acme().put(volume + "/data?offset=0", new byte[1]).statusCode()).isEqualTo(204);
		assertThat(take(volume)).isGreaterThan(number);
	}

	/** Whoever announces a body is told before sending it. */
	@Test
	void shouldRefuseBeforeTheBody() throws Exception {
		String volume = volume();
		take(volume);
		try (RawSocket socket = new RawSocket(this.port)) {
			socket.send("""
					PUT %s/data?offset=0 HTTP/1.1
					Host: localhost
					Authorization: %s
					Expect: 100-continue
					Content-Length: 1000000

					""".formatted(volume, acme().authorization()));
			assertThat(socket.head()).startsWith("HTTP/1.1 409 ");
		}
	}

	@Test
	void shouldBeForWhoMay() throws Exception {
		String volume = volume();
		for (Client client : new Client[] { admin(), admin().tenant("acme", "reader") }) {
			assertProblem(client.put(volume + "/lease", MINUTE), 403, "forbidden");
			assertProblem(client.delete(volume + "/lease"), 403, "forbidden");
		}
		Client other = admin().tenant("globex", "tenant");
		assertProblem(other.put(volume + "/lease", MINUTE), 404, "not-found");
		assertProblem(other.get(volume + "/lease"), 404, "not-found");
		assertProblem(other.delete(volume + "/lease"), 404, "not-found");
		assertProblem(Client.anonymous(this.port).get(volume + "/lease"), 401, "unauthenticated");
		String none = "/v1/tenants/acme/volumes/no-such-volume/lease";
		assertProblem(acme().put(none, MINUTE), 404, "not-found");
		assertProblem(acme().get(none), 404, "not-found");
		assertProblem(acme().delete(none), 404, "not-found");
		assertProblem(acme().put("/v1/tenants/acme/volumes/BAD/lease", MINUTE), 400, "bad-name");
		assertProblem(acme().get(volume + "/lease"), 404, "not-found");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{}                                   | malformed-request | ttlSeconds is needed
			{"ttlSeconds":null}                  | malformed-request | ttlSeconds is needed
			{"ttlSeconds":0}                     | malformed-request | 1 to 86400 seconds
			{"ttlSeconds":-1}                    | malformed-request | 1 to 86400 seconds
			{"ttlSeconds":86401}                 | malformed-request | 1 to 86400 seconds
			{"ttlSeconds":9223372036854775807}   | malformed-request | 1 to 86400 seconds
			{"ttlSeconds":9223372036854775808}   | malformed-request | The body
			{"ttlSeconds":1.5}                   | malformed-request | ttlSeconds
			{"ttlSeconds":"soon"}                | malformed-request | ttlSeconds
			{"ttlSeconds":true}                  | malformed-request | ttlSeconds
			{"ttlSeconds":60,"takeover":"maybe"} | malformed-request | takeover
			{"ttlSeconds":60,"force":true}       | unknown-field     | force
			[60]                                 | malformed-request | JSON object
			{"ttlSeconds":                       | malformed-request | not JSON
			""")
	void shouldSayWhatIsWrong(String body, String code, String detail) throws Exception {
		String volume = volume();
		HttpResponse<String> refused = acme().put(volume + "/lease", body);
		assertProblem(refused, 400, code);
		assertThat(Client.json(refused).get("detail").asString()).contains(detail);
		assertProblem(acme().get(volume + "/lease"), 404, "not-found");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "-1", "+1", "1.0", "1,2", "0x1", "seven", "12345678901234567", "" })
	void shouldRefuseWhatIsNoNumber(String shown) throws Exception {
		String volume = volume();
		assertProblem(acme().get(volume + "/data", "Holdfast-Lease", shown), 400, "malformed-request");
		assertProblem(acme().put(volume + "/data?offset=0", new byte[1], "Holdfast-Lease", shown), 400,
				"malformed-request");
		assertProblem(acme().text("PUT", volume + "/lease", BodyPublishers.ofString(TAKEOVER), "Content-Type",
				"application/json", "Holdfast-Lease", shown), 400, "malformed-request");
		assertProblem(acme().get(volume + "/data", "Holdfast-Lease", "1", "Holdfast-Lease", "2"), 400,
				"malformed-request");
	}

	private long take(String volume) throws Exception {
		HttpResponse<String> taken = acme().put(volume + "/lease", MINUTE);
		assertThat(taken.statusCode()).as(taken.body()).isEqualTo(201);
		return Client.json(taken).get("number").asLong();
	}

	private HttpResponse<String> put(String path, String json, long number) throws Exception {
		return acme().text("PUT", path, BodyPublishers.ofString(json), "Content-Type", "application/json",
				"Holdfast-Lease", Long.toString(number));
	}

	private HttpResponse<String> put(String path, byte[] bytes, long number) throws Exception {
		return acme().put(path, bytes, "Holdfast-Lease", Long.toString(number));
	}

	private HttpResponse<String> send(String method, String path, long number) throws Exception {
		return acme().text(method, path, BodyPublishers.noBody(), "Holdfast-Lease", Long.toString(number));
	}

}
