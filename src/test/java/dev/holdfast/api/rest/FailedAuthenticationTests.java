package dev.holdfast.api.rest;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.StartedService;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Those who try tokens, and what is left of that.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailedAuthenticationTests {

	@TempDir
	private Path directory;

	@Test
	void shouldMakeAnAddressWaitThatTriesManyTokens() throws Exception {
		try (StartedService service = StartedService.start(this.directory)) {
			Client admin = service.admin();
			List<Integer> statuses = new ArrayList<>();
			HttpResponse<String> last;
			do {
				last = bad(service);
				statuses.add(last.statusCode());
			}
			while (last.statusCode() == 401 && statuses.size() < 2000);
			Service.assertProblem(last, 429, "rate-limited");
			assertThat(Service.header(last, "Retry-After")).isEqualTo("1");
			assertThat(Client.json(last).get("retryable").asBoolean()).isTrue();
			assertThat(statuses.size()).isGreaterThan(20);
			assertThat(admin.get("/v1/devices").statusCode()).isEqualTo(200);
			Service.assertProblem(Client.anonymous(service.port()).get("/v1/me"), 401, "unauthenticated");
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> bad(service).statusCode() == 401);
		}
	}

	private static HttpResponse<String> bad(StartedService service) throws Exception {
		return Client.anonymous(service.port()).authorization("Bearer hf_x").get("/v1/devices");
	}

	@Test
	void shouldSayWhenAnActionIsNotOnRecord(CapturedOutput output) throws Exception {
		try (StartedService service = StartedService.start(this.directory)) {
			try (Connection catalog = DriverManager
				.getConnection("jdbc:sqlite:" + this.directory.resolve("catalog.db"));
					Statement statement = catalog.createStatement()) {
				statement.execute("ALTER TABLE audit RENAME TO elsewhere");
			}
			HttpResponse<String> made = service.admin().put("/v1/tenants/acme", "{}");
			assertThat(made.statusCode()).isEqualTo(201);
			assertThat(Service.header(made, "Holdfast-Audit")).isEqualTo("not-recorded");
			assertThat(output.getAll()).contains("The catalog did not keep what was audited: put tenants/acme")
				.contains("\"requestId\":\"" + Service.header(made, "X-Request-Id"));
		}
	}

	@Test
	void shouldLogNoTokenAtAnyLevelThatAnOperatorMayUse(CapturedOutput output) throws Exception {
		try (StartedService service = StartedService.start(this.directory, "logging.level.root=DEBUG")) {
			Client admin = service.admin();
			Client tenant = admin.tenant("acme", "tenant");
			List<String> secrets = List.of(secret(admin), secret(tenant));
			for (Client client : List.of(admin, tenant)) {
				String token = client.authorization().substring("Bearer ".length());
				String basic = Base64.getEncoder()
					.encodeToString(("user:" + token).getBytes(StandardCharsets.US_ASCII));
				client.get("/v1/me");
				client.put("/v1/tenants/acme", "{}");
				client.put("/v1/devices/" + token, "{}");
				client.put("/v1/tenants/acme", "{\"" + token + "\":1}");
				client.get("/v1/tenants/" + token + "?token=" + token);
				Client.anonymous(service.port()).authorization("Basic " + basic).get("/v1/me");
				Client.anonymous(service.port()).authorization("Basic " + basic + "=").get("/v1/me");
				Client.anonymous(service.port()).authorization("Bearer " + token + "x").get("/v1/me");
				Client.anonymous(service.port()).authorization("Digest " + token).get("/v1/me");
				String header = "Authorization: Bearer " + token;
				for (String request : List.of("GET /v1/me HTTP/1.1\nHost: h\n" + header + "\n" + header + "\n\n",
						"GET /v1/me HTTP/1.1\nHost: h\n" + header.replace(":", " :") + "\n\n",
						"GET /v1/me HTTP/1.1\nHost: h\n" + header + "\0\n\n",
						token + " /v1/me HTTP/1.1\nHost: h\n" + header + "\n\n",
						"GET /v1/" + token + " HTTP/9.9\nHost: h\n\n", header + "\n\n",
						"GET /v1/me;" + token + " HTTP/1.1\nHost: h\n" + header + "\n\n",
						"GET /v1/me HTTP/1.1\nHost: " + token + "\n" + header + "\n\n")) {
					RawSocket.exchange(service.port(), request);
				}
				secrets = new ArrayList<>(secrets);
				secrets.add(basic.substring(40, 80));
			}
			assertThat(output.getAll()).contains("DEBUG");
			for (String secret : secrets) {
				assertThat(output.getAll().lines().filter((line) -> line.contains(secret))).isEmpty();
			}
		}
		finally {
			LoggingSystem.get(getClass().getClassLoader()).setLogLevel("ROOT", LogLevel.INFO);
		}
	}

	private static String secret(Client client) {
		return client.authorization().substring("Bearer ".length()).substring(16, 59);
	}

}
