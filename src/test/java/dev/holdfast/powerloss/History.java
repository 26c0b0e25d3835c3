package dev.holdfast.powerloss;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.volume.MemoryIndex;

/**
 * The life of some drives, all of it decided by a seed: some tenants at work at the same
 * time, a cut at any step or after a stop, a restart with all drives or without some, a
 * check; several times over. Some cuts come while drives are being attached.
 */
final class History {

	private static final int TENANTS = 3;

	private static final int MOST_CUTS = 5;

	private static final int[] DRIVES = { 1, 2, 2, 2, 3, 3 };

	private History() {
	}

	/**
	 * Runs the history of a seed.
	 * @throws Violation if a promise was not kept
	 */
	static void run(Bench bench, long seed, Sabotage sabotage) {
		try {
			run(bench, new Random(seed * 0x9E3779B97F4A7C15L), sabotage);
		}
		catch (Throwable ex) {
			throw new Violation("seed %d: %s".formatted(seed, ex), ex);
		}
	}

	private static void run(Bench bench, Random random, Sabotage sabotage) throws Throwable {
		List<ModelDrive> drives = new ArrayList<>();
		int count = DRIVES[random.nextInt(DRIVES.length)];
		for (int i = 0; i < count; i++) {
			drives.add(new ModelDrive("drive-" + i, count, random));
		}
		AtomicLong stamps = new AtomicLong();
		List<TenantClient> tenants = new ArrayList<>();
		for (int i = 0; i < TENANTS; i++) {
			// A long name makes a long label, which can be torn in more places.
			tenants.add(new TenantClient("tenant-%d-%s".formatted(i, "x".repeat(50)), new Random(random.nextLong()),
					stamps::incrementAndGet));
		}
		MemoryIndex index = new MemoryIndex();
		int cuts = 1 + random.nextInt(MOST_CUTS);
		for (int cut = 0; cut < cuts; cut++) {
			boolean all = count == 1 || random.nextBoolean();
			try (Life life = new Life(bench, drives, index, all, random, sabotage)) {
				life.start(tenants, true);
				life.work(tenants);
				life.stop(tenants);
			}
		}
		try (Life last = new Life(bench, drives, index, true, random, sabotage)) {
			last.start(tenants, false);
		}
	}

}
