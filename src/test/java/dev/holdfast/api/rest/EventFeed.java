package dev.holdfast.api.rest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import dev.holdfast.ops.Client;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client of server-sent events, as browsers have it.
 */
public final class EventFeed implements AutoCloseable {

	private static final Message END = new Message("", "end", null);

	private final HttpResponse<java.io.InputStream> response;

	private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();

	private EventFeed(HttpResponse<java.io.InputStream> response) {
		this.response = response;
		Thread.startVirtualThread(this::read);
	}

	/**
	 * Follows, and has the first message already. Clients of earlier tests that have gone
	 * may keep their places until something is written to them.
	 */
	public static EventFeed follow(Client client, String query, String... headers) {
		return new EventFeed(Awaitility.await()
			.atMost(Duration.ofSeconds(40))
			.until(() -> client.getStream("/v1/events" + query, headers), (response) -> response.statusCode() == 200));
	}

	private void read() {
		try (BufferedReader lines = new BufferedReader(
				new InputStreamReader(this.response.body(), StandardCharsets.UTF_8))) {
			Message next = Message.EMPTY;
			String line;
			while ((line = lines.readLine()) != null) {
				if (line.isEmpty()) {
					this.messages.add(next);
					next = Message.EMPTY;
				}
				else {
					next = next.with(line);
				}
			}
		}
		catch (IOException ex) {
			// Cut off, by either side.
		}
		this.messages.add(END);
	}

	/**
	 * The next message, whatever it is.
	 */
	public Message next() throws InterruptedException {
		Message message = this.messages.poll(20, TimeUnit.SECONDS);
		Assertions.assertThat(message).as("a message").isNotNull();
		return message;
	}

	/**
	 * The next event of something.
	 * @param subject that it is to be of
	 */
	public Message next(String subject) throws InterruptedException {
		return next((message) -> message.subject().equals(subject));
	}

	public Message next(Predicate<Message> wanted) throws InterruptedException {
		Message message;
		do {
			message = next();
			Assertions.assertThat(message.isEnd()).as("the end").isFalse();
		}
		while (!wanted.test(message));
		return message;
	}

	@Override
	public void close() throws IOException {
		this.response.body().close();
	}

	/**
	 * What comes between two empty lines.
	 */
	public record Message(String id, String event, JsonNode data) {

		static final Message EMPTY = new Message("", "", null);

		Message with(String line) {
			String value = line.substring(line.indexOf(':') + 1).strip();
			if (line.startsWith("id:")) {
				return new Message(value, this.event, this.data);
			}
			if (line.startsWith("event:")) {
				return new Message(this.id, value, this.data);
			}
			if (line.startsWith("data:")) {
				return new Message(this.id, this.event, JsonMapper.shared().readTree(value));
			}
			return line.equals(":") ? new Message(this.id, "comment", this.data) : this;
		}

		boolean isEnd() {
			return equals(END);
		}

		public String subject() {
			return (this.data != null && this.data.has("subject")) ? this.data.get("subject").asString() : "";
		}

		public JsonNode resource() {
			return this.data.get("resource");
		}

	}

}
