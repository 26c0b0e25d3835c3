package dev.holdfast.bench;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

import dev.holdfast.engine.DeviceFile;
import dev.holdfast.engine.DeviceLimits;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.IoDevice;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoEngines;
import dev.holdfast.engine.IoKind;
import dev.holdfast.ops.Client;
import dev.holdfast.uring.sys.LinuxRingSyscalls;
import dev.holdfast.uring.sys.Posix;

/**
 * Batches by reference over HTTP against the engine alone, in turn on one block device: 4
 * KiB reads at random places, four connections. Beside them the two halves of what HTTP
 * costs, each without the other: the batches without the container, and the container
 * without the batches. Arguments: the device, which is empty, a directory for the
 * service, rounds, milliseconds a run, and operations a batch.
 */
public final class BatchFigures {

	static final int BLOCK = 4096;

	static final int CONNECTIONS = 4;

	static final long VOLUME = 512L << 20;

	/**
	 * What serves requests is compiled by then, which no time of a busy machine tells.
	 */
	private static final long WARM_UP_READS = 5_000_000;

	private static final int WARM_UP_MILLIS = 5_000;

	private static final String PATH = "/v1/tenants/bench/";

	private static final String BARE_BATCHES = "dev.holdfast.api.rest.BareBatches";

	private final Client client;

	private final ServedDevice service;

	private final EngineLoad engine;

	private final Front http;

	private final Front bare;

	private final Front container;

	private final int batch;

	private final int depth;

	private BatchFigures(ServedDevice service, JavaProcess container, EngineLoad engine, int batch) throws Exception {
		this.batch = batch;
		this.depth = CONNECTIONS * batch;
		this.client = service.tenant("bench");
		this.service = service;
		this.engine = engine;
		String line = "POST %svolumes/v:io HTTP/1.1\r\nHost: bench\r\nAuthorization: %s\r\n".formatted(PATH,
				this.client.authorization());
		IntFunction<String> head = (length) -> "%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
			.formatted(line, length);
		this.http = new Front(service.port(), head);
		this.bare = new Front(service.process().awaitNumber(Pattern.compile("Batches without HTTP on port (\\d+)\\.")),
				(length) -> new String(ByteBuffer.allocate(Integer.BYTES).putInt(length).array(),
						StandardCharsets.ISO_8859_1));
		this.container = new Front(container.awaitNumber(BareContainer.PORT), head);
	}

	public static void main(String[] arguments) throws Exception {
		Path path = Path.of(arguments[0]);
		Path directory = Path.of(arguments[1]);
		try (ServedDevice service = new ServedDevice(directory, path, BARE_BATCHES);
				JavaProcess container = new JavaProcess(directory.resolve("container.log"),
						BareContainer.class.getName(), List.of(path.toString(), directory.toString(), arguments[4]));
				IoEngine engine = IoEngines.uring(new LinuxRingSyscalls(), EngineOptions.DEFAULT)) {
			int batch = Integer.parseInt(arguments[4]);
			new BatchFigures(service, container, load(engine, path, CONNECTIONS * batch), batch)
				.run(Integer.parseInt(arguments[2]), Long.parseLong(arguments[3]));
		}
	}

	private static EngineLoad load(IoEngine engine, Path path, int depth) throws IOException {
		int descriptor = Posix.open(path, Posix.O_RDONLY | Posix.O_DIRECT);
		IoDevice device = engine.attach(new DeviceFile("bench", descriptor, true, Posix.logicalBlockSize(descriptor)),
				DeviceLimits.DEFAULT);
		IoBuffer buffer = engine.register(Posix.mapMemory("bench", (long) depth * BLOCK)).join();
		return new EngineLoad(engine, device, buffer, VOLUME, IoKind.READ);
	}

