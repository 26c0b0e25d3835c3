package dev.holdfast.hotplug;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import dev.holdfast.ops.Client;
import dev.holdfast.powerloss.ServiceProcess;
import dev.holdfast.volume.VolumeKey;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code kill -9} of the whole service, over and over on the same data, in the midst of
 * emptying a device while its volumes are written over HTTP. The next one goes on with
 * it.
 */
class KilledDrainTests {

	private static final Logger log = LoggerFactory.getLogger(KilledDrainTests.class);

	private static final int ROUNDS = Integer.getInteger("holdfast.crash.drain-rounds", 3);

	/** Until a kill has met data being moved. */
	private static final int MOST_ROUNDS = ROUNDS + 10;

	private static final List<String> DEVICES = List.of("d0", "d1", "d2");

	private static final long DEVICE_SIZE = 96L << 20;

	private static final VolumeKey LINEAR = new VolumeKey("acme", "linear");

	private static final VolumeKey STRIPED = new VolumeKey("acme", "striped");

	private static final int MOST_MILLIS = 400;

	@TempDir
	private Path directory;

	private final List<VerifyingWriter> writers = new ArrayList<>();

	private @Nullable String token;

	private Instant killedAt = Instant.MIN;

	private int interrupted;

	@Test
	@Timeout(value = 10, unit = TimeUnit.MINUTES)
	void shouldGoOnWithWhatAKillHasInterrupted() throws Exception {
		long seed = Long.getLong("holdfast.crash.drain-seed", System.nanoTime());
		log.info("{} rounds, seed {}", ROUNDS, seed);
		Random random = new Random(seed);
		String operation = null;
		boolean more = true;
		for (int round = 0; more; round++) {
			try (ServiceProcess service = ServiceProcess.start(this.directory, DEVICE_SIZE, DEVICES)) {
				write(service);
				if (operation != null) {
					awaitEnd(service.admin(), operation);
				}
				more = round < ROUNDS || (this.interrupted == 0 && round < MOST_ROUNDS);
				if (more) {
					operation = emptyAndKill(service, random);
				}
				else {
					finish();
				}
			}
			catch (Exception | AssertionError ex) {
				throw new AssertionError("seed %d, round %d".formatted(seed, round), ex);
			}
		}
		assertThat(this.interrupted).as("operations that a kill has met").isPositive();
	}

	/**
	 * Has the writers go on: each looks at its whole volume first, while what was
	 * interrupted goes on too.
	 */
	private void write(ServiceProcess service) throws Exception {
		if (this.token == null) {
			Client acme = service.admin().tenant("acme", "tenant");
			this.token = acme.authorization();
			Blocks blocks = new HttpBlocks(acme);
			create(service.admin(), LINEAR, "{\"sizeBytes\":\"40MiB\",\"devices\":[\"d0\"]}");
			create(service.admin(), STRIPED,
					"{\"sizeBytes\":\"16MiB\",\"layout\":\"striped\",\"devices\":[\"d0\",\"d1\"]}");
			this.writers.add(new VerifyingWriter(blocks, LINEAR, 40 << 20, 1));
			this.writers.add(new VerifyingWriter(blocks, STRIPED, 16 << 20, 2));
		}
		else {
			Blocks blocks = new HttpBlocks(service.as(this.token));
			this.writers.forEach((writer) -> writer.goOn(blocks));
		}
	}

	private static void create(Client admin, VolumeKey volume, String spec) throws Exception {
		HttpResponse<String> made = admin.put("/v1/tenants/acme/volumes/" + volume.name(), spec);
		assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
	}

	private void awaitEnd(Client admin, String operation) throws Exception {
		JsonNode found = operation(admin, operation);
		log.info("After the restart: {}", found);
		Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
			JsonNode now = operation(admin, operation);
			assertThat(now.get("state").asString()).as(now.toString()).isEqualTo("succeeded");
			assertThat(now.get("progress").get("done").asLong()).isPositive()
				.isEqualTo(now.get("progress").get("total").asLong());
		});
		Instant end = Instant.parse(operation(admin, operation).get("finishedAt").asString());
		this.interrupted += end.isAfter(this.killedAt) ? 1 : 0;
		String device = found.get("subject").asString();
		JsonNode emptied = Client.json(admin.get("/v1/" + device));
		assertThat(emptied.get("state").asString()).isEqualTo("draining");
		assertThat(emptied.get("capacity").get("usedBytes").asLong()).isZero();
		assertThat(admin.post("/v1/" + device + ":resume").statusCode()).isEqualTo(200);
		awaitWrites(10);
	}

	private static JsonNode operation(Client admin, String operation) throws Exception {
		HttpResponse<String> answer = admin.get(operation);
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		return Client.json(answer);
	}

	/**
	 * Empties a device that the volumes are on, and kills the service at any moment of
	 * that.
	 * @return the operation
	 */
	private String emptyAndKill(ServiceProcess service, Random random) throws Exception {
		awaitWrites(20);
		Client admin = service.admin();
		String device = DEVICES.get(random.nextInt(DEVICES.size()));
		while (Client.json(admin.get("/v1/devices/" + device)).get("capacity").get("usedBytes").asLong() == 0) {
			device = DEVICES.get(random.nextInt(DEVICES.size()));
		}
		String other = DEVICES.get((DEVICES.indexOf(device) + 1 + random.nextInt(2)) % DEVICES.size());
		HttpResponse<String> begun = random.nextBoolean() ? admin.post("/v1/devices/" + device + ":drain")
				: admin.text("POST", "/v1/devices/" + device + ":replace",
						BodyPublishers.ofString("{\"replacement\":\"%s\"}".formatted(other)), "Content-Type",
						"application/json");
		assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
		this.writers.forEach(VerifyingWriter::requireAlive);
		long moment = System.nanoTime() + Duration.ofMillis(random.nextInt(MOST_MILLIS)).toNanos();
		Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> System.nanoTime() - moment >= 0);
		this.killedAt = Instant.now();
		service.kill();
		for (VerifyingWriter writer : this.writers) {
			writer.giveUp();
		}
		return begun.headers().firstValue("Location").orElseThrow();
	}

	private void awaitWrites(int more) {
		this.writers.forEach((writer) -> writer.await(more));
	}

	private void finish() throws Exception {
		for (VerifyingWriter writer : this.writers) {
			writer.finish();
		}
	}

}
