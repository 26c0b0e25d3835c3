package dev.holdfast.attack;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

import dev.holdfast.attack.ApiDocument.Described;
import dev.holdfast.attack.ApiDocument.Parameter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Makes requests of the description of the HTTP face. The same number with the same seed
 * gives the same request.
 */
final class Fuzzer {

	private static final List<String> TYPES = List.of("application/json", "application/json", "application/json",
			"application/json", "application/merge-patch+json", "application/json;charset=utf-16", "text/plain",
			"application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
			"application/json;charset=nope", "application/json;charset=%%", "application/*+json", "nonsense", "*/*",
			"a/b;c");

	private static final List<String> ACCEPTS = List.of("*/*", "application/json", "application/problem+json",
			"text/html", "image/png", "application/json;q=0", "nonsense", "a/b;q=x");

	private static final List<String> ELSEWHERE = List.of("/", "/v1", "/v2/me", "/v1/tenants/fuzzed/volumes/a/data/x",
			"/error", "/actuator/health", "/v1/me/", "/v1//me", "/v1/tenants", "/v1/nodes", "/v3/api-docs/x",
			"/problems", "/v1/me;a=b", "/v1/tenants/fuzzed/volumes/a:nope", "/v1/tenants/fuzzed/volumes/:flush",
			"/v1/%6de", "/../v1/me", "*");

	private static final List<String> METHODS = List.of("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE",
			"HEAD", "FOO", "get", "PROPFIND", "M-SEARCH");

	private final ApiDocument document;

	private final WildJson json;

	private final List<String> roles;

	private final long seed;

	/**
	 * A fuzzer.
	 * @param roles what may be in {@code Authorization}: the administrator's first
	 */
	Fuzzer(ApiDocument document, List<String> roles, long seed) {
		this.document = document;
		this.json = new WildJson(document);
		this.roles = roles;
		this.seed = seed;
	}

	FuzzedRequest request(long number) {
		SplittableRandom random = new SplittableRandom(this.seed * 1_000_003 + number);
		int role = random.nextInt(this.roles.size());
		if (random.nextInt(12) == 0) {
			return elsewhere(role, random);
		}
		List<Described> all = this.document.operations();
		Described operation = all.get(random.nextInt(all.size()));
		StringBuilder target = new StringBuilder();
		String path = operation.path();
		for (Parameter parameter : operation.parameters()) {
			if (parameter.place().equals("path")) {
				path = path.replace("{" + parameter.name() + "}",
						WildValues.path(parameter.name(), role == 0, operation.method().equals("DELETE"), random));
			}
		}
		target.append(path);
		StringBuilder headers = new StringBuilder();
		for (Parameter parameter : operation.parameters()) {
			add(parameter, target, headers, random);
		}
		if (random.nextInt(15) == 0) {
			target.append(target.indexOf("?") < 0 ? "?" : "&").append(WildValues.wild(random));
		}
		return finish(operation, operation.method(), target.toString(), headers, role, random);
	}

	private static void add(Parameter parameter, StringBuilder target, StringBuilder headers, SplittableRandom random) {
		boolean usual = parameter.name().equals("offset") || parameter.name().equals("Range");
		if (random.nextInt(10) >= (usual ? 9 : 3)) {
			return;
		}
		int times = (random.nextInt(30) == 0) ? 2 : 1;
		for (int i = 0; i < times; i++) {
			if (parameter.place().equals("query")) {
				target.append(target.indexOf("?") < 0 ? "?" : "&")
					.append(parameter.name())
					.append('=')
					.append(WildValues.query(parameter.name(), random));
			}
			else if (parameter.place().equals("header")) {
				headers.append(parameter.name())
					.append(": ")
					.append(WildValues.header(parameter.name(), random))
					.append("\r\n");
			}
		}
	}

	private FuzzedRequest elsewhere(int role, SplittableRandom random) {
		String target = WildValues.pick(random, ELSEWHERE) + (random.nextBoolean() ? WildValues.wild(random) : "");
		return finish(null, WildValues.pick(random, METHODS), target, new StringBuilder(), role, random);
	}

	private FuzzedRequest finish(@Nullable Described operation, String method, String target, StringBuilder headers,
			int role, SplittableRandom random) {
		String authorization = this.roles.get(role);
		if (!authorization.isEmpty()) {
			headers.append("Authorization: ").append(authorization).append("\r\n");
		}
		if (random.nextInt(10) == 0) {
			headers.append("Accept: ").append(WildValues.pick(random, ACCEPTS)).append("\r\n");
		}
		if (random.nextInt(10) == 0) {
			headers
				.append(WildValues.pick(random, "X-A", "Cookie", "If-None-Match", "If-Modified-Since",
						"X-Forwarded-For", "X-HTTP-Method-Override", "Upgrade", "Content-Encoding", "Origin",
						"Accept-Encoding", "Forwarded", "TE", "Holdfast-Lease", "X-Request-Id", "Content-Digest"))
				.append(": ")
				.append(WildValues.noise(random))
				.append("\r\n");
		}
		byte[] body = body(operation, random);
		if (body.length > 0 || random.nextBoolean()) {
			headers.append("Content-Type: ")
				.append((random.nextInt(4) > 0) ? TYPES.getFirst() : WildValues.pick(random, TYPES))
				.append("\r\n");
			if (random.nextInt(8) == 0) {
				headers.append("Transfer-Encoding: chunked\r\n");
				body = chunked(body);
			}
			else {
				headers.append("Content-Length: ").append(body.length).append("\r\n");
			}
		}
		String head = "%s %s HTTP/1.1\r\nHost: h\r\n%s\r\n".formatted(method, target.replace(" ", "%20"), headers);
		return new FuzzedRequest(operation, method, head, body);
	}

	private byte[] body(@Nullable Described operation, SplittableRandom random) {
		JsonNode schema = (operation != null) ? operation.json() : null;
		if (schema != null && random.nextInt(20) > 0) {
			return this.json.body(schema, random);
		}
		boolean wanted = operation != null && operation.takesBody();
		if (!wanted && random.nextInt(10) > 0) {
			return new byte[0];
		}
		if (random.nextInt(4) == 0) {
			return "hello".getBytes(StandardCharsets.US_ASCII);
		}
		byte[] bytes = new byte[random.nextInt(random.nextInt(10) == 0 ? 100_000 : 5_000)];
		random.nextBytes(bytes);
		return bytes;
	}

	private static byte[] chunked(byte[] body) {
		ByteArrayOutputStream chunks = new ByteArrayOutputStream();
		if (body.length > 0) {
			chunks.writeBytes((Integer.toHexString(body.length).toUpperCase(Locale.ROOT) + "\r\n")
				.getBytes(StandardCharsets.US_ASCII));
			chunks.writeBytes(body);
			chunks.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
		}
		chunks.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
		return chunks.toByteArray();
	}

}
