package dev.holdfast.api.rest;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.event.EventKind;
import dev.holdfast.ops.Client;
import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.ServiceTest;
import dev.holdfast.operation.Operation;
import dev.holdfast.operation.OperationSpec;
import dev.holdfast.operation.Operations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ServiceTest
class EventsTests extends Service {

	@TempDir
	private Path files;

	@Autowired
	private Operations operations;

	@Test
	void shouldTellWhatBecomesOfAVolume() throws Exception {
		try (EventFeed feed = EventFeed.follow(acme(), "")) {
			Instant before = Instant.now();
			String volume = volume();
			String subject = volume.substring("/v1/".length());
			EventFeed.Message created = feed.next(subject);
			assertThat(created.event()).isEqualTo("volume-created");
			assertThat(created.resource()).isEqualTo(Client.json(acme().get(volume)));
			assertThat(created.data().get("tenant").asString()).isEqualTo("acme");
			assertThat(Instant.parse(created.data().get("at").asString())).isBetween(before, Instant.now());

			assertThat(acme().put(volume, "{\"sizeBytes\":%d}".formatted(VOLUME_BYTES)).statusCode()).isEqualTo(200);
			assertThat(acme().patch(volume, "{\"sizeBytes\":%d}".formatted(VOLUME_BYTES)).statusCode()).isEqualTo(200);
			assertThat(acme().patch(volume, "{\"sizeBytes\":\"2MiB\"}").statusCode()).isEqualTo(200);
			assertChanged(feed.next(subject), "growing", VOLUME_BYTES);
			EventFeed.Message grown = feed.next(subject);
			if (grown.resource().get("state").asString().equals("growing")) {
				grown = feed.next(subject);
			}
			assertChanged(grown, "ready", 2 * VOLUME_BYTES);
			assertThat(acme().delete(volume).statusCode()).isEqualTo(204);
			assertChanged(feed.next(subject), "deleting", 2 * VOLUME_BYTES);
			EventFeed.Message deleted = feed.next(subject);
			assertThat(deleted.event()).isEqualTo("volume-deleted");
			assertThat(deleted.resource().get("uuid")).isEqualTo(created.resource().get("uuid"));

			assertProblem(acme().put(volume, "{\"sizeBytes\":\"100TiB\"}"), 507, "no-space");
			String other = volume().substring("/v1/".length());
			assertThat(feed.next((message) -> message.event().startsWith("volume-")).subject())
				.as("nothing of one that came to nothing")
				.isEqualTo(other);
		}
	}

	private static void assertChanged(EventFeed.Message message, String state, int size) {
		assertThat(message.event()).isEqualTo("volume-changed");
		assertThat(message.resource().get("state").asString()).isEqualTo(state);
		assertThat(message.resource().get("sizeBytes").asInt()).isEqualTo(size);
	}

	@Test
	void shouldTellWhenOperationsBeginAndEnd() throws Exception {
		try (EventFeed feed = EventFeed.follow(admin().tenant("acme", "reader"), "")) {
			Operation operation = this.operations
				.begin(new OperationSpec("sleep", "acme", "tenants/acme", "sheep", 10, ""));
			operation.progress(5);
			operation.fail(new ProblemException(Problem.NO_SPACE, "no\nmore \"sheep\""));
			String subject = "operations/" + operation.id();
			EventFeed.Message started = feed.next(subject);
			assertThat(started.event()).isEqualTo("operation-started");
			assertThat(started.resource().get("state").asString()).isEqualTo("running");
			EventFeed.Message finished = feed.next(subject);
			assertThat(finished.event()).isEqualTo("operation-finished");
			assertThat(finished.resource()).isEqualTo(Client.json(acme().get("/v1/" + subject)));
			assertThat(finished.resource().get("error").get("detail").asString()).isEqualTo("no\nmore \"sheep\"");
		}
	}

