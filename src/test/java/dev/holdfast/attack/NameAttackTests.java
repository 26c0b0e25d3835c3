package dev.holdfast.attack;

import java.util.ArrayList;
import java.util.List;

import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Names that are more than names, and tenants of whom nothing may be learned.
 */
@ServiceTest
class NameAttackTests extends Attack {

	/** Each is another way to say what belongs to the vault, or nobody. */
	@ParameterizedTest
	@ValueSource(strings = { "/v1/tenants/vault/volumes/canary", "/v1/tenants/mallory/../vault/volumes/canary",
			"/v1/tenants/mallory/%2e%2e/vault/volumes/canary", "/v1/tenants/mallory%2f..%2fvault/volumes/canary",
			"/v1/tenants/mallory%252f..%252fvault/volumes/canary", "/v1/tenants/mallory/./../vault/volumes/canary",
			"/v1/tenants/mallory/volumes/..%2f..%2fvault%2fvolumes%2fcanary",
			"/v1/tenants/mallory/volumes/..%5c..%5cvault%5cvolumes%5ccanary",
			"/v1/tenants/mallory/volumes/..\\..\\vault\\volumes\\canary",
			"/v1/tenants/mallory;/../vault/volumes/canary", "/v1/tenants/vault;tenant=mallory/volumes/canary",
			"/v1/tenants/mallory;tenant=vault/volumes/canary", "/v1/tenants/vault%3bx/volumes/canary",
			"/v1//tenants/vault/volumes/canary", "//v1/tenants/vault/volumes/canary",
			"/v1/tenants//vault/volumes/canary", "/v1/tenants/VAULT/volumes/canary", "/V1/tenants/vault/volumes/canary",
			"/v1/tenants/vaul%74/volumes/canary", "/v1/tenants/%76ault/volumes/canary",
			"/v1/tenants/vault%00/volumes/canary", "/v1/tenants/vault%0a/volumes/canary",
			"/v1/tenants/vault%20/volumes/canary", "/v1/tenants/vault./volumes/canary",
			"/v1/tenants/vault/volumes/canary/", "/v1/tenants/vault/volumes/canary%2f",
			"/v1/tenants/vault/volumes/canary.json", "/v1/tenants/vault/volumes/canary?tenant=mallory",
			"/v1/tenants/mallory/volumes/canary?tenant=vault", "/v1/tenants/mallory/volumes/vault%2fcanary",
			"/v1/tenants/mallory/volumes/vault:canary", "/v1/tenants/%ef%bd%96ault/volumes/canary",
			"/v1/tenants/v%c3%a0ult/volumes/canary", "/v1/tenants/vault%e2%80%8b/volumes/canary",
			"/v1/tenants/%c0%ae%c0%ae/vault/volumes/canary", "/v1/tenants/vault%ff/volumes/canary",
			"/v1/tenants/*/volumes/canary", "/v1/tenants/%2a/volumes/canary", "/v1/tenants/{tenant}/volumes/canary",
			"/v1/tenants/vault'--/volumes/canary", "/v1/tenants/%25/volumes/canary", "/v1/tenants/_____/volumes/canary",
			"/error", "/actuator/env", "/actuator", "/v1/../error", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
			"/WEB-INF/web.xml", "/META-INF/MANIFEST.MF", "/application.yaml", "/favicon.ico", "/swagger-ui/index.html",
			"/v3/api-docs/swagger-config", "/v3/api-docs.yaml", "*", "/", "//", "/%", "/v1/tenants/%zz/volumes/canary",
			"http:///v1/tenants/vault/volumes/canary", "h:80", "/v1/tenants/vault/volumes/canary#x" })
	void shouldReachNobodyElse(String target) throws Exception {
		for (String suffix : List.of("", "/data", "/extents?length=1", ":flush", ":zero", "/lease")) {
			for (String method : List.of("GET", "PUT", "DELETE", "POST", "PATCH", "OPTIONS")) {
				for (Answer answer : exchange(method, target + suffix)) {
					if (answer.status() != 200 || !(target.startsWith("/v3") || method.equals("OPTIONS"))) {
						assertProblem(answer);
						assertThat(answer.status()).as(answer.toString()).isIn(400, 401, 403, 404, 405, 406, 415);
					}
				}
			}
		}
	}

