package dev.holdfast.powerloss;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.ops.Client;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code kill -9} of the whole service while leases of a volume change hands: no number
 * that was answered comes back, and none of those before it is good again.
 */
class LeaseCrashTests {

	private static final int ROUNDS = 3;

	private static final String VOLUME = "/v1/tenants/acme/volumes/db";

	private static final String TAKEOVER = "{\"ttlSeconds\":600,\"takeover\":true}";

	@TempDir
	private Path directory;

	private final AtomicLong latest = new AtomicLong();

	@Test
	void shouldKeepOldHoldersOutWhenKilled() throws Exception {
		String token = "";
		for (int round = 0; round <= ROUNDS; round++) {
			try (ServiceProcess service = ServiceProcess.start(this.directory, 64L << 20, List.of("d0"))) {
				if (round == 0) {
					token = service.admin().tenant("acme", "tenant").authorization();
					service.as(token).put(VOLUME, "{\"sizeBytes\":\"1MiB\"}");
				}
				Client client = service.as(token);
				check(client);
				if (round < ROUNDS) {
					changeHands(service, client, 20 + ThreadLocalRandom.current().nextInt(40));
				}
			}
		}
	}

	/**
	 * The last one that was answered is good, unless another was on its way when the
	 * service was killed. Nothing older is.
	 */
	private void check(Client client) throws Exception {
		long answered = this.latest.get();
		if (answered == 0) {
			return;
		}
		HttpResponse<String> shown = client.get(VOLUME + "/lease");
		assertThat(shown.statusCode()).as(shown.body()).isEqualTo(200);
		long living = Client.json(shown).get("number").asLong();
		assertThat(living).isGreaterThanOrEqualTo(answered);
		assertThat(write(client, living)).isEqualTo(204);
		assertThat(write(client, answered)).isEqualTo((living == answered) ? 204 : 409);
		assertThat(write(client, answered - 1)).isEqualTo(409);
		assertThat(client.put(VOLUME + "/data?offset=0", new byte[512]).statusCode()).isEqualTo(409);
		long next = take(client);
		assertThat(next).isGreaterThan(living);
		assertThat(write(client, living)).isEqualTo(409);
	}

	/**
	 * Holders take the volume from each other, until the service is killed.
	 */
	private void changeHands(ServiceProcess service, Client client, int times) throws Exception {
		AtomicInteger taken = new AtomicInteger();
		AtomicBoolean killed = new AtomicBoolean();
		List<Future<?>> holders = new ArrayList<>();
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			for (int i = 0; i < 3; i++) {
				holders.add(threads.submit(() -> {
					try {
						while (true) {
							long number = take(client);
							taken.incrementAndGet();
							write(client, number);
						}
					}
					catch (IOException ex) {
						assertThat(killed).as("no answer: %s", ex).isTrue();
						return null;
					}
				}));
			}
			try {
				Awaitility.await()
					.atMost(Duration.ofMinutes(1))
					.pollInterval(Duration.ofMillis(1))
					.until(() -> taken.get() >= times || holders.stream().anyMatch(Future::isDone));
			}
			finally {
				killed.set(true);
				service.kill();
			}
		}
		for (Future<?> holder : holders) {
			holder.get();
		}
	}

	private long take(Client client) throws Exception {
		HttpResponse<String> taken = client.put(VOLUME + "/lease", TAKEOVER);
		assertThat(taken.statusCode()).as(taken.body()).isEqualTo(201);
		long number = Client.json(taken).get("number").asLong();
		this.latest.accumulateAndGet(number, Math::max);
		return number;
	}

	private static int write(Client client, long number) throws Exception {
		return client.put(VOLUME + "/data?offset=0", new byte[512], "Holdfast-Lease", Long.toString(number))
			.statusCode();
	}

}
