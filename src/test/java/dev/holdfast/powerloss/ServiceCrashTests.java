package dev.holdfast.powerloss;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.ops.Client;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code kill -9} of the whole service, over and over on the same data, while tenants
 * create, write, flush, grow and delete over HTTP: it is killed once they have had a
 * random number of answers, wherever it is by then.
 */
class ServiceCrashTests {

	private static final int ROUNDS = Integer.getInteger("holdfast.crash.service-rounds", 3);

	private static final int FEWEST_ANSWERS = 200;

	private static final int MOST_ANSWERS = 800;

	private static final List<String> TENANTS = List.of("acme", "globex", "initech", "umbrella");

	private static final List<String> DEVICES = List.of("d0", "d1");

	private static final long DEVICE_BYTES = 96L << 20;

	@TempDir
	private Path directory;

	private final Map<String, String> tokens = new HashMap<>();

	@Test
	void shouldKeepAllThatWasAnsweredWhenKilled() throws Exception {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		AtomicLong stamps = new AtomicLong();
		List<ServiceTenant> tenants = new ArrayList<>();
		for (String tenant : TENANTS) {
			tenants.add(new ServiceTenant(tenant, new Random(random.nextLong()), stamps::incrementAndGet));
		}
		for (int round = 1; round <= ROUNDS + 1; round++) {
			try (ServiceProcess service = ServiceProcess.start(this.directory, DEVICE_BYTES, DEVICES)) {
				check(service, tenants);
				if (round <= ROUNDS) {
					work(service, tenants, FEWEST_ANSWERS + random.nextInt(MOST_ANSWERS - FEWEST_ANSWERS));
				}
				else {
					leave(service, tenants);
				}
			}
			catch (Violation ex) {
				throw new Violation("seed %d, round %d: %s".formatted(seed, round, ex.getMessage()), ex);
			}
		}
	}

	/**
	 * Lets all of them act at the same time, until the service is killed.
	 */
	private void work(ServiceProcess service, List<ServiceTenant> tenants, int answers) throws Exception {
		AtomicInteger answered = new AtomicInteger();
		AtomicBoolean killed = new AtomicBoolean();
		List<Future<?>> working = new ArrayList<>();
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			for (ServiceTenant tenant : tenants) {
				Client client = client(service, tenant);
				working.add(threads.submit(() -> {
					try {
						while (true) {
							tenant.act(client);
							answered.incrementAndGet();
						}
					}
					catch (IOException ex) {
						assertThat(killed).as("no answer: %s", ex).isTrue();
						return true;
					}
				}));
			}
			try {
				Awaitility.await()
					.atMost(Duration.ofMinutes(1))
					.pollInterval(Duration.ofMillis(1))
					.until(() -> answered.get() >= answers || working.stream().anyMatch(Future::isDone));
			}
			finally {
				killed.set(true);
				service.kill();
			}
		}
		for (Future<?> each : working) {
			switch (each.state()) {
				case SUCCESS -> assertThat(each.resultNow()).isEqualTo(true);
				case FAILED -> throw new Violation(each.exceptionNow().getMessage(), each.exceptionNow());
				default -> throw new Violation("it was " + each.state());
			}
		}
	}

	private Client client(ServiceProcess service, ServiceTenant tenant) throws Exception {
		String token = this.tokens.get(tenant.name());
		if (token == null) {
			token = service.admin().tenant(tenant.name(), "tenant").authorization();
			this.tokens.put(tenant.name(), token);
		}
		return service.as(token);
	}

	private void check(ServiceProcess service, List<ServiceTenant> tenants) throws Exception {
		Client admin = service.admin();
		// What was interrupted goes on, and may make or grow a volume now.
		Awaitility.await()
			.atMost(Duration.ofMinutes(1))
			.until(() -> !admin.get("/v1/operations").body().contains("running"));
		Map<String, NavigableMap<Long, Long>> places = new HashMap<>();
		for (ServiceTenant tenant : tenants) {
			Client client = client(service, tenant);
			tenant.check(client);
			for (JsonNode volume : Client.json(client.get(tenant.path())).get("volumes")) {
				place(client, tenant.path() + "/" + volume.get("name").asString(), volume.get("sizeBytes").asLong(),
						places);
			}
		}
		places.forEach(ServiceCrashTests::requireDisjoint);
	}

	/**
	 * Notes where a volume is, all of it.
	 */
	private static void place(Client client, String volume, long size, Map<String, NavigableMap<Long, Long>> places)
			throws Exception {
		long next = 0;
		String token = "";
		do {
			JsonNode page = Client.json(client.get(volume + "/extents?pageSize=1000" + token));
			for (JsonNode extent : page.get("extents")) {
				assertThat(extent.get("offset").asLong()).as(volume).isEqualTo(next);
				long length = extent.get("length").asLong();
				Long other = places.computeIfAbsent(extent.get("device").asString(), (device) -> new TreeMap<>())
					.put(extent.get("deviceOffset").asLong(), length);
				assertThat(other).as(volume).isNull();
				next += length;
			}
			token = "&pageToken=" + page.path("nextPageToken").asString("");
		}
		while (!token.endsWith("="));
		assertThat(next).as(volume).isEqualTo(size);
	}

	private static void requireDisjoint(String device, NavigableMap<Long, Long> places) {
		long end = 0;
		for (Map.Entry<Long, Long> place : places.entrySet()) {
			if (place.getKey() < end) {
				throw new Violation("two volumes are at %d of %s".formatted(place.getKey(), device));
			}
			end = place.getKey() + place.getValue();
		}
	}

	/**
	 * Nothing is left of what was deleted, or of what came to nothing.
	 */
	private void leave(ServiceProcess service, List<ServiceTenant> tenants) throws Exception {
		for (ServiceTenant tenant : tenants) {
			tenant.leave(client(service, tenant));
		}
		for (String device : DEVICES) {
			JsonNode capacity = Client.json(service.admin().get("/v1/devices/" + device)).get("capacity");
			assertThat(capacity.get("usedBytes").asLong()).as(device).isZero();
		}
	}

}
