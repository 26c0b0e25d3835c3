package dev.holdfast.powerloss;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import dev.holdfast.device.Geometry;
import org.jspecify.annotations.Nullable;

/**
 * The life of a device, all of it decided by a seed: some tenants at work at the same
 * time, a cut at any step, a restart, a check; several times over. Some cuts come while
 * the device is being attached.
 */
final class History {

	private static final int TENANTS = 3;

	private static final int MOST_CUTS = 4;

	private static final int MOST_ACTIONS = 12;

	private static final long MOST_STEPS = 160;

	/** No tenant writes this. */
	private static final byte OLD_BYTE = (byte) 0xEE;

	private final Bench bench;

	private final Sabotage sabotage;

	private final Random random;

	private final VolatileMedium medium;

	private final boolean used;

	private final boolean zeroes;

	private final List<TenantClient> tenants;

	private @Nullable Stack stack;

	private History(Bench bench, Sabotage sabotage, long seed) {
		this.bench = bench;
		this.sabotage = sabotage;
		this.random = new Random(seed * 0x9E3779B97F4A7C15L);
		this.medium = new VolatileMedium(this.random.nextBoolean() ? 512 : 4096);
		this.used = this.random.nextInt(3) == 0;
		this.zeroes = this.random.nextInt(8) > 0;
		AtomicLong stamps = new AtomicLong();
		// A long name makes a long label, which can be torn in more places.
		this.tenants = IntStream.range(0, TENANTS)
			.mapToObj((i) -> new TenantClient("tenant-%d-%s".formatted(i, "x".repeat(50)),
					new Random(this.random.nextLong()), stamps::incrementAndGet))
			.toList();
	}

	/**
	 * Runs the history of a seed.
	 * @throws Violation if a promise was not kept
	 */
	static void run(Bench bench, long seed, Sabotage sabotage) {
		try {
			new History(bench, sabotage, seed).run();
		}
		catch (Throwable ex) {
			throw new Violation("seed %d: %s".formatted(seed, ex), ex);
		}
	}

	private void run() throws Throwable {
		if (this.used) {
			soil();
		}
		int cuts = 1 + this.random.nextInt(MOST_CUTS);
		for (int cut = 0; cut < cuts; cut++) {
			life(false);
		}
		life(true);
	}

	/**
	 * The drive comes from somewhere else.
	 */
	private void soil() {
		byte[] old = new byte[HotSpots.AFTER + HotSpots.BEFORE];
		Arrays.fill(old, OLD_BYTE);
		long end = Bench.DEVICE_SIZE - Geometry.EXTENT_SIZE;
		for (long extent = 1 << 20; extent < end; extent += Geometry.EXTENT_SIZE) {
			this.medium.write(extent, Arrays.copyOf(old, HotSpots.AFTER), 0, true);
			this.medium.write(extent + Geometry.EXTENT_SIZE - HotSpots.BEFORE, Arrays.copyOf(old, HotSpots.BEFORE), 0,
					true);
		}
	}

	private void life(boolean last) throws Throwable {
		PowerLossEngine engine = new PowerLossEngine(this.medium, this.random, this.sabotage, this.zeroes);
		boolean early = !last && this.random.nextInt(6) == 0;
		if (early) {
			engine.cutAfter(1 + this.random.nextInt(40));
		}
		try {
			together(engine, () -> {
				Stack started = new Stack(engine, this.bench.file(this.used), this.bench.pool());
				this.stack = started;
				check(started);
			});
			if (!last && !engine.dead()) {
				engine.cutAfter(1 + this.random.nextLong(MOST_STEPS));
				work(engine);
			}
		}
		finally {
			engine.cut();
			Stack ended = this.stack;
			this.stack = null;
			if (ended != null) {
				ended.close();
			}
		}
		if (this.bench.pool().usedRatio() != 0) {
			throw new Violation("memory was not given back");
		}
	}

	private void check(Stack started) throws IOException {
		started.checkExtents();
		for (TenantClient tenant : this.tenants) {
			tenant.volumes().check(started);
		}
	}

	private void work(PowerLossEngine engine) throws Throwable {
		Stack started = this.stack;
		if (started == null) {
			throw new IllegalStateException("not started");
		}
		int actions = 1 + this.random.nextInt(MOST_ACTIONS);
		boolean calm = this.random.nextInt(3) == 0;
		SeededThreads threads = new SeededThreads(this.random);
		for (TenantClient tenant : this.tenants) {
			threads.start("tenant", whilePowered(engine, () -> {
				for (int i = 0; i < actions; i++) {
					tenant.act(started, calm);
				}
			}));
		}
		threads.run(engine);
	}

	private void together(PowerLossEngine engine, SeededThreads.Task task) throws Throwable {
		SeededThreads threads = new SeededThreads(this.random);
		threads.start("start", whilePowered(engine, task));
		threads.run(engine);
	}

	/**
	 * Whatever fails after the power has gone may fail.
	 */
	private static SeededThreads.Task whilePowered(PowerLossEngine engine, SeededThreads.Task task) {
		return () -> {
			try {
				task.run();
			}
			catch (IOException | RuntimeException ex) {
				if (!engine.dead()) {
					throw ex;
				}
			}
		};
	}

}
