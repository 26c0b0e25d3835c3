package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.holdfast.ops.Client;

/**
 * What buffers cost over HTTP: making, mapping and deleting a thousand of 1 MiB, and what
 * another tenant's reads of 4 KiB notice of a buffer of 1 GiB that is registered and let
 * go of. Arguments: the device, which is empty, a directory for the service, buffers,
 * rounds, and milliseconds a round.
 */
public final class BufferFigures {

	private static final int BLOCK = 4096;

	private static final long VOLUME = 64L << 20;

	private static final int READERS = 4;

	private final int port;

	private final Client maker;

	private final Client reader;

	private BufferFigures(ServedDevice service) throws Exception {
		this.port = service.port();
		this.maker = service.tenant("maker");
		this.reader = service.tenant("reader");
	}

	public static void main(String[] arguments) throws Exception {
		try (ServedDevice service = new ServedDevice(Path.of(arguments[1]), Path.of(arguments[0]))) {
			BufferFigures figures = new BufferFigures(service);
			figures.many(Integer.parseInt(arguments[2]));
			figures.stalls(Integer.parseInt(arguments[3]), Long.parseLong(arguments[4]));
		}
	}

	private void many(int count) throws IOException {
		System.out.printf("| %,d buffers of 1 MiB | in all s | median ms | longest ms |%n", count);
		System.out.println("| --- | --- | --- | --- |");
		try (Connection connection = new Connection(this.port)) {
			String size = "{\"sizeBytes\":\"1MiB\"}";
			request(connection, this.maker, "PUT", "maker/volumes/v", size, 201);
			String buffer = "maker/buffers/b%d";
			String mapping = buffer + "/mappings/v";
			each(connection, "make", count, "PUT", buffer, size, 201);
			each(connection, "map", count, "PUT", mapping, "{}", 201);
			each(connection, "unmap", count, "DELETE", mapping, "", 204);
			each(connection, "delete", count, "DELETE", buffer, "", 204);
		}
	}

	private void each(Connection connection, String what, int count, String method, String path, String body,
			int status) throws IOException {
		double[] millis = new double[count];
		long all = System.nanoTime();
		for (int i = 0; i < count; i++) {
			long begun = System.nanoTime();
			request(connection, this.maker, method, path.formatted(i), body, status);
			millis[i] = (System.nanoTime() - begun) / 1e6;
		}
		double seconds = (System.nanoTime() - all) / 1e9;
		Arrays.sort(millis);
		System.out.printf("| %s | %.1f | %.2f | %.1f |%n", what, seconds, millis[count / 2], millis[count - 1]);
	}

	private static void request(Connection connection, Client client, String method, String path, String body,
			int status) throws IOException {
		connection.exchange("%s /v1/tenants/%s HTTP/1.1\r\nHost: bench\r\nAuthorization: %s\r\n".formatted(method, path,
				client.authorization())
				+ "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body),
				status);
	}

	private void stalls(int rounds, long millis) throws Exception {
		try (Connection connection = new Connection(this.port)) {
			request(connection, this.reader, "PUT", "reader/volumes/v", "{\"sizeBytes\":%d}".formatted(VOLUME), 201);
		}
		reads(10_000, false);
		Load[] alone = new Load[rounds];
		Load[] beside = new Load[rounds];
		for (int i = 0; i < rounds; i++) {
			alone[i] = reads(millis, false);
			beside[i] = reads(millis, true);
		}
		System.out.printf("%n| reads of 4 KiB, depth %d | a second | p50 ms | p99 ms | longest ms |%n", READERS);
		System.out.println("| --- | --- | --- | --- | --- |");
		print("alone", alone);
		print("beside", beside);
		System.out.printf("1 GiB was registered in %.0f ms and let go of in %.0f ms%n",
				median(Arrays.stream(beside).mapToDouble(Load::made).toArray()),
				median(Arrays.stream(beside).mapToDouble(Load::deleted).toArray()));
	}

	private static void print(String what, Load[] loads) {
		double[] longest = Arrays.stream(loads).mapToDouble(Load::longest).sorted().toArray();
		System.out.printf("| %s | %,.0f | %.2f | %.2f | %.1f (%.1f to %.1f) |%n", what,
				median(Arrays.stream(loads).mapToDouble(Load::perSecond).toArray()),
				median(Arrays.stream(loads).mapToDouble(Load::half).toArray()),
				median(Arrays.stream(loads).mapToDouble(Load::most).toArray()), median(longest), longest[0],
				longest[longest.length - 1]);
	}

	private static double median(double[] values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[sorted.length / 2];
	}

	private Load reads(long millis, boolean registers) throws Exception {
		try (ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
			long end = System.nanoTime() + millis * 1_000_000;
			List<Future<List<Long>>> runs = new ArrayList<>();
			for (int i = 0; i < READERS; i++) {
				int number = i;
				runs.add(threads.submit(() -> read(number, end)));
			}
			double[] took = registers ? register() : new double[2];
			if (System.nanoTime() > end) {
				throw new IllegalStateException("a round is too short");
			}
			List<Long> all = new ArrayList<>();
			for (Future<List<Long>> run : runs) {
				all.addAll(run.get());
			}
			double[] sorted = all.stream().mapToDouble((nanos) -> nanos / 1e6).sorted().toArray();
			return new Load(sorted.length * 1e3 / millis, sorted[sorted.length / 2],
					sorted[(int) (sorted.length * 0.99)], sorted[sorted.length - 1], took[0], took[1]);
		}
	}

	/** How long making and deleting take, in milliseconds. */
	private double[] register() throws IOException {
		try (Connection connection = new Connection(this.port)) {
			long begun = System.nanoTime();
			request(connection, this.maker, "PUT", "maker/buffers/large", "{\"sizeBytes\":\"1GiB\"}", 201);
			long made = System.nanoTime();
			request(connection, this.maker, "DELETE", "maker/buffers/large", "", 204);
			return new double[] { (made - begun) / 1e6, (System.nanoTime() - made) / 1e6 };
		}
	}

	private List<Long> read(int number, long end) throws IOException {
		SplittableRandom random = new SplittableRandom(number);
		String head = "GET /v1/tenants/reader/volumes/v/data HTTP/1.1\r\nHost: bench\r\nAuthorization: %s\r\n"
			.formatted(this.reader.authorization());
		List<Long> nanos = new ArrayList<>();
		try (Connection connection = new Connection(this.port)) {
			while (System.nanoTime() < end) {
				long offset = random.nextLong(VOLUME / BLOCK) * BLOCK;
				long begun = System.nanoTime();
				connection.exchange(head + "Range: bytes=%d-%d\r\n\r\n".formatted(offset, offset + BLOCK - 1), 206);
				nanos.add(System.nanoTime() - begun);
			}
		}
		return nanos;
	}

	/** A round; times in milliseconds. */
	private record Load(double perSecond, double half, double most, double longest, double made, double deleted) {

	}

}
