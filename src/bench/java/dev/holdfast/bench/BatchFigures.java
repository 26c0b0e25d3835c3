package dev.holdfast.bench;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.http.HttpResponse;
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
 * KiB reads at random places, 64 to a batch, four connections. Arguments: the device,
 * which is empty, a directory for the service, rounds, and milliseconds a run.
 */
public final class BatchFigures {

	private static final int BLOCK = 4096;

	private static final int CONNECTIONS = 4;

	private static final int BATCH = 64;

	private static final long VOLUME = 512L << 20;

	/**
	 * What serves requests is compiled by then, which no time of a busy machine tells.
	 */
	private static final long WARM_UP_READS = 5_000_000;

	private static final int WARM_UP_MILLIS = 5_000;

	private static final int DEPTH = CONNECTIONS * BATCH;

	private static final String PATH = "/v1/tenants/bench/";

	private final Client client;

	private final ServedDevice service;

	private final EngineLoad engine;

	private BatchFigures(ServedDevice service, EngineLoad engine) throws Exception {
		this.client = service.tenant("bench");
		this.service = service;
		this.engine = engine;
	}

	public static void main(String[] arguments) throws Exception {
		Path path = Path.of(arguments[0]);
		try (ServedDevice service = new ServedDevice(Path.of(arguments[1]), path);
				IoEngine engine = IoEngines.uring(new LinuxRingSyscalls(), EngineOptions.DEFAULT)) {
			int descriptor = Posix.open(path, Posix.O_RDONLY | Posix.O_DIRECT);
			IoDevice device = engine.attach(
					new DeviceFile("bench", descriptor, true, Posix.logicalBlockSize(descriptor)),
					DeviceLimits.DEFAULT);
			MemorySegment memory = Posix.mapMemory("bench", (long) DEPTH * BLOCK);
			IoBuffer buffer = engine.register(memory).join();
			new BatchFigures(service, new EngineLoad(engine, device, buffer, VOLUME, IoKind.READ))
				.run(Integer.parseInt(arguments[2]), Long.parseLong(arguments[3]));
		}
	}

	private void run(int rounds, long millis) throws Exception {
		prepare();
		warmUp();
		this.engine.onRingThread(DEPTH, 2000);
		this.engine.fromOtherThread(DEPTH, 2000);
		double[] http = new double[rounds];
		double[] ring = new double[rounds];
		double[] other = new double[rounds];
		double[] alone = new double[rounds];
		double[] served = new double[rounds];
		double[] asked = new double[rounds];
		for (int i = 0; i < rounds; i++) {
			long own = ownNanos();
			ring[i] = this.engine.onRingThread(DEPTH, millis);
			alone[i] = (ownNanos() - own) / (ring[i] * millis);
			long of = this.service.cpuNanos();
			own = ownNanos();
			http[i] = overHttp(millis);
			served[i] = (this.service.cpuNanos() - of) / (http[i] * millis);
			asked[i] = (ownNanos() - own) / (http[i] * millis);
			other[i] = this.engine.fromOtherThread(DEPTH, millis);
		}
		System.out.println("| 4 KiB reads | IOPS | of the ring thread |");
		System.out.println("| --- | --- | --- |");
		print("engine, ring thread", ring, ring);
		print("engine, other thread", other, ring);
		print("batches over HTTP", http, ring);
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
		require(this.client.put(PATH + "buffers/b", "{\"sizeBytes\":%d}".formatted(DEPTH * BLOCK)));
		require(this.client.put(PATH + "buffers/b/mappings/v", "{}"));
		System.err.println(this.client.get(PATH + "buffers/b/mappings/v").body());
	}

	private static void require(HttpResponse<String> answer) throws IOException {
		if (answer.statusCode() / 100 != 2 || answer.statusCode() == 202) {
			throw new IOException(answer.statusCode() + " " + answer.body());
		}
	}

	private void warmUp() throws Exception {
		long reads = 0;
		while (reads < WARM_UP_READS) {
			reads += Math.round(overHttp(WARM_UP_MILLIS) * WARM_UP_MILLIS / 1000);
		}
	}

	/** The rate of all connections together. */
	private double overHttp(long millis) throws Exception {
		try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
			long begun = System.nanoTime();
			long end = begun + millis * 1_000_000;
			List<Future<Long>> runs = new ArrayList<>();
			for (int i = 0; i < CONNECTIONS; i++) {
				int number = i;
				runs.add(threads.submit(() -> batches(number, end)));
			}
			long operations = 0;
			for (Future<Long> run : runs) {
				operations += run.get();
			}
			return operations * 1e9 / (System.nanoTime() - begun);
		}
	}

	private long batches(int number, long end) throws IOException {
		SplittableRandom random = new SplittableRandom(number);
		String head = "POST %svolumes/v:io HTTP/1.1\r\nHost: bench\r\nAuthorization: %s\r\n".formatted(PATH,
				this.client.authorization()) + "Content-Type: application/json\r\n";
		BatchOfReads reads = new BatchOfReads(head, BATCH, BLOCK, (long) number * BATCH * BLOCK);
		long operations = 0;
		try (Connection connection = new Connection(this.service.port())) {
			while (System.nanoTime() < end) {
				int length = connection.exchange(reads.next(random, VOLUME / BLOCK), 200);
				requireSuccess(connection.bytes(), length);
				operations += BATCH;
			}
		}
		return operations;
	}

	/** The result of one that failed has a problem, which is an object of its own. */
	private static void requireSuccess(byte[] answer, int length) throws IOException {
		int objects = 0;
		for (int i = 0; i < length; i++) {
			objects += (answer[i] == '{') ? 1 : 0;
		}
		if (objects != BATCH + 1) {
			throw new IOException(new String(answer, 0, length, StandardCharsets.ISO_8859_1));
		}
	}

}
