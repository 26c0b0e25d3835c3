package dev.holdfast.tools;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.DataDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where somebody works with tools: a directory with the files of a token, as the page
 * makes them, and volumes.
 */
abstract class Workplace {

	static final String TENANT = "tools";

	private static final AtomicInteger NAMES = new AtomicInteger();

	private static Client knownUser;

	@TempDir
	Path here;

	@LocalServerPort
	int port;

	@Autowired
	DataDirectory directory;

	private final List<String> volumes = new ArrayList<>();

	@BeforeEach
	void signIn() throws Exception {
		// Programs that give up being root go through it; what is in it is for its owner.
		Files.setPosixFilePermissions(this.here, PosixFilePermissions.fromString("rwx--x--x"));
		Path header = Files.createFile(this.here.resolve("token.header"),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
		Files.writeString(header, "Authorization: " + user().authorization() + "\n");
		shell().run(Page.read().section("The token"));
	}

	@AfterEach
	void tidy() throws Exception {
		for (String volume : this.volumes) {
			assertThat(user().delete(volume).statusCode()).isLessThan(300);
		}
	}

	final Client user() throws Exception {
		synchronized (NAMES) {
			if (knownUser == null) {
				knownUser = Client.withHeaderFile(this.port, this.directory.path().resolve("admin.header"))
					.tenant(TENANT, "tenant");
			}
			return knownUser;
		}
	}

	final String secret() throws Exception {
		return user().authorization().substring("Bearer ".length());
	}

	/**
	 * A new volume.
	 * @return its URL, without the part that says data
	 */
	final String volume(long bytes) throws Exception {
		String path = "/v1/tenants/" + TENANT + "/volumes/v" + NAMES.incrementAndGet();
		HttpResponse<String> made = user().put(path, "{\"sizeBytes\":" + bytes + "}");
		assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
		this.volumes.add(path);
		return "http://127.0.0.1:" + this.port + path;
	}

	/**
	 * A shell that has the URL of a volume's blocks as {@code $data}.
	 */
	final Shell shell(String volume) throws Exception {
		return shell().with("data", volume + "/data");
	}

	final Shell shell() throws Exception {
		return new Shell(this.here, secret());
	}

	/**
	 * Makes a file whose bytes are those of no other place.
	 */
	final byte[] file(String name, int length) throws IOException {
		byte[] bytes = new byte[length];
		new Random(length).nextBytes(bytes);
		Files.write(this.here.resolve(name), bytes);
		return bytes;
	}

	final byte[] read(String name) throws IOException {
		return Files.readAllBytes(this.here.resolve(name));
	}

}
