package dev.holdfast.block;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import dev.holdfast.buffer.Staging;
import dev.holdfast.buffer.StagingPool;
import dev.holdfast.device.Device;
import dev.holdfast.device.Rig;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoEngines;
import dev.holdfast.mapping.Routes;
import dev.holdfast.uring.fake.Entry;
import dev.holdfast.uring.fake.FakeKernel;
import dev.holdfast.uring.fake.FakeRing;
import dev.holdfast.uring.sys.Opcode;
import dev.holdfast.volume.MemoryIndex;
import dev.holdfast.volume.Pin;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;
import dev.holdfast.volume.Volumes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Turns between tenants, on a kernel where the test says which I/O ends next.
 */
class TurnsTests {

	private static final int BLOCK = 4096;

	private static final long VOLUME = 4L << 20;

	private static final int MANY = 256;

	private static final int FEW = 32;

	private static final VolumeKey GREEDY = new VolumeKey("greedy", "v");

	private static final VolumeKey MODEST = new VolumeKey("modest", "v");

	@TempDir
	private Path directory;

	private volatile boolean stop;

	@Test
	void shouldServeWhoAsksForLittleAtATimeAsMuchAsWhoKeepsManyWaiting() throws Exception {
		Path file = Rig.sparse(this.directory, 64L << 20);
		FakeKernel kernel = new FakeKernel();
		try (FileChannel content = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
				ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			kernel.onIo(onto(content));
			IoEngine engine = IoEngines.uring(kernel, EngineOptions.DEFAULT);
			try (Rig rig = Rig.with(engine);
					StagingPool pool = Staging.open(engine, 64L << 20, Duration.ofSeconds(20))) {
				Device device = rig.attach(file);
				Volumes volumes = new MemoryIndex().open(device);
				volumes.create(GREEDY, VolumeSpec.ofSize(VOLUME));
				volumes.create(MODEST, VolumeSpec.ofSize(VOLUME));
				BlockService blocks = new BlockService(engine, volumes, pool, Routes.unmapped(pool.buffer()),
						Rates.NONE);
				FakeRing ring = kernel.rings().stream().filter((one) -> !one.shared()).findFirst().orElseThrow();
				kernel.onIo((any, entry) -> null);
				try {
					keep(MANY, GREEDY, blocks, threads);
					awaitInFlight(device, MANY);
					keep(FEW, MODEST, blocks, threads);
					serve(300, ring, device);
					List<Entry> served = serve(300, ring, device);
					long begin = begin(volumes);
					assertThat(served.stream()
						.filter((entry) -> entry.offset() >= begin && entry.offset() < begin + VOLUME)
						.count()).isBetween(120L, 180L);
				}
				finally {
					this.stop = true;
					kernel.onIo(onto(content));
					await().until(() -> {
						ring.inFlight().forEach((entry) -> ring.complete(entry, entry.length()));
						return device.io().inFlight() == 0;
					});
				}
			}
		}
	}

	private static FakeKernel.IoScript onto(FileChannel file) {
		return (ring, entry) -> {
			try {
				return switch (entry.opcode()) {
					case Opcode.READ, Opcode.READ_FIXED -> file.read(memory(entry), entry.offset());
					case Opcode.WRITE, Opcode.WRITE_FIXED -> file.write(memory(entry), entry.offset());
					default -> 0;
				};
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		};
	}

	private static ByteBuffer memory(Entry entry) {
		return MemorySegment.ofAddress(entry.address()).reinterpret(entry.length()).asByteBuffer();
	}

	/** Reads so many blocks at a time, over and over. */
	private void keep(int depth, VolumeKey key, BlockService blocks, ExecutorService threads) {
		for (int i = 0; i < depth; i++) {
			long offset = (long) i * BLOCK;
			var _ = threads.submit(() -> {
				while (!this.stop) {
					blocks.read(key, offset, BLOCK, TransferOptions.DEFAULT, (bytes) -> {
					});
				}
				return null;
			});
		}
	}

	private static void awaitInFlight(Device device, int count) {
		await().pollInterval(Duration.ofMillis(1)).until(() -> device.io().inFlight() == count);
	}

	/** Ends the oldest of what the kernel has, so many times. */
	private static List<Entry> serve(int count, FakeRing ring, Device device) {
		return IntStream.range(0, count).mapToObj((number) -> {
			awaitInFlight(device, MANY + FEW);
			ring.awaitIdle();
			Entry oldest = ring.inFlight().getFirst();
			ring.complete(oldest, oldest.length());
			return oldest;
		}).toList();
	}

	private static long begin(Volumes volumes) {
		try (Pin pin = volumes.open(MODEST).pin()) {
			return pin.resolve(0, VOLUME).getFirst().offset();
		}
	}

}
