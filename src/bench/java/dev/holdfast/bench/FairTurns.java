package dev.holdfast.bench;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.holdfast.engine.DeviceFile;
import dev.holdfast.engine.DeviceLimits;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.IoDevice;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoEngines;
import dev.holdfast.engine.IoListener;
import dev.holdfast.engine.IoOperation;
import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.LinuxRingSyscalls;
import dev.holdfast.uring.sys.Posix;

/**
 * How a device is shared by two flows of equal weight, as two tenants are: 4 KiB reads at
 * random places, one with 256 in flight and one with 32, alone and together in turn.
 * Arguments: a block device, rounds, and milliseconds a run.
 */
public final class FairTurns {

	private static final int BLOCK = 4096;

	private static final int MANY = 256;

	private static final int FEW = 32;

	private final IoEngine engine;

	private final IoDevice device;

	private final IoBuffer buffer;

	private final long blocks;

	private volatile boolean stop;

	private FairTurns(IoEngine engine, Path path) throws ErrnoException {
		int descriptor = Posix.open(path, Posix.O_RDWR | Posix.O_DIRECT);
		this.engine = engine;
		this.blocks = Posix.size(descriptor) / BLOCK;
		this.device = engine.attach(new DeviceFile("bench", descriptor, true, Posix.logicalBlockSize(descriptor)),
				DeviceLimits.DEFAULT);
		MemorySegment memory = Posix.mapMemory("bench", (long) (MANY + FEW) * BLOCK);
		this.buffer = engine.register(memory).join();
	}

	public static void main(String[] arguments) throws Exception {
		try (IoEngine engine = IoEngines.uring(new LinuxRingSyscalls(), EngineOptions.DEFAULT)) {
			new FairTurns(engine, Path.of(arguments[0])).run(Integer.parseInt(arguments[1]),
					Long.parseLong(arguments[2]));
		}
	}

	private void run(int rounds, long millis) throws InterruptedException {
		double[][] figures = new double[5][rounds];
		measure(MANY, FEW, 2000);
		for (int i = 0; i < rounds; i++) {
			figures[0][i] = measure(MANY, 0, millis)[0];
			figures[1][i] = measure(0, FEW, millis)[1];
			double[] together = measure(MANY, FEW, millis);
			figures[2][i] = together[0];
			figures[3][i] = together[1];
			figures[4][i] = together[1] / (together[0] + together[1]);
		}
		System.out.println("| | depth 256 | depth 32 | share of depth 32 |");
		System.out.println("| --- | --- | --- | --- |");
		System.out.printf("| alone | %,.0f | %,.0f | |%n", median(figures[0]), median(figures[1]));
		System.out.printf("| together | %,.0f | %,.0f | %.2f (%.2f to %.2f) |%n", median(figures[2]),
				median(figures[3]), median(figures[4]), Arrays.stream(figures[4]).min().orElseThrow(),
				Arrays.stream(figures[4]).max().orElseThrow());
	}

	private static double median(double[] values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[sorted.length / 2];
	}

	/** Operations a second of the one and of the other. */
	private double[] measure(int many, int few, long millis) throws InterruptedException {
		this.stop = false;
		CountDownLatch drained = new CountDownLatch(many + few);
		Reader[] readers = new Reader[many + few];
		for (int i = 0; i < readers.length; i++) {
			readers[i] = new Reader(i, (i < many) ? 1 : 2, drained);
		}
		long begun = System.nanoTime();
		for (Reader reader : readers) {
			reader.submit();
		}
		TimeUnit.MILLISECONDS.sleep(millis);
		this.stop = true;
		double seconds = (System.nanoTime() - begun) / 1e9;
		drained.await();
		double[] counts = new double[2];
		for (Reader reader : readers) {
			counts[reader.flow - 1] += reader.count / seconds;
		}
		return counts;
	}

	/** Submits itself again from the ring's thread. */
	private final class Reader implements IoListener {

		private final IoOperation operation = new IoOperation(this);

		private final SplittableRandom random;

		private final int slot;

		private final int flow;

		private final CountDownLatch drained;

		private long count;

		private Reader(int slot, int flow, CountDownLatch drained) {
			this.slot = slot;
			this.flow = flow;
			this.random = new SplittableRandom(slot);
			this.drained = drained;
		}

		private void submit() {
			this.operation
				.read(FairTurns.this.device, this.random.nextLong(FairTurns.this.blocks) * BLOCK, FairTurns.this.buffer,
						(long) this.slot * BLOCK, BLOCK)
				.flow(this.flow);
			if (!FairTurns.this.engine.submit(this.operation)) {
				throw new IllegalStateException("refused");
			}
		}

		@Override
		public void answered(IoOperation done) {
			if (done.errno() != 0) {
				throw new IllegalStateException("operation failed with errno " + done.errno());
			}
		}

		@Override
		public void released(IoOperation done) {
			if (FairTurns.this.stop) {
				this.drained.countDown();
			}
			else {
				this.count++;
				submit();
			}
		}

	}

}