	private List<Answer> exchange(String method, String target) throws Exception {
		try (Wire wire = new Wire(this.port)) {
			String json = "{\"offset\":0,\"length\":4096}";
			wire.send(Stage.head(method, target, this.stage.mallory(), "Content-Type: application/json",
					"Connection: close", "Content-Length: " + json.length()) + json);
			List<Answer> answers = wire.answers(method);
			assertThat(answers).as(method + " " + target).hasSize(1);
			return answers;
		}
	}

	@Test
	void shouldMakeNothingThatHasNoName() throws Exception {
		for (String name : List.of("A", "a_b", "-a", "a-", "a.b", "a".repeat(64), "a".repeat(5_000), "%61%20", "%C3%A9",
				"a%00b", "a%0d%0aX:%20y", "%2e", "%2e%2e", "..", ".", "a;b", "%F0%9F%92%A9", "con:", "a:flush",
				"a:nope", "${jndi:ldap:x}", "%24%7bx%7d", "a'b", "a%22b", "<b>", "a|b", "a`b")) {
			for (String path : List.of("/v1/tenants/mallory/volumes/", "/v1/tenants/mallory/volumes/target/")) {
				for (Answer answer : exchange("PUT", path + name)) {
					assertProblem(answer);
				}
			}
			for (String path : List.of("/v1/tenants/", "/v1/tenants/mallory/tokens/", "/v1/devices/")) {
				try (Wire wire = new Wire(this.port)) {
					wire.send(Stage.head("PUT", path + name, this.stage.admin(), "Content-Type: application/json",
							"Connection: close", "Content-Length: 17") + "{\"role\":\"tenant\"}");
					wire.answers("PUT").forEach(this::assertProblem);
				}
			}
		}
		assertThat(this.stage.get("/v1/tenants/mallory/volumes", this.stage.mallory()).json().get("volumes"))
			.as("its one volume")
			.hasSize(1);
	}

	/**
	 * What is said of a tenant that exists is what is said of one that does not. Times
	 * are only printed: on a busy machine they say nothing, and the comparison comes
	 * before any look-up, so there is nothing to time.
	 */
	@Test
	void shouldTellNobodyWhichTenantsThereAre() throws Exception {
		List<Long> there = new ArrayList<>();
		List<Long> nowhere = new ArrayList<>();
		try (Caller wire = new Caller(this.port)) {
			for (int round = 0; round < 400; round++) {
				for (String rest : List.of("", "/volumes", "/volumes/canary", "/volumes/canary/data")) {
					String yes = timed(wire, "/v1/tenants/vault" + rest, there);
					String no = timed(wire, "/v1/tenants/vaulx" + rest, nowhere);
					assertThat(yes.replace("vault", "vaulx")).isEqualTo(no);
				}
			}
		}
		System.out.printf("Tenants of others: %d µs where there is one, %d µs where there is none (medians)%n",
				median(there), median(nowhere));
	}

	private String timed(Caller caller, String target, List<Long> times) throws Exception {
		String head = Stage.head("GET", target, this.stage.mallory());
		long start = System.nanoTime();
		Answer answer = caller.ask("GET", head);
		times.add((System.nanoTime() - start) / 1000);
		assertProblem(answer);
		String id = answer.header("x-request-id");
		return (answer.status() + new java.util.TreeMap<>(answer.headers()).toString() + answer.text()).replace(id, "")
			.replaceAll("date=[^,]*, [^,]*|connection=close, ", "");
	}

	private static long median(List<Long> times) {
		return times.stream().sorted().skip(times.size() / 2).findFirst().orElse(0L);
	}

}
