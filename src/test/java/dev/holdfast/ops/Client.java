package dev.holdfast.ops;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Talks HTTP to a service on this machine.
 */
public final class Client {

	private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private static final JsonMapper JSON = JsonMapper.shared();

	private final String base;

	private final String authorization;

	private Client(String base, String authorization) {
		this.base = base;
		this.authorization = authorization;
	}

	public static Client anonymous(int port) {
		return new Client("http://127.0.0.1:" + port, "");
	}

	/**
	 * A client with the header that is in a file.
	 */
	public static Client withHeaderFile(int port, Path file) throws IOException {
		return anonymous(port).authorization(Files.readString(file).strip().substring("Authorization: ".length()));
	}

	public Client authorization(String value) {
		return new Client(this.base, value);
	}

	/**
	 * What this client sends to say who it is.
	 */
	public String authorization() {
		return this.authorization;
	}

	/**
	 * As an administrator: a client for a token of a tenant, made if need be.
	 */
	public Client tenant(String tenant, String role) throws Exception {
		put("/v1/tenants/" + tenant, "{}");
		String name = role + "-" + Long.toHexString(System.nanoTime());
		HttpResponse<String> made = put("/v1/tenants/" + tenant + "/tokens/" + name, "{\"role\":\"" + role + "\"}");
		return authorization("Bearer " + json(made).get("token").asString());
	}

	public HttpResponse<String> get(String path, String... headers) throws Exception {
		return text("GET", path, BodyPublishers.noBody(), headers);
	}

	public HttpResponse<byte[]> getBytes(String path, String... headers) throws Exception {
		return send("GET", path, BodyPublishers.noBody(), HttpResponse.BodyHandlers.ofByteArray(), headers);
	}

	/**
	 * The body as it comes; to be closed.
	 */
	public HttpResponse<InputStream> getStream(String path, String... headers) throws Exception {
		return send("GET", path, BodyPublishers.noBody(), HttpResponse.BodyHandlers.ofInputStream(), headers);
	}

	public HttpResponse<String> put(String path, String json) throws Exception {
		return text("PUT", path, BodyPublishers.ofString(json), "Content-Type", "application/json");
	}

	public HttpResponse<String> put(String path, byte[] body, String... headers) throws Exception {
		return text("PUT", path, BodyPublishers.ofByteArray(body), headers);
	}

	public HttpResponse<String> patch(String path, String json) throws Exception {
		return text("PATCH", path, BodyPublishers.ofString(json), "Content-Type", "application/merge-patch+json");
	}

	public HttpResponse<String> post(String path) throws Exception {
		return text("POST", path, BodyPublishers.noBody());
	}

	public HttpResponse<String> delete(String path) throws Exception {
		return text("DELETE", path, BodyPublishers.noBody());
	}

	public HttpResponse<String> text(String method, String path, BodyPublisher body, String... headers)
			throws Exception {
		return send(method, path, body, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8), headers);
	}

	private <T> HttpResponse<T> send(String method, String path, BodyPublisher body,
			HttpResponse.BodyHandler<T> handler, String... headers) throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(this.base + path)).method(method, body);
		if (!this.authorization.isEmpty()) {
			request.header("Authorization", this.authorization);
		}
		for (int i = 0; i < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		return HTTP.send(request.build(), handler);
	}

	/**
	 * A volume as it is the same after a restart: the service then listens on another
	 * port.
	 */
	public static String lasting(JsonNode volume) {
		ObjectNode lasting = (ObjectNode) volume.deepCopy();
		lasting.remove("endpoint");
		return lasting.toString();
	}

	public static JsonNode json(HttpResponse<String> response) {
		return JSON.readTree(response.body());
	}

}
