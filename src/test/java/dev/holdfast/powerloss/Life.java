package dev.holdfast.powerloss;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.AttachRequest;
import dev.holdfast.device.Device;
import dev.holdfast.device.LabelReview;
import dev.holdfast.device.StandIn;
import dev.holdfast.engine.IoFailedException;
import dev.holdfast.volume.MoveSteps;
import dev.holdfast.volume.ScrubSteps;
import dev.holdfast.volume.VolumeIndex;
import dev.holdfast.volume.VolumeKey;

/**
 * From one start to the cut that ends it: some of the drives are there, some come later;
 * tenants are at work; what is dirty is scrubbed.
 */
final class Life implements AutoCloseable {

	private static final int MOST_ACTIONS = 12;

	private static final int[] MOST_STEPS = { 40, 160, 500 };

	/** To copy an extent takes many. */
	private static final int MOST_STEPS_OF_MOVES = 900;

	private final Bench bench;

	private final Random random;

	private final PowerLossEngine engine;

	private final SeededThreads threads;

	private final StandIn attacher;

	private final Stack stack;

	private final List<ModelDrive> present = new ArrayList<>();

	private final List<ModelDrive> away = new ArrayList<>();

	private final boolean scrubs;

	private final Set<String> scrubbing = new HashSet<>();

	/**
	 * Switches on.
	 * @param index what is remembered of volumes
	 * @param all whether all drives are there
	 */
	Life(Bench bench, List<ModelDrive> drives, VolumeIndex index, boolean all, Random random, Sabotage sabotage) {
		this.bench = bench;
		this.random = random;
		this.engine = new PowerLossEngine(drives, random, sabotage);
		this.threads = new SeededThreads(random);
		this.attacher = new StandIn(this.engine, bench.standIn());
		this.stack = new Stack(this.engine, new PoweredIndex(index, this.engine), bench.pool());
		this.scrubs = random.nextInt(3) > 0;
		for (ModelDrive drive : drives) {
			(all || random.nextInt(3) > 0 ? this.present : this.away).add(drive);
		}
		Collections.shuffle(this.present, random);
	}

	Stack stack() {
		return this.stack;
	}

	/**
	 * Attaches what is there and checks it all. The power may go meanwhile.
	 */
	void start(List<TenantClient> tenants, boolean mayEnd) throws Throwable {
		if (mayEnd && this.random.nextInt(6) == 0) {
			this.engine.cutAfter(1 + this.random.nextInt(60));
		}
		start("start", () -> {
			ScrubSteps.whenDirty(this.stack.volumes(), this::scrub);
			for (ModelDrive drive : this.present) {
				attach(drive);
			}
			ExtentCheck.run(this.stack);
			for (TenantClient tenant : tenants) {
				tenant.volumes().check(this.stack, this.away.isEmpty());
			}
		});
		this.threads.run(this.engine);
	}

	private void attach(ModelDrive drive) throws IOException {
		LabelReview review = (label, both, ours) -> {
			drive.requireSequence(label.sequence(), both);
			return this.stack.volumes().review(label, AttachRequest.of(drive.name(), this.bench.standIn()), ours);
		};
		Device device = this.stack.attach((reviewing) -> this.attacher.attach(drive.name(), drive.blockSize(),
				ModelDrive.SIZE, !drive.used(), reviewing), review);
		drive.wrote(device.labels().label().sequence());
	}

	/**
	 * Whoever is told holds locks.
	 */
	private void scrub(ScrubSteps steps) {
		if (this.scrubs && this.scrubbing.add(steps.device())) {
			this.threads.startBeside("scrub", whilePowered(() -> {
				try {
					while (steps.step(1 + this.random.nextInt(3))) {
						saw("a step of the background scrub");
						SeededThreads.pause();
					}
				}
				catch (IoFailedException ex) {
					// It ends, until something else becomes dirty.
					if (!this.engine.shaky()) {
						throw ex;
					}
				}
				finally {
					this.scrubbing.remove(steps.device());
				}
			}));
		}
	}

