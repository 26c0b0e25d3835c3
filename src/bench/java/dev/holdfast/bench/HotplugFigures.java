package dev.holdfast.bench;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.ops.Client;
import dev.holdfast.testing.LoopDevice;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/**
 * How long a drive that comes back keeps I/O and mappings waiting, and what tenants
 * notice of one that is replaced. Arguments: a directory on tmpfs, mappings, rounds, and
 * MiB to move.
 */
public final class HotplugFigures {

	private static final int BLOCK = 4096;

	private static final int TENANTS_THREADS = 4;

	private static final int PIECE = 8 << 20;

	private final ServedDevice service;

	private final Client administrator;

	private final Client tenant;

	private final LoopDevice drive;

	private HotplugFigures(ServedDevice service, LoopDevice drive) throws Exception {
		this.service = service;
		this.drive = drive;
		this.administrator = service.administrator();
		this.tenant = service.tenant("acme");
	}

	public static void main(String[] arguments) throws Exception {
		Path directory = Path.of(arguments[0]);
		int mappings = Integer.parseInt(arguments[1]);
		int rounds = Integer.parseInt(arguments[2]);
		long bytes = Long.parseLong(arguments[3]) << 20;
		long size = bytes + (256L << 20);
		try (LoopDevice drive = LoopDevice.create(directory, size, "--direct-io=on");
				LoopDevice other = LoopDevice.create(directory, size, "--direct-io=on");
				LoopDevice copy = LoopDevice.create(directory, size, "--direct-io=on");
				ServedDevice service = new ServedDevice(directory, drive.device())) {
			HotplugFigures figures = new HotplugFigures(service, drive);
			figures.returns(mappings, rounds);
			figures.moves(other, copy, bytes, rounds);
		}
	}

	private static HttpResponse<String> expect(int status, HttpResponse<String> answer) {
		if (answer.statusCode() != status) {
			throw new IllegalStateException(answer.statusCode() + " " + answer.body());
		}
		return answer;
	}

	private void returns(int mappings, int rounds) throws Exception {
		expect(201, this.tenant.put("/v1/tenants/acme/volumes/v", "{\"sizeBytes\":\"64MiB\"}"));
		System.out.println("| mappings | remapped ms | I/O goes on after ms | all mapped after ms |");
		System.out.println("| --- | --- | --- | --- |");
		returns(0, 0, rounds);
		returns(0, mappings, rounds);
	}

