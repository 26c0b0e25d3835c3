package dev.holdfast.nvme;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells QEMU what to do (its protocol is called QMP), from one thread.
 */
final class Qmp implements AutoCloseable {

	private static final JsonMapper JSON = JsonMapper.shared();

	private final SocketChannel channel;

	private final BufferedReader messages;

	private final Set<String> deleted = new HashSet<>();

	private Qmp(SocketChannel channel) {
		this.channel = channel;
		this.messages = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
	}

	static Qmp connect(Path socket) throws IOException {
		Qmp qmp = new Qmp(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
		qmp.next((greeting) -> greeting.has("QMP"));
		qmp.execute("qmp_capabilities", Map.of());
		return qmp;
	}

	/**
	 * Does one thing and waits for the answer.
	 */
	void execute(String command, Map<String, ?> arguments) throws IOException {
		String request = JSON.writeValueAsString(Map.of("execute", command, "arguments", arguments));
		this.channel.write(StandardCharsets.UTF_8.encode(request));
		JsonNode answer = next((message) -> message.has("return") || message.has("error"));
		if (answer.has("error")) {
			throw new IllegalStateException(request + ": " + answer.get("error"));
		}
	}

	/**
	 * Waits until a device has gone, which the guest has to agree to.
	 */
	void awaitDeleted(String device) throws IOException {
		while (!this.deleted.remove(device)) {
			next((message) -> message.has("event"));
		}
	}

	private JsonNode next(Predicate<JsonNode> wanted) throws IOException {
		while (true) {
			String line = this.messages.readLine();
			if (line == null) {
				throw new IOException("QEMU has ended");
			}
			JsonNode message = JSON.readTree(line);
			if (message.path("event").asString("").equals("DEVICE_DELETED")) {
				this.deleted.add(message.path("data").path("device").asString(""));
			}
			if (wanted.test(message)) {
				return message;
			}
		}
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

}
