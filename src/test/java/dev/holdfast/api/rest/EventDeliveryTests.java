package dev.holdfast.api.rest;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.event.EventLog;
import dev.holdfast.operation.Operation;
import dev.holdfast.operation.OperationSpec;
import dev.holdfast.operation.Operations;
import dev.holdfast.ops.Client;
import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.StartedService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that do not take their events, and those that come back.
 */
class EventDeliveryTests {

	private static final int EVENTS = 300;

	private static final int DETAIL = 100_000;

	/**
	 * Of an event that was received as far as that; it may be cut by the border of a
	 * chunk.
	 */
	private static final Pattern ID = Pattern.compile("id: (\\w+-\\d+)\nevent: operation-started\n");

	@TempDir
	private Path directory;

	@Test
	void shouldCutOffWhoDoesNotTakeThemAndLetThemGoOnLater() throws Exception {
		try (StartedService service = StartedService.start(this.directory, "holdfast.limits.slowest-rate=1MiB",
				"holdfast.limits.slowest-for=1s")) {
			Client acme = service.admin().tenant("acme", "tenant");
			EventLog log = service.bean(EventLog.class);
			String got;
			String newest = "";
			try (RawSocket socket = new RawSocket(service.port())) {
				socket.send("GET /v1/events HTTP/1.1\nHost: h\nAuthorization: %s\n\n".formatted(acme.authorization()));
				assertThat(socket.head()).startsWith("HTTP/1.1 200");
				for (int i = 0; i < EVENTS; i++) {
					newest = failed(service.bean(Operations.class));
				}
				await().atMost(Duration.ofSeconds(20)).until(() -> log.streams() == 0);
				got = socket.textUntilBroken();
			}
			assertThat(got.length()).as("what was under way").isLessThan(EVENTS * DETAIL);
			String last = ID.matcher(got)
				.results()
				.map((found) -> found.group(1))
				.reduce((one, next) -> next)
				.orElseThrow();
			long sequence = Long.parseLong(last.replaceAll(".*-", ""));
			try (EventFeed feed = EventFeed.follow(acme, "", "Last-Event-ID", last)) {
				assertThat(feed.next().event()).as("no gap").isEmpty();
				EventFeed.Message next;
				do {
					next = feed.next();
					assertThat(next.id()).endsWith("-" + ++sequence);
				}
				while (!next.event().equals("operation-finished") || !next.subject().equals(newest));
			}
		}
	}

	private static String failed(Operations operations) {
		Operation operation = operations.begin(new OperationSpec("sleep", "acme", "tenants/acme", "sheep", 1, ""));
		operation.fail(new ProblemException(Problem.NO_SPACE, "x".repeat(DETAIL)));
		return "operations/" + operation.id();
	}

	@Test
	void shouldTellWhenADeviceIsBackAndWhatIsOnIt() throws Exception {
		Path file = this.directory.resolve("d1.img");
		try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
			content.setLength(32L << 20);
		}
		String device = "{\"path\":\"%s\"}".formatted(file);
		try (StartedService service = StartedService.start(this.directory.resolve("data"))) {
			assertThat(service.admin().put("/v1/devices/d1", device).statusCode()).isEqualTo(201);
			Client acme = service.admin().tenant("acme", "tenant");
			assertThat(acme.put("/v1/tenants/acme/volumes/v1", "{\"sizeBytes\":4096}").statusCode()).isEqualTo(201);
		}
		Path away = Files.move(file, this.directory.resolve("away.img"));
		try (StartedService service = StartedService.start(this.directory.resolve("data"));
				EventFeed feed = EventFeed.follow(service.admin(), "")) {
			assertThat(feed.next().event()).isEmpty();
			assertThat(service.admin().put("/v1/devices/d1", device).statusCode()).isEqualTo(409);
			Files.move(away, file);
			assertThat(service.admin().put("/v1/devices/d1", device).statusCode()).isEqualTo(200);
			EventFeed.Message volume = feed.next((message) -> message.event().startsWith("volume-"));
			assertThat(volume.event()).isEqualTo("volume-changed");
			assertThat(volume.resource().get("state").asString()).isEqualTo("ready");
			EventFeed.Message changed = feed.next("devices/d1");
			assertThat(changed.event()).isEqualTo("device-changed");
			assertThat(changed.resource().get("state").asString()).isEqualTo("online");
			assertThat(service.admin().put("/v1/devices/d1", device).statusCode()).isEqualTo(200);
			assertThat(service.admin().delete("/v1/tenants/acme/volumes/v1").statusCode()).isEqualTo(204);
			assertThat(service.admin().delete("/v1/devices/d1").statusCode()).isEqualTo(204);
			assertThat(feed.next("devices/d1").event()).as("once").isEqualTo("device-detached");
		}
	}

	@Test
	void shouldSayThatAnotherRunsEventsAreMissing() throws Exception {
		String last;
		String token;
		try (StartedService service = StartedService.start(this.directory)) {
			Client acme = service.admin().tenant("acme", "tenant");
			token = acme.authorization();
			try (EventFeed feed = EventFeed.follow(acme, "")) {
				last = feed.next().id();
			}
		}
		try (StartedService service = StartedService.start(this.directory)) {
			Client acme = Client.anonymous(service.port()).authorization(token);
			try (EventFeed feed = EventFeed.follow(acme, "", "Last-Event-ID", last)) {
				EventFeed.Message gap = feed.next();
				assertThat(gap.event()).isEqualTo("gap");
				assertThat(gap.id()).isNotEqualTo(last);
				service.admin().patch("/v1/tenants/acme", "{\"capacityBytes\":4096}");
				assertThat(feed.next().event()).isEqualTo("tenant-changed");
			}
		}
	}

}