	@Test
	void shouldTellWhatBecomesOfABuffer() throws Exception {
		String buffer = "/v1/tenants/acme/buffers/of-events";
		try (EventFeed feed = EventFeed.follow(acme(), "")) {
			assertThat(acme().put(buffer, "{\"sizeBytes\":\"1MiB\"}").statusCode()).isEqualTo(201);
			EventFeed.Message created = feed.next("tenants/acme/buffers/of-events");
			assertThat(created.event()).isEqualTo("buffer-created");
			assertThat(created.resource()).isEqualTo(Client.json(acme().get(buffer)));
			assertThat(acme().put(buffer, "{\"sizeBytes\":\"1MiB\"}").statusCode()).isEqualTo(200);
			assertThat(acme().delete(buffer).statusCode()).isEqualTo(204);
			EventFeed.Message changed = feed.next("tenants/acme/buffers/of-events");
			assertThat(changed.event()).isEqualTo("buffer-changed");
			assertThat(changed.resource().get("state").asString()).isEqualTo("deleting");
			EventFeed.Message deleted = feed.next("tenants/acme/buffers/of-events");
			assertThat(deleted.event()).isEqualTo("buffer-deleted");
			assertThat(deleted.resource().get("uuid")).isEqualTo(created.resource().get("uuid"));
		}
	}

	@Test
	void shouldTellWhatBecomesOfAMapping() throws Exception {
		String volume = volume();
		String buffer = "/v1/tenants/acme/buffers/of-mapping-events";
		String subject = buffer.substring("/v1/".length()) + "/mappings/" + volume.replaceAll(".*/", "");
		String mapping = "/v1/" + subject;
		acme().put(buffer, "{\"sizeBytes\":\"1MiB\"}");
		try (EventFeed feed = EventFeed.follow(acme(), "")) {
			assertThat(acme().put(mapping, "{}").statusCode()).isEqualTo(201);
			EventFeed.Message created = feed.next(subject);
			assertThat(created.event()).isEqualTo("mapping-created");
			assertThat(created.resource()).isEqualTo(Client.json(acme().get(mapping)));
			assertThat(created.data().get("tenant").asString()).isEqualTo("acme");
			assertThat(acme().put(mapping, "{}").statusCode()).isEqualTo(200);
			assertThat(acme().patch(mapping, "{\"onStale\":\"fail\"}").statusCode()).isEqualTo(200);
			EventFeed.Message changed = feed.next((message) -> message.event().equals("mapping-changed"));
			assertThat(changed.resource()).isEqualTo(Client.json(acme().get(mapping)));
			assertThat(acme().post(mapping + ":remap").statusCode()).isEqualTo(200);
			EventFeed.Message ready = feed.next(subject);
			assertThat(ready.event()).isEqualTo("mapping-ready");
			assertThat(acme().delete(buffer).statusCode()).isEqualTo(204);
			EventFeed.Message deleted = feed.next(subject);
			assertThat(deleted.event()).isEqualTo("mapping-deleted");
			assertThat(deleted.resource().get("volume")).isEqualTo(created.resource().get("volume"));
		}
	}

	@Test
	void shouldTellAdministratorsOfDevicesAndTenants() throws Exception {
		try (ExtraDevices devices = extraDevices(this.files); EventFeed feed = EventFeed.follow(admin(), "")) {
			String device = devices.attach(64L << 20);
			EventFeed.Message attached = feed.next("devices/" + device);
			assertThat(attached.event()).isEqualTo("device-attached");
			assertThat(attached.resource().get("state").asString()).isEqualTo("online");
			assertThat(attached.resource().get("uuid")).isEqualTo(devices.get(device).get("uuid"));
			assertThat(attached.data().has("tenant")).isFalse();
			String path = attached.resource().get("path").asString();
			assertThat(devices.put(device, Path.of(path), "\"adopt\":true").statusCode()).isEqualTo(200);
			assertThat(devices.detach(device).statusCode()).isEqualTo(204);
			assertThat(feed.next("devices/" + device).event()).isEqualTo("device-detached");

			String tenant = "/v1/tenants/of-events";
			JsonNode made = Client.json(admin().put(tenant, "{}"));
			EventFeed.Message created = feed.next("tenants/of-events");
			assertThat(created.event()).isEqualTo("tenant-created");
			assertThat(created.resource()).isEqualTo(made);
			admin().put(tenant, "{}");
			admin().patch(tenant, "{\"capacityBytes\":\"1GiB\"}");
			EventFeed.Message changed = feed.next("tenants/of-events");
			assertThat(changed.event()).isEqualTo("tenant-changed");
			assertThat(changed.resource().get("capacityBytes").asLong()).isEqualTo(1L << 30);
			try (EventFeed own = EventFeed.follow(admin().tenant("of-events", "reader"), "")) {
				assertThat(own.next().event()).isEmpty();
				assertThat(admin().delete(tenant).statusCode()).isEqualTo(204);
				assertThat(own.next().isEnd()).as("the stream of a tenant that is gone").isTrue();
			}
			assertThat(feed.next("tenants/of-events").event()).isEqualTo("tenant-deleted");
			EventFeed.Message begin;
			try (EventFeed next = EventFeed.follow(admin().tenant("of-events", "reader"), "?since=" + created.id())) {
				begin = next.next();
			}
			assertThat(begin.event()).as("what the one before had is not the new one's to see").isEqualTo("gap");
			assertThat(admin().delete(tenant).statusCode()).isEqualTo(204);
		}
	}