	private void returns(int before, int mappings, int rounds) throws Exception {
		for (int i = before; i < mappings; i++) {
			expect(201, this.tenant.put("/v1/tenants/acme/buffers/b" + i, "{\"sizeBytes\":\"64KiB\"}"));
			expect(201, this.tenant.put("/v1/tenants/acme/buffers/b%d/mappings/v".formatted(i), "{}"));
		}
		double[] remaps = new double[rounds];
		double[] reads = new double[rounds];
		double[] mapped = new double[rounds];
		for (int i = 0; i < rounds; i++) {
			long begun = System.nanoTime();
			expect(204, this.administrator.post("/v1/devices/bench:remap"));
			awaitMapped(mappings, Instant.now().minusNanos(System.nanoTime() - begun));
			remaps[i] = since(begun);
			this.drive.pull();
			Awaitility.await().until(() -> device("bench").get("state").asString().equals("away"));
			try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
				Future<Long> read = thread.submit(() -> {
					expect(206, this.tenant.get("/v1/tenants/acme/volumes/v/data", "Range", "bytes=0-4095"));
					return System.nanoTime();
				});
				Awaitility.await().until(() -> device("bench").get("held").get("operations").asInt() == 1);
				Instant now = Instant.now();
				begun = System.nanoTime();
				this.drive.plug();
				reads[i] = (read.get() - begun) / 1e6;
				awaitMapped(mappings, now);
				mapped[i] = since(begun);
			}
		}
		System.out.printf("| %,d | %.1f | %.1f | %.1f |%n", mappings, median(remaps), median(reads), median(mapped));
	}

	private JsonNode device(String name) throws Exception {
		return Client.json(expect(200, this.administrator.get("/v1/devices/" + name)));
	}

	/** All that were made since then. */
	private void awaitMapped(int mappings, Instant since) {
		Awaitility.await().pollInterval(Duration.ofMillis(5)).atMost(Duration.ofMinutes(1)).until(() -> {
			int made = 0;
			String next = "";
			do {
				JsonNode page = Client
					.json(expect(200, this.administrator.get("/v1/devices/bench/mappings?pageSize=1000" + next)));
				for (JsonNode member : page.get("mappings")) {
					boolean fresh = member.get("state").asString().equals("mapped")
							&& !Instant.parse(member.get("mappedAt").asString()).plusMillis(1).isBefore(since);
					// The staging memory's is one of them.
					made += (fresh && member.get("tenant").asString().equals("acme")) ? 1 : 0;
				}
				next = page.has("nextPageToken") ? "&pageToken=" + page.get("nextPageToken").asString() : "";
			}
			while (!next.isEmpty());
			return made == mappings;
		});
	}

	private void moves(LoopDevice other, LoopDevice copy, long bytes, int rounds) throws Exception {
		expect(201, this.administrator.put("/v1/devices/other", "{\"path\":\"%s\"}".formatted(other.device())));
		expect(201, this.administrator.put("/v1/tenants/acme/volumes/moved",
				"{\"sizeBytes\":%d,\"devices\":[\"bench\"]}".formatted(bytes)));
		byte[] content = new byte[PIECE];
		new SplittableRandom(1).nextBytes(content);
		for (long at = 0; at < bytes; at += PIECE) {
			expect(204, this.tenant.put("/v1/tenants/acme/volumes/moved/data?offset=" + at, content));
		}
		double[] copies = new double[rounds];
		double[] moves = new double[rounds];
		double[] idle = new double[rounds];
		double[] longestAlone = new double[rounds];
		double[] longestBeside = new double[rounds];
		String from = "bench";
		String to = "other";
		for (int i = 0; i < rounds; i++) {
			String source = from;
			String target = to;
			copies[i] = perSecond(bytes, () -> copy(this.drive, copy, bytes));
			idle[i] = perSecond(bytes, () -> replace(source, target));
			expect(200, this.administrator.post("/v1/devices/%s:resume".formatted(source)));
			longestAlone[i] = load(bytes, () -> Thread.sleep(2000));
			double[] rate = new double[1];
			longestBeside[i] = load(bytes, () -> rate[0] = perSecond(bytes, () -> replace(target, source)));
			moves[i] = rate[0];
			expect(200, this.administrator.post("/v1/devices/%s:resume".formatted(target)));
		}
		System.out.printf("%n| %,d MiB | MiB/s |%n| --- | --- |%n", bytes >> 20);
		System.out.printf("| dd, 1 MiB at a time | %,.0f |%n", median(copies));
		System.out.printf("| replace, nobody else | %,.0f |%n", median(idle));
		System.out.printf("| replace, %d tenants' threads | %,.0f |%n%n", TENANTS_THREADS, median(moves));
		System.out.println("| reads and writes of 4 KiB | longest ms |");
		System.out.println("| --- | --- |");
		print("alone", longestAlone);
		print("while they are moved", longestBeside);
	}

	private static void print(String what, double[] longest) {
		double[] sorted = longest.clone();
		Arrays.sort(sorted);
		System.out.printf("| %s | %.1f (%.1f to %.1f) |%n", what, median(longest), sorted[0],
				sorted[sorted.length - 1]);
	}

	private static double perSecond(long bytes, Work work) throws Exception {
		long begun = System.nanoTime();
		work.run();
		return (bytes >> 20) * 1e3 / since(begun);
	}

	private static void copy(LoopDevice from, LoopDevice to, long bytes) throws Exception {
		Process copy = new ProcessBuilder("dd", "if=" + from.device(), "of=" + to.device(), "bs=1M",
				"count=" + (bytes >> 20), "iflag=direct", "oflag=direct", "conv=fsync", "status=none")
			.inheritIO()
			.start();
		if (copy.waitFor() != 0) {
			throw new IllegalStateException("dd failed");
		}
	}

	/** All that volumes have there, 64 MiB more than is asked for. */
	private void replace(String from, String to) throws Exception {
		HttpResponse<String> begun = expect(202,
				this.administrator.text("POST", "/v1/devices/%s:replace".formatted(from),
						BodyPublishers.ofString("{\"replacement\":\"%s\"}".formatted(to)), "Content-Type",
						"application/json"));
		String operation = begun.headers().firstValue("Location").orElseThrow();
		Awaitility.await()
			.pollInterval(Duration.ofMillis(5))
			.atMost(Duration.ofMinutes(5))
			.until(() -> Client.json(this.administrator.get(operation)).get("state").asString().equals("succeeded"));
	}

	/**
	 * The longest that one of the tenants' operations took beside something, in
	 * milliseconds.
	 */
	private double load(long bytes, Work work) throws Exception {
		AtomicBoolean ended = new AtomicBoolean();
		AtomicLong longest = new AtomicLong();
		try (ExecutorService threads = Executors.newFixedThreadPool(TENANTS_THREADS)) {
			List<Future<?>> runs = new ArrayList<>();
			for (int i = 0; i < TENANTS_THREADS; i++) {
				int number = i;
				runs.add(threads.submit(() -> {
					use(number, bytes, ended, longest);
					return null;
				}));
			}
			work.run();
			ended.set(true);
			for (Future<?> run : runs) {
				run.get();
			}
		}
		return longest.get() / 1e6;
	}

	private void use(int number, long bytes, AtomicBoolean ended, AtomicLong longest) throws Exception {
		SplittableRandom random = new SplittableRandom(number);
		String path = "/v1/tenants/acme/volumes/moved/data";
		String head = " HTTP/1.1\r\nHost: bench\r\nAuthorization: %s\r\n".formatted(this.tenant.authorization());
		String block = "x".repeat(BLOCK);
		try (Connection connection = new Connection(this.service.port())) {
			while (!ended.get()) {
				long offset = random.nextLong(bytes / BLOCK) * BLOCK;
				long begun = System.nanoTime();
				if (number % 2 == 0) {
					connection.exchange(
							"GET " + path + head + "Range: bytes=%d-%d\r\n\r\n".formatted(offset, offset + BLOCK - 1),
							206);
				}
				else {
					connection.exchange("PUT " + path + "?offset=" + offset + head
							+ "Content-Length: %d\r\n\r\n%s".formatted(BLOCK, block), 204);
				}
				longest.accumulateAndGet(System.nanoTime() - begun, Math::max);
			}
		}
	}

	private static double since(long nanos) {
		return (System.nanoTime() - nanos) / 1e6;
	}

	private static double median(double[] values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[sorted.length / 2];
	}

	/** What is timed. */
	@FunctionalInterface
	private interface Work {

		void run() throws Exception;

	}

}
