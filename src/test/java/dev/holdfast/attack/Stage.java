package dev.holdfast.attack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import dev.holdfast.volume.VolumeKey;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whom the attacks are about: {@code mallory}, who attacks with tokens of its own and has
 * a volume of which it writes the first MiB only, and a buffer, and {@code vault}, of
 * whom nothing may ever be seen or changed. The secrets of all are known, so that none is
 * overlooked.
 */
final class Stage {

	/** Attacks write before this. */
	static final int ATTACKED = 1 << 20;

	static final int TARGET_BYTES = 12 << 20;

	static final String TARGET = "/v1/tenants/mallory/volumes/target";

	/** Mallory's, mapped to the target. */
	static final String BUFFER = "/v1/tenants/mallory/buffers/target";

	static final String VAULT = "/v1/tenants/vault/volumes/canary";

	private static final String VAULT_BUFFER = "/v1/tenants/vault/buffers/canary";

	static final List<VolumeKey> VOLUMES = List.of(new VolumeKey("mallory", "target"),
			new VolumeKey("vault", "canary"));

	private static final int CANARY_BYTES = 1 << 20;

	private static final int BUFFER_BYTES = 1 << 20;

	private static final String AUTHORIZATION = "Authorization: ";

	private final int port;

	private final Path directory;

	private final String admin;

	private final String mallory;

	private final String reader;

	private final String owner;

	private final List<String> secrets = new ArrayList<>();

	private final String untouched;

	private final String canary;

	private Stage(int port, Path directory) throws Exception {
		this.port = port;
		this.directory = directory;
		this.admin = Files.readString(directory.resolve("admin.header")).strip().substring(AUTHORIZATION.length());
		this.mallory = token("mallory", "tenant");
		this.reader = token("mallory", "reader");
		this.owner = token("vault", "tenant");
		this.secrets.add(secret(this.admin));
		this.secrets.add(directory.toString());
		make(TARGET, this.mallory, TARGET_BYTES);
		make(VAULT, this.owner, CANARY_BYTES);
		make(BUFFER, this.mallory, BUFFER_BYTES);
		make(VAULT_BUFFER, this.owner, CANARY_BYTES);
		Answer mapped = request("PUT", BUFFER + "/mappings/target", this.mallory, "{}");
		assertThat(mapped.status()).as(mapped.toString()).isEqualTo(201);
		this.untouched = untouched();
		this.canary = canary();
	}

	/**
	 * Makes them in a service.
	 */
	static Stage set(int port, Path directory) throws Exception {
		return new Stage(port, directory);
	}

	/**
	 * Makes a tenant, if need be, and a token.
	 */
	String token(String tenant, String role) throws IOException {
		request("PUT", "/v1/tenants/" + tenant, this.admin, "{}");
		String name = "stage-" + Long.toHexString(System.nanoTime());
		Answer made = request("PUT", "/v1/tenants/" + tenant + "/tokens/" + name, this.admin,
				"{\"role\":\"%s\"}".formatted(role));
		assertThat(made.status()).as(made.toString()).isEqualTo(201);
		String authorization = "Bearer " + made.json().get("token").asString();
		this.secrets.add(secret(authorization));
		return authorization;
	}

	/** What follows the id: 43 characters, and the checksum. */
	private static String secret(String authorization) {
		return authorization.substring(authorization.length() - 52);
	}

	/**
	 * Makes a volume or a buffer and fills it.
	 */
	void make(String path, String authorization, int size) throws IOException {
		Answer made = request("PUT", path, authorization, "{\"sizeBytes\":%d}".formatted(size));
		assertThat(made.status()).as(made.toString()).isEqualTo(201);
		byte[] bytes = new byte[size];
		new Random(size).nextBytes(bytes);
		try (Wire wire = new Wire(this.port)) {
			wire.send(head("PUT", path + "/data?offset=0", authorization, "Content-Length: " + size)).send(bytes);
			Answer written = wire.answer("PUT");
			assertThat(written).isNotNull();
			assertThat(written.status()).as(written.toString()).isEqualTo(204);
		}
	}

	String admin() {
		return this.admin;
	}

	String mallory() {
		return this.mallory;
	}

	String reader() {
		return this.reader;
	}

	/** Of the vault. */
	String owner() {
		return this.owner;
	}

	/**
	 * What must be neither in the log nor in an answer.
	 */
	List<String> secrets() {
		return List.copyOf(this.secrets);
	}

	Path directory() {
		return this.directory;
	}

	/**
	 * The head of a request, whole.
	 * @param headers lines without their ends
	 */
	static String head(String method, String target, String authorization, String... headers) {
		StringBuilder head = new StringBuilder("%s %s HTTP/1.1\r\nHost: h\r\n".formatted(method, target));
		if (!authorization.isEmpty()) {
			head.append("Authorization: ").append(authorization).append("\r\n");
		}
		for (String header : headers) {
			head.append(header).append("\r\n");
		}
		return head.append("\r\n").toString();
	}

	/**
	 * One exchange on a connection of its own.
	 */
	Answer request(String method, String target, String authorization, String json) throws IOException {
		try (Wire wire = new Wire(this.port)) {
			wire.send(head(method, target, authorization, "Content-Type: application/json", "Connection: close",
					"Content-Length: " + json.length()) + json);
			Answer answer = wire.answer(method);
			if (answer == null) {
				throw new IOException("no answer to " + method + " " + target);
			}
			return answer;
		}
	}

	/**
	 * One exchange on a connection of its own.
	 */
	Answer get(String target, String authorization, String... headers) throws IOException {
		try (Wire wire = new Wire(this.port)) {
			String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
			all[headers.length] = "Connection: close";
			Answer answer = wire.send(head("GET", target, authorization, all)).answer("GET");
			if (answer == null) {
				throw new IOException("no answer to GET " + target);
			}
			return answer;
		}
	}

	/**
	 * Fails if anything has changed that no attack may reach.
	 */
	void assertIntact() throws Exception {
		assertThat(untouched()).as("what nobody wrote of the target").isEqualTo(this.untouched);
		assertThat(canary()).as("the canary").isEqualTo(this.canary);
	}

	private String untouched() throws Exception {
		return checksum(get(TARGET + "/data", this.mallory, "Range: bytes=%d-".formatted(ATTACKED)), 206);
	}

	private String canary() throws Exception {
		return get(VAULT, this.owner).text() + get("/v1/tenants/vault/volumes", this.owner).text()
				+ checksum(get(VAULT + "/data", this.owner), 200)
				+ checksum(get(VAULT_BUFFER + "/data", this.owner), 200);
	}

	private static String checksum(Answer answer, int status) throws Exception {
		assertThat(answer.status()).as(answer.headers().toString()).isEqualTo(status);
		assertThat(answer.whole()).isTrue();
		return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(answer.body()));
	}

}