	private void run(int rounds, long millis) throws Exception {
		prepare();
		warmUp(this.http);
		warmUp(this.bare);
		warmUp(this.container);
		this.engine.onRingThread(this.depth, 2000);
		this.engine.fromOtherThread(this.depth, 2000);
		double[] ring = new double[rounds];
		double[] other = new double[rounds];
		double[] http = new double[rounds];
		double[] bare = new double[rounds];
		double[] container = new double[rounds];
		double[] alone = new double[rounds];
		double[] served = new double[rounds];
		double[] asked = new double[rounds];
		for (int i = 0; i < rounds; i++) {
			long own = ownNanos();
			ring[i] = this.engine.onRingThread(this.depth, millis);
			alone[i] = (ownNanos() - own) / (ring[i] * millis);
			long of = this.service.process().cpuNanos();
			own = ownNanos();
			http[i] = rate(this.http, millis);
			served[i] = (this.service.process().cpuNanos() - of) / (http[i] * millis);
			asked[i] = (ownNanos() - own) / (http[i] * millis);
			bare[i] = rate(this.bare, millis);
			container[i] = rate(this.container, millis);
			other[i] = this.engine.fromOtherThread(this.depth, millis);
		}
		System.out.println("| 4 KiB reads | IOPS | of the ring thread |");
		System.out.println("| --- | --- | --- |");
		print("engine, ring thread", ring, ring);
		print("engine, other thread", other, ring);
		print("batches over HTTP", http, ring);
		print("batches without the container", bare, ring);
		print("the container without batches", container, ring);
		System.out.printf("µs of CPU a read: ring thread %.2f; over HTTP service %.2f, client %.2f%n", median(alone),
				median(served), median(asked));
	}

	private static long ownNanos() {
		return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
	}

	private static void print(String what, double[] rates, double[] base) {
		double[] ratios = new double[rates.length];
		for (int i = 0; i < ratios.length; i++) {
			ratios[i] = rates[i] / base[i];
		}
		Arrays.sort(ratios);
		System.out.printf("| %s | %,.0f | %.2f (%.2f to %.2f) |%n", what, median(rates), median(ratios), ratios[0],
				ratios[ratios.length - 1]);
	}

	private static double median(double[] values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[sorted.length / 2];
	}

	/** A volume full of random bytes, and a buffer mapped to it. */
	private void prepare() throws Exception {
		require(this.client.put(PATH + "volumes/v", "{\"sizeBytes\":%d}".formatted(VOLUME)));
		byte[] piece = new byte[32 << 20];
		new Random(1).nextBytes(piece);
		for (long offset = 0; offset < VOLUME; offset += piece.length) {
			require(this.client.put(PATH + "volumes/v/data?offset=" + offset, piece));
		}
		require(this.client.put(PATH + "buffers/b", "{\"sizeBytes\":%d}".formatted(this.depth * BLOCK)));
		require(this.client.put(PATH + "buffers/b/mappings/v", "{}"));
		System.err.println(this.client.get(PATH + "buffers/b/mappings/v").body());
	}

	private static void require(HttpResponse<String> answer) throws IOException {
		if (answer.statusCode() / 100 != 2 || answer.statusCode() == 202) {
			throw new IOException(answer.statusCode() + " " + answer.body());
		}
	}

	private void warmUp(Front front) throws Exception {
		long reads = 0;
		while (reads < WARM_UP_READS) {
			reads += Math.round(rate(front, WARM_UP_MILLIS) * WARM_UP_MILLIS / 1000);
		}
	}

	/** The rate of all connections together. */
	private double rate(Front front, long millis) throws Exception {
		try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
			long begun = System.nanoTime();
			long end = begun + millis * 1_000_000;
			List<Future<Long>> runs = new ArrayList<>();
			for (int i = 0; i < CONNECTIONS; i++) {
				int number = i;
				runs.add(threads.submit(() -> batches(front, number, end)));
			}
			long operations = 0;
			for (Future<Long> run : runs) {
				operations += run.get();
			}
			return operations * 1e9 / (System.nanoTime() - begun);
		}
	}

	private long batches(Front front, int number, long end) throws IOException {
		SplittableRandom random = new SplittableRandom(number);
		BatchOfReads reads = new BatchOfReads(front.head, this.batch, BLOCK, (long) number * this.batch * BLOCK);
		long operations = 0;
		try (Connection connection = new Connection(front.port)) {
			while (System.nanoTime() < end) {
				int length = connection.exchange(reads.next(random, VOLUME / BLOCK), 200);
				requireSuccess(connection.bytes(), length);
				operations += this.batch;
			}
		}
		return operations;
	}

	/** The result of one that failed has a problem, which is an object of its own. */
	private void requireSuccess(byte[] answer, int length) throws IOException {
		int objects = 0;
		for (int i = 0; i < length; i++) {
			objects += (answer[i] == '{') ? 1 : 0;
		}
		if (objects != this.batch + 1) {
			throw new IOException(new String(answer, 0, length, StandardCharsets.ISO_8859_1));
		}
	}

	/**
	 * What takes batches.
	 *
	 * @param port of this machine
	 * @param head of a request with a body of that length
	 */
	private record Front(int port, IntFunction<String> head) {
	}

}