	@Test
	void shouldShowATenantItsOwnOnly() throws Exception {
		Client globex = admin().tenant("globex", "tenant");
		String theirs = "/v1/tenants/globex/volumes/events";
		try (EventFeed own = EventFeed.follow(globex, ""); EventFeed all = EventFeed.follow(admin(), "")) {
			String ours = volume();
			assertThat(globex.put(theirs, "{\"sizeBytes\":4096}").statusCode()).isEqualTo(201);
			EventFeed.Message first = own.next((message) -> message.data() != null);
			assertThat(first.data().toString()).doesNotContain("acme");
			all.next(ours.substring("/v1/".length()));
			all.next(theirs.substring("/v1/".length()));
			assertThat(globex.delete(theirs).statusCode()).isEqualTo(204);
			EventFeed.Message last = first;
			while (!last.event().equals("volume-deleted")) {
				last = own.next();
				assertThat(last.data().get("tenant").asString()).isEqualTo("globex");
			}
		}
	}

	@Test
	void shouldGoOnWhereAClientWas() throws Exception {
		EventFeed.Message begin;
		try (EventFeed feed = EventFeed.follow(acme(), "")) {
			begin = feed.next();
			assertThat(begin.event()).isEmpty();
		}
		String first = volume().substring("/v1/".length());
		String second = volume().substring("/v1/".length());
		EventFeed.Message seen;
		try (EventFeed feed = EventFeed.follow(acme(), "?since=" + begin.id())) {
			seen = feed.next(first);
			assertThat(seen.id()).startsWith(begin.id().replaceAll("-.*", "-"));
		}
		try (EventFeed feed = EventFeed.follow(acme(), "?since=" + begin.id(), "Last-Event-ID", seen.id())) {
			assertThat(feed.next().id()).isEqualTo(seen.id());
			EventFeed.Message next = feed.next((message) -> !message.subject().startsWith("operations/"));
			assertThat(next.subject()).isEqualTo(second);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "nonsense", "zzz-1", "1-999999999999999999", "" })
	void shouldSayThatEventsAreMissing(String last) throws Exception {
		try (EventFeed feed = EventFeed.follow(acme(), "", "Last-Event-ID", last)) {
			EventFeed.Message gap = feed.next();
			assertThat(gap.event()).isEqualTo("gap");
			assertThat(gap.data().get("detail").asString()).contains("list again");
			String volume = volume();
			assertThat(feed.next(volume.substring("/v1/".length())).event()).isEqualTo("volume-created");
			try (EventFeed resumed = EventFeed.follow(acme(), "?since=" + gap.id())) {
				assertThat(resumed.next().event()).isEmpty();
				resumed.next(volume.substring("/v1/".length()));
			}
		}
	}

	@Test
	void shouldRefuseWhatIsNoPlaceAndWhoHasNone() throws Exception {
		for (String since : new String[] { "nonsense", "", "A-1", "a-b", "a-1&since=a-2", "a-9999999999999999999" }) {
			assertProblem(acme().get("/v1/events?since=" + since), 400, "malformed-request");
		}
		assertProblem(Client.anonymous(this.port).get("/v1/events"), 401, "unauthenticated");
		assertProblem(acme().get("/v1/events", "Accept", "application/json"), 406, "not-acceptable");
		assertProblem(acme().post("/v1/events"), 405, "method-not-allowed");
		HttpResponse<String> head = acme().text("HEAD", "/v1/events", BodyPublishers.noBody());
		assertThat(head.statusCode()).isEqualTo(200);
		assertThat(header(head, "Content-Type")).isEqualTo("text/event-stream;charset=UTF-8");
	}

