package dev.holdfast.powerloss;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import dev.holdfast.buffer.Staging;
import dev.holdfast.buffer.StagingPool;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoEngines;
import dev.holdfast.volume.MemoryIndex;
import dev.holdfast.volume.ScrubProgress;
import dev.holdfast.volume.Volume;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;

/**
 * A process to be killed: two tenants create, write, grow and delete linear and striped
 * volumes on files, with the real engine. Says on standard output what each is about to
 * do, and what was answered; what is in the pipe outlives it.
 */
final class CrashVictim {

	static final List<String> TENANTS = List.of("acme", "umbrella");

	static final int ACTIONS = 2000;

	private static final int NAMES = 5;

	private final Stack stack;

	private final String tenant;

	private final Random random;

	private final OutputStream out;

	private final List<Volume> volumes;

	private long stamp;

	private CrashVictim(Stack stack, String tenant, long seed, OutputStream out) {
		this.stack = stack;
		this.tenant = tenant;
		this.random = new Random(seed);
		this.out = out;
		this.volumes = new ArrayList<>(stack.volumes().list(tenant));
		this.stamp = seed * ACTIONS;
	}

	/**
	 * Gets ready, waits for a byte on standard input, and starts.
	 * @param arguments a number that no run before had, and the files
	 */
	public static void main(String[] arguments) throws Exception {
		OutputStream out = new FileOutputStream(FileDescriptor.out);
		IoEngine engine = IoEngines.best(EngineOptions.DEFAULT);
		StagingPool pool = Staging.open(engine, 8 << 20, Duration.ofSeconds(10));
		if (System.in.read() < 0) {
			Runtime.getRuntime().halt(1);
		}
		List<Path> files = Stream.of(arguments).skip(1).map(Path::of).toList();
		Stack stack = Stack.onFiles(engine, new MemoryIndex(), pool, files);
		long seed = Long.parseLong(arguments[0]) * TENANTS.size();
		for (String tenant : TENANTS) {
			CrashVictim victim = new CrashVictim(stack, tenant, seed++, out);
			Thread.ofPlatform().name(tenant).start(victim::run);
		}
	}

	private void run() {
		try {
			for (int i = 0; i < ACTIONS; i++) {
				act();
			}
		}
		catch (IOException | RuntimeException ex) {
			ex.printStackTrace();
			Runtime.getRuntime().halt(2);
		}
	}

	private void act() throws IOException {
		int choice = this.random.nextInt(10);
		if (choice < 2 || this.volumes.isEmpty()) {
			create();
			return;
		}
		Volume volume = this.volumes.get(this.random.nextInt(this.volumes.size()));
		String name = volume.key().name();
		if (choice < 4) {
			say("delete %s %s".formatted(this.tenant, name));
			this.stack.volumes().delete(volume.key());
			this.volumes.remove(volume);
		}
		else if (choice < 5) {
			grow(volume);
			return;
		}
		else {
			HotSpots.Range range = HotSpots.any(volume.sizeBytes(), this.random);
			ExpectedVolume scratch = new ExpectedVolume(volume.sizeBytes());
			byte[] bytes = scratch.write(range.offset(), range.length(), ++this.stamp);
			say("write %s %s %d %d %d".formatted(this.tenant, name, range.offset(), range.length(), this.stamp));
			this.stack.write(volume.key(), range.offset(), bytes, choice == 9);
		}
		say("done " + this.tenant);
	}

	private void create() throws IOException {
		VolumeKey key = new VolumeKey(this.tenant, "volume-" + this.random.nextInt(NAMES));
		if (this.volumes.stream().anyMatch((volume) -> volume.key().equals(key))) {
			return;
		}
		long size = HotSpots.size(this.random);
		VolumeSpec spec = this.random.nextBoolean() ? VolumeSpec.ofSize(size) : VolumeSpec.striped(size, 16 << 10);
		say("create %s %s %d".formatted(this.tenant, key.name(), size));
		unlessFull(() -> this.volumes.add(this.stack.volumes().create(key, spec).volume()));
	}

	private void grow(Volume volume) throws IOException {
		long size = volume.sizeBytes() + HotSpots.size(this.random);
		say("grow %s %s %d".formatted(this.tenant, volume.key().name(), size));
		unlessFull(() -> {
			Volume grown = this.stack.volumes().grow(volume.key(), size, ScrubProgress.NONE);
			this.volumes.set(this.volumes.indexOf(volume), grown);
		});
	}

	private void unlessFull(Runnable change) throws IOException {
		try {
			change.run();
		}
		catch (ProblemException ex) {
			if (ex.problem() != Problem.NO_SPACE) {
				throw ex;
			}
			say("refused " + this.tenant);
			return;
		}
		say("done " + this.tenant);
	}

	/**
	 * One call of {@code write(2)}, so that lines of the two do not mix.
	 */
	private void say(String line) throws IOException {
		this.out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
	}

}
