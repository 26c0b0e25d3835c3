package dev.holdfast.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.device.AttachRequest;
import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceAttacher;
import dev.holdfast.device.HoldLimits;
import dev.holdfast.device.LabelReview;
import dev.holdfast.device.MemoryLosses;
import dev.holdfast.engine.DeviceLimits;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoEngines;
import dev.holdfast.tenant.Tenants;
import dev.holdfast.volume.CatalogLeases;
import dev.holdfast.volume.CatalogVolumeIndex;
import dev.holdfast.volume.Fences;
import dev.holdfast.volume.Pin;
import dev.holdfast.volume.ScrubProgress;
import dev.holdfast.volume.VolumeHandle;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeLease;
import dev.holdfast.volume.VolumeSpec;
import dev.holdfast.volume.Volumes;

/**
 * What attaching a device and making, growing, deleting and resolving volumes cost, with
 * few volumes and with many, and the memory of the resolver. Arguments: a directory for a
 * sparse file and a catalog, the file's size in GiB, and numbers of volumes.
 */
public final class VolumeFigures {

	private static final UUID INSTALLATION = UUID.randomUUID();

	private static final int SAMPLES = 21;

	private static final long VOLUME = 4L << 20;

	private final Path file;

	private final Path database;

	private VolumeFigures(Path directory) {
		this.file = directory.resolve("device.img");
		this.database = directory.resolve("catalog.db");
	}

	public static void main(String[] arguments) throws Exception {
		Path directory = Path.of(arguments[0]);
		long size = Long.parseLong(arguments[1]) << 30;
		System.out.printf("device of %d GiB%n", size >> 30);
		System.out
			.println("| volumes | attach ms | create ms | grow ms | delete ms | resolve ns | resolver B a volume |");
		System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
		for (String count : Arrays.copyOfRange(arguments, 2, arguments.length)) {
			VolumeFigures figures = new VolumeFigures(directory);
			try {
				figures.run(size, Integer.parseInt(count));
			}
			finally {
				figures.clean();
			}
		}
	}

	private void clean() throws IOException {
		for (String suffix : List.of("", "-wal", "-shm")) {
			Files.deleteIfExists(Path.of(this.database + suffix));
		}
		Files.deleteIfExists(this.file);
	}

	private void run(long size, int count) throws Exception {
		try (RandomAccessFile access = new RandomAccessFile(this.file.toFile(), "rw")) {
			access.setLength(size);
		}
		try (Opened opened = new Opened(this.file, this.database)) {
			opened.fill(count);
		}
		double[] attach = new double[5];
		for (int i = 0; i < attach.length; i++) {
			long begun = System.nanoTime();
			Opened opened = new Opened(this.file, this.database);
			attach[i] = millis(begun);
			opened.close();
		}
		try (Opened opened = new Opened(this.file, this.database)) {
			double[] create = new double[SAMPLES];
			double[] grow = new double[SAMPLES];
			double[] delete = new double[SAMPLES];
			for (int i = 0; i < SAMPLES; i++) {
				VolumeKey key = new VolumeKey("acme", "sample");
				long begun = System.nanoTime();
				opened.volumes.create(key, VolumeSpec.ofSize(VOLUME));
				create[i] = millis(begun);
				begun = System.nanoTime();
				opened.volumes.grow(key, 2 * VOLUME, ScrubProgress.NONE);
				grow[i] = millis(begun);
				begun = System.nanoTime();
				opened.volumes.delete(key);
				delete[i] = millis(begun);
			}
			System.out.printf("| %,d | %.1f | %.2f | %.2f | %.2f | %.0f | %s |%n", count, median(attach),
					median(create), median(grow), median(delete), opened.resolve(count), opened.memory(count));
		}
	}

	private static double millis(long begun) {
		return (System.nanoTime() - begun) / 1e6;
	}

	private static double median(double[] values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[sorted.length / 2];
	}

	/**
	 * A device and its volumes.
	 */
	private static final class Opened implements AutoCloseable {

		private final IoEngine engine = IoEngines.best(EngineOptions.DEFAULT);

		private final Catalog catalog;

		private final Device device;

		private final Volumes volumes;

		Opened(Path file, Path database) throws IOException {
			this.catalog = Catalog.open(database);
			new Tenants(this.catalog, Clock.systemUTC()).create("acme");
			this.volumes = new Volumes(new CatalogVolumeIndex(this.catalog), (tenant) -> true,
					new Fences(new CatalogLeases(this.catalog), Clock.systemUTC()));
			this.device = new DeviceAttacher(this.engine, DeviceLimits.DEFAULT, INSTALLATION, HoldLimits.DEFAULT,
					MemoryLosses.none())
				.attach(AttachRequest.of("figures", file), LabelReview.NONE);
			this.volumes.attached(this.device);
		}

		void fill(int count) throws Exception {
			long begun = System.nanoTime();
			try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
				List<Future<?>> made = new ArrayList<>();
				for (int i = 0; i < count; i++) {
					VolumeKey key = key(i);
					made.add(threads.submit(() -> this.volumes.create(key, VolumeSpec.ofSize(VOLUME))));
				}
				for (Future<?> each : made) {
					each.get();
				}
			}
			System.err.printf("%,d volumes made at the same time in %.0f ms%n", count, millis(begun));
		}

		private static VolumeKey key(int number) {
			return new VolumeKey("acme", "v" + number);
		}

		/**
		 * Pinning and resolving 4 KiB somewhere in one of the volumes.
		 */
		double resolve(int count) {
			Random random = new Random(1);
			VolumeHandle[] handles = new VolumeHandle[count];
			for (int i = 0; i < count; i++) {
				handles[i] = this.volumes.open(key(i));
			}
			double best = Double.MAX_VALUE;
			for (int round = 0; round < 10; round++) {
				int operations = 1_000_000;
				long sum = 0;
				long begun = System.nanoTime();
				for (int i = 0; i < operations; i++) {
					try (Pin pin = handles[random.nextInt(count)].pin(VolumeLease.NONE, Long.MAX_VALUE)) {
						sum += pin.resolve(random.nextInt((int) (VOLUME >> 12)) * 4096L, 4096).getFirst().offset();
					}
				}
				if (sum == 0) {
					throw new IllegalStateException("nothing was resolved");
				}
				best = Math.min(best, (System.nanoTime() - begun) / (double) operations);
			}
			return best;
		}

		/**
		 * What the heap holds with the volumes and without them.
		 */
		String memory(int count) {
			if (count < 1000) {
				return "";
			}
			long with = used();
			for (int i = 0; i < count; i++) {
				this.volumes.delete(key(i));
			}
			return "%,d".formatted((with - used()) / count);
		}

		private static long used() {
			for (int i = 0; i < 5; i++) {
				System.gc();
			}
			return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
		}

		@Override
		public void close() throws IOException {
			this.device.close();
			this.engine.close();
			this.catalog.close();
		}

	}

}