	/** Byte for byte, with a comment when nothing happens. */
	@Test
	void shouldSpeakAsTheStandardSays() throws Exception {
		admin().put("/v1/tenants/silent", "{}");
		Client silent = admin().tenant("silent", "tenant");
		try (RawSocket socket = new RawSocket(this.port, Duration.ofSeconds(25))) {
			socket.send("GET /v1/events HTTP/1.1\nHost: h\nAuthorization: %s\nAccept: text/event-stream\n\n"
				.formatted(silent.authorization()));
			String head = socket.head();
			assertThat(head).startsWith("HTTP/1.1 200")
				.contains("Content-Type: text/event-stream;charset=UTF-8", "Cache-Control: no-store",
						"X-Accel-Buffering: no", "Transfer-Encoding: chunked", "X-Request-Id: ")
				.doesNotContain("Content-Length");
			assertThat(chunk(socket)).matches("retry: 2000\nid: [0-9a-z]{10}-\\d+\n\n");
			long before = System.nanoTime();
			assertThat(chunk(socket)).isEqualTo(":\n\n");
			assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(Duration.ofSeconds(14),
					Duration.ofSeconds(20));
			admin().patch("/v1/tenants/silent", "{\"capacityBytes\":4096}");
			assertThat(chunk(socket)).matches(
					"id: [0-9a-z]{10}-\\d+\nevent: tenant-changed\ndata: \\{\"at\":\"[^\"]+Z\",\"tenant\":\"silent\",\"subject\":\"tenants/silent\",\"resource\":\\{\"name\":\"silent\",.*\\}\\}\n\n");
		}
	}

	private static String chunk(RawSocket socket) throws Exception {
		StringBuilder size = new StringBuilder();
		while (size.indexOf("\r\n") < 0) {
			size.append(socket.read(1));
		}
		return socket.read(Integer.parseInt(size.toString().strip(), 16) + 2).replaceFirst("\r\n$", "");
	}

	@Test
	void shouldEndWithTheTokenThatItWasAskedForWith() throws Exception {
		HttpResponse<String> made = admin().put("/v1/tenants/acme/tokens/following", "{\"role\":\"tenant\"}");
		Client following = acme().authorization("Bearer " + Client.json(made).get("token").asString());
		try (EventFeed feed = EventFeed.follow(following, "")) {
			assertThat(feed.next().event()).isEmpty();
			assertThat(admin().delete("/v1/tenants/acme/tokens/following").statusCode()).isEqualTo(204);
			volume();
			assertThat(feed.next().isEnd()).isTrue();
		}
	}

	@Test
	void shouldFollowSixteenTimesAtATime() throws Exception {
		Client globex = admin().tenant("globex", "tenant");
		List<EventFeed> feeds = new ArrayList<>();
		try {
			for (int i = 0; i < 16; i++) {
				feeds.add(EventFeed.follow(globex, ""));
			}
			HttpResponse<String> refused = globex.get("/v1/events");
			assertProblem(refused, 429, "rate-limited");
			assertThat(Client.json(refused).get("limit").asInt()).isEqualTo(16);
			assertThat(header(refused, "Retry-After")).isEqualTo("1");
			EventFeed.follow(acme(), "").close();
			feeds.removeFirst().close();
			// That a client has gone shows when something is written to it.
			await().until(() -> {
				Operation operation = this.operations
					.begin(new OperationSpec("sleep", "globex", "tenants/globex", "sheep", 1, ""));
				operation.succeed();
				HttpResponse<java.io.InputStream> again = globex.getStream("/v1/events");
				again.body().close();
				return again.statusCode() == 200;
			});
		}
		finally {
			for (EventFeed feed : feeds) {
				feed.close();
			}
		}
	}

	@Test
	void shouldDocumentEachEvent() throws Exception {
		String page = java.nio.file.Files.readString(Path.of("src/docs/events.md"));
		for (EventKind kind : EventKind.values()) {
			assertThat(page).contains("| `" + kind.label() + "` |");
		}
	}

}