	/**
	 * Lets all tenants work at the same time, up to a cut at any step.
	 */
	void work(List<TenantClient> tenants) throws Throwable {
		if (this.engine.dead()) {
			return;
		}
		boolean moving = this.stack.devices().size() > 1 && this.random.nextInt(3) == 0;
		this.engine.cutAfter(1 + this.random
			.nextInt(moving ? MOST_STEPS_OF_MOVES : MOST_STEPS[this.random.nextInt(MOST_STEPS.length)]));
		if (this.random.nextInt(4) == 0) {
			this.engine.failOneIn(10 + this.random.nextInt(30));
		}
		int actions = 1 + this.random.nextInt(MOST_ACTIONS);
		boolean calm = this.random.nextInt(3) == 0;
		for (TenantClient tenant : tenants) {
			start("tenant", () -> {
				for (int i = 0; i < actions; i++) {
					tenant.act(this, calm);
				}
			});
		}
		if (moving) {
			start("mover", () -> move(tenants));
		}
		for (ModelDrive drive : this.away) {
			if (this.random.nextBoolean()) {
				start("operator", () -> arrive(drive));
			}
		}
		this.threads.run(this.engine);
	}

	/**
	 * Now and then everything ends in order before the power goes: then all that was
	 * answered is durable.
	 */
	void stop(List<TenantClient> tenants) throws Throwable {
		if (this.engine.dead() || this.engine.shaky() || !this.scrubbing.isEmpty() || this.random.nextInt(3) > 0) {
			return;
		}
		start("stop", this.stack::close);
		this.threads.run(this.engine);
		if (!this.engine.dead()) {
			tenants.forEach((tenant) -> tenant.volumes().settle());
			saw("a stop in order");
		}
	}

	/**
	 * Moves extents of any volumes from any drive to any other.
	 */
	private void move(List<TenantClient> tenants) throws IoFailedException {
		for (int moves = 1 + this.random.nextInt(16); moves > 0; moves--) {
			List<Device> devices = List.copyOf(this.stack.devices());
			Device from = devices.get(this.random.nextInt(devices.size()));
			Device to = devices.get(this.random.nextInt(devices.size()));
			VolumeKey key = tenants.get(this.random.nextInt(tenants.size())).anyKey(this.random);
			if (from == to) {
				SeededThreads.pause();
				continue;
			}
			try {
				if (MoveSteps.step(this.stack.volumes(), key, from, to) > 0) {
					this.stack.volumes().find(key).ifPresent((volume) -> saw("a move of a " + Wishes.kind(volume)));
				}
			}
			catch (IoFailedException ex) {
				if (!this.engine.shaky()) {
					throw ex;
				}
				saw("a move that failed");
			}
			catch (ProblemException ex) {
				switch (ex.problem()) {
					case NOT_FOUND, NO_SPACE, NOT_SUPPORTED, DEVICE_LOST -> {
					}
					default -> requireExcusable(ex);
				}
			}
			catch (CancellationException ex) {
				saw("a move that a deletion ended");
			}
		}
	}

	private void arrive(ModelDrive drive) throws IOException {
		for (int waits = this.random.nextInt(40); waits > 0; waits--) {
			SeededThreads.pause();
		}
		try {
			attach(drive);
			saw("a drive that comes while tenants are at work");
		}
		catch (IOException ex) {
			if (!this.engine.shaky()) {
				throw ex;
			}
		}
		catch (ProblemException ex) {
			requireExcusable(ex);
		}
	}

	/**
	 * Starts a thread of whose failures after the power has gone nobody takes notice.
	 */
	void start(String name, SeededThreads.Task task) {
		this.threads.start(name, whilePowered(task));
	}

	private SeededThreads.Task whilePowered(SeededThreads.Task task) {
		return () -> {
			try {
				task.run();
			}
			catch (IOException | UncheckedIOException | ProblemException | IoFailedException ex) {
				if (!this.engine.dead()) {
					throw ex;
				}
			}
		};
	}

	/**
	 * Something happened that histories are about.
	 */
	void saw(String what) {
		this.bench.saw(what);
	}

	/**
	 * Passes on what may not happen to who waits for an answer.
	 */
	void requireExcusable(ProblemException ex) {
		boolean failed = this.engine.shaky() || "EOPNOTSUPP".equals(ex.properties().get("errno"));
		if (this.engine.dead() || ex.problem() != Problem.IO_ERROR || !failed) {
			throw ex;
		}
		saw("an error while there is power");
	}

	/**
	 * The power goes, if it has not gone already.
	 */
	@Override
	public void close() throws IOException {
		this.engine.cut();
		try {
			this.threads.end();
		}
		catch (Throwable ex) {
			throw new Violation("after the cut: " + ex, ex);
		}
		finally {
			this.stack.close();
		}
		if (this.bench.pool().usedRatio() != 0) {
			throw new Violation("memory was not given back");
		}
	}

}
