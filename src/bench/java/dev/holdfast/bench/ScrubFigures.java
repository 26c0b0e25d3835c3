package dev.holdfast.bench;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.device.AttachRequest;
import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceAttacher;
import dev.holdfast.device.HoldLimits;
import dev.holdfast.device.LabelReview;
import dev.holdfast.device.MemoryLosses;
import dev.holdfast.device.RegisteredMemory;
import dev.holdfast.engine.DeviceLimits;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoEngines;
import dev.holdfast.engine.IoFailedException;
import dev.holdfast.engine.SyncIo;
import dev.holdfast.operation.Operations;
import dev.holdfast.volume.CatalogLeases;
import dev.holdfast.volume.CatalogVolumeIndex;
import dev.holdfast.volume.Fences;
import dev.holdfast.volume.Pin;
import dev.holdfast.volume.Scrubs;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;
import dev.holdfast.volume.Volumes;

/**
 * What the background scrub costs a tenant: 4 KiB reads at random places of a volume, by
 * sixteen threads, in turn without it and beside it. Arguments: a block device that is
 * empty, a directory for a catalog, rounds, and milliseconds a round.
 */
public final class ScrubFigures {

	private static final int THREADS = 16;

	private static final int BLOCK = 4096;

	private static final long VOLUME = 256L << 20;

	private final IoEngine engine = IoEngines.best(EngineOptions.DEFAULT);

	private final Volumes volumes;

	private final Device device;

	private final Operations operations;

	private ScrubFigures(Path path, Catalog catalog) throws Exception {
		this.operations = new Operations(catalog, Clock.systemUTC());
		this.volumes = new Volumes(new CatalogVolumeIndex(catalog), (tenant) -> true,
				new Fences(new CatalogLeases(catalog), Clock.systemUTC()));
		this.device = new DeviceAttacher(this.engine, DeviceLimits.DEFAULT, UUID.randomUUID(), HoldLimits.DEFAULT,
				MemoryLosses.none())
			.attach(AttachRequest.of("figures", path), LabelReview.NONE);
		this.volumes.attached(this.device);
	}

	public static void main(String[] arguments) throws Exception {
		int rounds = Integer.parseInt(arguments[2]);
		long nanos = Long.parseLong(arguments[3]) * 1_000_000;
		try (Catalog catalog = Catalog.open(Path.of(arguments[1]).resolve("catalog.db"))) {
			new ScrubFigures(Path.of(arguments[0]), catalog).run(rounds, nanos);
		}
	}

	private void run(int rounds, long nanos) throws Exception {
		VolumeKey key = new VolumeKey("acme", "db");
		this.volumes.create(key, VolumeSpec.ofSize(VOLUME));
		load(key, nanos);
		Load[] alone = new Load[rounds];
		Load[] beside = new Load[rounds];
		double[] scrubbed = new double[rounds];
		for (int i = 0; i < rounds; i++) {
			alone[i] = load(key, nanos);
			long dirty = dirty();
			try (Scrubs scrubs = new Scrubs(this.volumes, this.operations)) {
				beside[i] = load(key, nanos);
			}
			if (dirty() == 0) {
				throw new IllegalStateException("the device is too small: nothing is dirty any more");
			}
			scrubbed[i] = (dirty - dirty()) / (nanos / 1e9) / (1 << 20);
		}
		System.out.println("| | reads/s | p50 µs | p99 µs | scrub MiB/s |");
		System.out.println("| --- | --- | --- | --- | --- |");
		print("without the scrub", alone, "");
		print("beside the scrub", beside, "%.0f".formatted(median(scrubbed)));
		this.device.close();
		this.engine.close();
	}

	private static void print(String what, Load[] loads, String scrubbed) {
		System.out.printf("| %s | %,.0f | %.0f | %.0f | %s |%n", what,
				median(Arrays.stream(loads).mapToDouble(Load::perSecond).toArray()),
				median(Arrays.stream(loads).mapToDouble(Load::halfMicros).toArray()),
				median(Arrays.stream(loads).mapToDouble(Load::mostMicros).toArray()), scrubbed);
	}

	private long dirty() {
		return this.volumes.usage(this.device.uuid()).dirty();
	}

	private Load load(VolumeKey key, long nanos) throws Exception {
		try (RegisteredMemory memory = RegisteredMemory.open(this.engine, "load", THREADS * BLOCK)) {
			long end = System.nanoTime() + nanos;
			List<Reader> readers = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				Reader reader = new Reader(key, memory, i, end);
				readers.add(reader);
				reader.thread = Thread.ofVirtual().start(reader);
			}
			List<Long> all = new ArrayList<>();
			for (Reader reader : readers) {
				reader.thread.join();
				all.addAll(reader.latencies);
			}
			long[] sorted = all.stream().mapToLong(Long::longValue).sorted().toArray();
			return new Load(sorted.length / (nanos / 1e9), sorted[sorted.length / 2] / 1e3,
					sorted[(int) (sorted.length * 0.99)] / 1e3);
		}
	}

	private static double median(double[] values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[sorted.length / 2];
	}

	private record Load(double perSecond, double halfMicros, double mostMicros) {

	}

	private final class Reader implements Runnable {

		private final VolumeKey key;

		private final RegisteredMemory memory;

		private final int number;

		private final long end;

		private final List<Long> latencies = new ArrayList<>();

		private Thread thread = Thread.currentThread();

		private Reader(VolumeKey key, RegisteredMemory memory, int number, long end) {
			this.key = key;
			this.memory = memory;
			this.number = number;
			this.end = end;
		}

		@Override
		public void run() {
			Random random = new Random(this.number);
			SyncIo io = new SyncIo(ScrubFigures.this.engine);
			try (Pin pin = ScrubFigures.this.volumes.open(this.key).pin()) {
				long begun = System.nanoTime();
				while (begun < this.end) {
					long offset = random.nextInt((int) (VOLUME / BLOCK)) * (long) BLOCK;
					long at = pin.resolve(offset, BLOCK).getFirst().offset();
					io.operation()
						.read(ScrubFigures.this.device.io(), at, this.memory.buffer(), this.number * (long) BLOCK,
								BLOCK);
					io.run();
					long now = System.nanoTime();
					this.latencies.add(now - begun);
					begun = now;
				}
			}
			catch (IoFailedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
