package dev.holdfast.powerloss;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.ops.Client;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Buffers and mappings are there again after a stop and after {@code kill -9}, without
 * anyone asking: what was answered, and nothing that was answered to be gone.
 */
class BufferCrashTests {

	private static final long DEVICE = 64L << 20;

	private static final String ACME = "/v1/tenants/acme";

	private static final String BUFFERS = ACME + "/buffers/";

	private static final String DECLARATION = "{\"sizeBytes\":65536,\"pages\":\"4k\"}";

	private static final int WORKERS = 3;

	@TempDir
	private Path directory;

	@Test
	void shouldBeThereAgainAfterAStop() throws Exception {
		String token;
		JsonNode buffer;
		try (ServiceProcess service = ServiceProcess.start(this.directory, DEVICE, List.of("d0"))) {
			token = begin(service);
			Client client = service.as(token);
			client.put(BUFFERS + "b", DECLARATION);
			client.put(BUFFERS + "b/mappings/db", "{\"tier\":\"bvec\",\"onStale\":\"fail\"}");
			client.put(BUFFERS + "b/data?offset=0", new byte[] { 1, 2, 3 });
			buffer = Client.json(client.get(BUFFERS + "b"));
			service.terminate();
			assertThat(service.awaitExit()).isEqualTo(128 + 15);
			assertThat(service.log()).contains("Engine closed").doesNotContain("ERROR", "still in use");
		}
		try (ServiceProcess service = ServiceProcess.start(this.directory, DEVICE, List.of("d0"))) {
			Client client = service.as(token);
			assertThat(Client.json(client.get(BUFFERS + "b"))).isEqualTo(buffer);
			assertSound(client, "b");
			JsonNode mapping = Client.json(client.get(BUFFERS + "b/mappings/db"));
			assertThat(mapping.get("declared").toString()).isEqualTo("{\"tier\":\"bvec\",\"onStale\":\"fail\"}");
		}
	}

	private static String begin(ServiceProcess service) throws Exception {
		String token = service.admin().tenant("acme", "tenant").authorization();
		Client client = service.as(token);
		assertThat(client.put(ACME + "/volumes/db", "{\"sizeBytes\":\"1MiB\"}").statusCode()).isEqualTo(201);
		return token;
	}

	/** In memory, zeroed, and mapped. */
	private static void assertSound(Client client, String name) throws Exception {
		JsonNode buffer = Client.json(client.get(BUFFERS + name));
		assertThat(buffer.get("state").asString()).as(buffer.toString()).isEqualTo("ready");
		assertThat(client.getBytes(BUFFERS + name + "/data").body()).isEqualTo(new byte[65536]);
		HttpResponse<String> mapping = client.get(BUFFERS + name + "/mappings/db");
		assertThat(mapping.statusCode()).as(mapping.body()).isEqualTo(200);
		assertThat(Client.json(mapping).get("state").asString()).as(mapping.body()).isEqualTo("mapped");
	}

	@Test
	void shouldBeThereAgainWhenKilled() throws Exception {
		Set<String> there = ConcurrentHashMap.newKeySet();
		Set<String> gone = ConcurrentHashMap.newKeySet();
		String token = "";
		for (int round = 0; round <= 3; round++) {
			try (ServiceProcess service = ServiceProcess.start(this.directory, DEVICE, List.of("d0"))) {
				token = (round == 0) ? begin(service) : token;
				Client client = service.as(token);
				for (String name : there) {
					assertSound(client, name);
				}
				for (String name : gone) {
					assertThat(client.get(BUFFERS + name).statusCode()).as(name).isEqualTo(404);
				}
				if (round < 3) {
					work(service, client, round, there, gone);
				}
			}
		}
	}

	/**
	 * Declares, maps and deletes until the service is killed. What was on its way then
	 * may be there or not, and is not looked at.
	 */
	private static void work(ServiceProcess service, Client client, int round, Set<String> there, Set<String> gone)
			throws Exception {
		AtomicBoolean killed = new AtomicBoolean();
		AtomicInteger done = new AtomicInteger();
		int wanted = done.get() + 15 + ThreadLocalRandom.current().nextInt(30);
		List<Future<?>> workers = new ArrayList<>();
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			for (int i = 0; i < WORKERS; i++) {
				String prefix = "r%dw%d-".formatted(round, i);
				workers.add(threads.submit(() -> {
					declareAndDelete(client, prefix, killed, done, there, gone);
					return null;
				}));
			}
			try {
				Awaitility.await().until(() -> done.get() >= wanted || workers.stream().anyMatch(Future::isDone));
			}
			finally {
				killed.set(true);
				service.kill();
			}
		}
		for (Future<?> worker : workers) {
			worker.get();
		}
	}

	private static void declareAndDelete(Client client, String prefix, AtomicBoolean killed, AtomicInteger done,
			Set<String> there, Set<String> gone) throws Exception {
		try {
			for (int i = 0; true; i++) {
				String name = prefix + i;
				assertThat(client.put(BUFFERS + name, DECLARATION).statusCode()).isEqualTo(201);
				assertThat(client.put(BUFFERS + name + "/mappings/db", "{}").statusCode()).isEqualTo(201);
				assertThat(client.put(BUFFERS + name + "/data?offset=0", new byte[] { 1 }).statusCode()).isEqualTo(204);
				if (i % 2 == 1) {
					assertThat(client.delete(BUFFERS + name).statusCode()).isEqualTo(204);
					gone.add(name);
				}
				else {
					there.add(name);
				}
				done.incrementAndGet();
			}
		}
		catch (IOException ex) {
			assertThat(killed).as("no answer: %s", ex).isTrue();
		}
	}

}
