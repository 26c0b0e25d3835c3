package dev.holdfast.api.rest;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.ops.Client;
import org.assertj.core.api.Assertions;
import tools.jackson.databind.JsonNode;

/**
 * Devices that a test attaches to the service, and which go again after it with the
 * volumes that are on them. The service has a device {@code d0} of its own.
 */
final class ExtraDevices implements AutoCloseable {

	private static final AtomicInteger NAMES = new AtomicInteger();

	private final Client admin;

	private final Path directory;

	private final List<String> names = new ArrayList<>();

	ExtraDevices(Client admin, Path directory) {
		this.admin = admin;
		this.directory = directory;
	}

	/**
	 * A name that no device had before.
	 */
	String name() {
		String name = "extra-" + NAMES.incrementAndGet();
		this.names.add(name);
		return name;
	}

	/**
	 * A new sparse file.
	 */
	Path file(long size) throws IOException {
		Path file = Files.createTempFile(this.directory, "device", ".img");
		try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
			content.setLength(size);
		}
		return file;
	}

	/**
	 * Attaches what is there.
	 * @return its name
	 */
	String attach(Path path) throws Exception {
		String name = name();
		HttpResponse<String> made = put(name, path);
		Assertions.assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
		return name;
	}

	/**
	 * Attaches a new sparse file, all of which is known to be zero.
	 * @return its name
	 */
	String attach(long size) throws Exception {
		return attach(file(size));
	}

	/**
	 * Declares a device.
	 * @param more members of the body, such as {@code "adopt":true}
	 */
	HttpResponse<String> put(String name, Path path, String... more) throws Exception {
		StringBuilder body = new StringBuilder("{\"path\":\"%s\"".formatted(path));
		for (String member : more) {
			body.append(',').append(member);
		}
		return this.admin.put(path(name), body.append('}').toString());
	}

	JsonNode get(String name) throws Exception {
		return Client.json(this.admin.get(path(name)));
	}

	HttpResponse<String> detach(String name) throws Exception {
		return this.admin.delete(path(name));
	}

	/**
	 * What the list says of a drive that is not attached.
	 * @return {@code null} if it is not in it
	 */
	JsonNode discovered(Path path) throws Exception {
		for (JsonNode drive : Client.json(this.admin.get("/v1/devices")).get("discovered")) {
			if (drive.get("path").asString().equals(path.toString())) {
				return drive;
			}
		}
		return null;
	}

	static String path(String name) {
		return "/v1/devices/" + name;
	}

	@Override
	public void close() throws Exception {
		for (String tenant : List.of("acme", "globex")) {
			String volumes = "/v1/tenants/" + tenant + "/volumes";
			for (JsonNode volume : Client.json(this.admin.get(volumes + "?pageSize=1000")).path("volumes")) {
				for (JsonNode device : volume.get("devices")) {
					if (this.names.contains(device.asString())) {
						this.admin.delete(volumes + "/" + volume.get("name").asString());
					}
				}
			}
		}
		for (String name : this.names) {
			HttpResponse<String> detached = detach(name);
			Assertions.assertThat(detached.statusCode()).as(detached.body()).isIn(204, 404);
		}
	}

}
