package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

import dev.holdfast.HoldfastApplication;
import dev.holdfast.ops.Client;

/**
 * A process of the service as an operator starts it, with one device.
 */
final class ServedDevice implements AutoCloseable {

	/** Tells that all of it has started, which is when its log says so. */
	private static final Pattern PORT = Pattern.compile("(?s)Tomcat started on port (\\d+).*\\bStarted \\w+ in ");

	private final Path directory;

	private final JavaProcess process;

	private final int port;

	/**
	 * Starts it and waits until it serves.
	 * @param directory for its data and its log
	 * @param device that it attaches, empty or its own
	 */
	ServedDevice(Path directory, Path device) throws IOException {
		this(directory, device, HoldfastApplication.class.getName());
	}

	/**
	 * The same for a main class that starts the service and more.
	 */
	ServedDevice(Path directory, Path device, String main) throws IOException {
		this.directory = directory;
		this.process = new JavaProcess(directory.resolve("service.log"), main,
				List.of("--server.port=0", "--management.server.port=0",
						"--holdfast.data-directory=" + directory.resolve("data"), "--holdfast.devices[0].name=bench",
						"--holdfast.devices[0].path=" + device));
		this.port = this.process.awaitNumber(PORT);
	}

	int port() {
		return this.port;
	}

	JavaProcess process() {
		return this.process;
	}

	/**
	 * A client with a token of a tenant.
	 */
	Client tenant(String name) throws Exception {
		return administrator().tenant(name, "tenant");
	}

	Client administrator() throws Exception {
		return Client.withHeaderFile(port(), this.directory.resolve("data").resolve("admin.header"));
	}

	@Override
	public void close() throws InterruptedException {
		this.process.close();
	}

}
