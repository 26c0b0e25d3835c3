package dev.holdfast.hotplug;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

import dev.holdfast.device.DeviceState;
import dev.holdfast.device.HoldLimits;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.operation.OperationSnapshot;
import dev.holdfast.operation.OperationState;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;
import org.jspecify.annotations.Nullable;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What operators and hands do to three drives, one thing after the other, under writers
 * that verify. In some the node is killed in the midst of one of them and started again.
 */
final class HotplugSequence implements AutoCloseable {

	static final String TENANT = "acme";

	private static final List<String> NAMES = List.of("d1", "d2", "d3");

	private static final long DRIVE_SIZE = 40 << 20;

	private static final long VOLUME_SIZE = 4 << 20;

	private static final int STEPS = 6;

	private static final int MOST_ANSWERS_BEFORE_KILL = 300;

	private static final Duration SUSPEND_LIMIT = Duration.ofSeconds(30);

	private final Random random;

	private final Path directory;

	private final Map<String, LoopDevice> drives = new HashMap<>();

	private final List<VerifyingWriter> writers = new ArrayList<>();

	private int pulls;

	/**
	 * A sequence with drives of its own.
	 * @param seed decides what happens; when, threads do
	 */
	HotplugSequence(long seed) throws IOException {
		this.random = new Random(seed);
		this.directory = Files.createTempDirectory(Path.of("/dev/shm"), "holdfast-hotplug-");
		for (String name : NAMES) {
			this.drives.put(name, LoopDevice.create(this.directory, DRIVE_SIZE));
		}
	}

	void run() throws Exception {
		try (Node node = open()) {
			begin(node);
			steps(node, STEPS);
			finish(node);
		}
		verify();
	}

	/**
	 * Kills the node in the midst of a step.
	 * @return what had become by then of moving all data from a device, if that was it
	 */
	@Nullable OperationState runAndKill() throws Exception {
		OperationState found;
		try (NodeProcess process = NodeProcess.prepare(this.directory)) {
			try (Node node = open()) {
				begin(node);
				steps(node, 1);
				stop();
			}
			process.open();
			for (VerifyingWriter writer : this.writers) {
				writer.goOn(process.connect());
			}
			progress();
			Cut cut = cut(process);
			awaitAnswers(this.random.nextInt(MOST_ANSWERS_BEFORE_KILL));
			process.kill();
			for (VerifyingWriter writer : this.writers) {
				writer.giveUp();
			}
			boolean late = cut.pulled && this.random.nextBoolean();
			if (!late && (cut.pulled || this.random.nextBoolean())) {
				replug(cut.device);
			}
			try (Node node = open()) {
				found = recover(node, cut, late);
				steps(node, 2);
				finish(node);
			}
		}
		verify();
		return found;
	}

	private Node open() throws IOException {
		return new Node(this.directory, HoldLimits.DEFAULT);
	}

	private void begin(Node node) {
		this.drives.forEach((name, drive) -> node.attach(name, drive.device()));
		for (VolumeSpec spec : List.of(linear("d1"), linear("d2"),
				new VolumeSpec(VOLUME_SIZE, null, VolumeRecord.Layout.STRIPED, null, List.of("d1", "d2")))) {
			VolumeKey key = new VolumeKey(TENANT, "v" + this.writers.size());
			node.volumes.create(key, spec);
			this.writers.add(new VerifyingWriter(node.blocks, key, VOLUME_SIZE, this.random.nextLong()));
		}
	}

	private static VolumeSpec linear(String device) {
		return new VolumeSpec(VOLUME_SIZE, null, VolumeRecord.Layout.LINEAR, null, List.of(device));
	}

	private void stop() throws InterruptedException {
		for (VerifyingWriter writer : this.writers) {
			writer.stop();
		}
	}

	private void finish(Node node) throws Exception {
		for (VerifyingWriter writer : this.writers) {
			writer.finish();
			assertThat(writer.warnings()).as("flushes that failed").isLessThanOrEqualTo(this.pulls);
		}
		node.assertNothingHeld();
	}

	private void verify() throws IOException {
		try (Node node = open()) {
			for (VerifyingWriter writer : this.writers) {
				writer.verifyAll(node.blocks);
			}
		}
	}

	private void steps(Node node, int count) {
		for (int i = 0; i < count; i++) {
			step(node);
			progress();
		}
	}

	private void step(Node node) {
		String name = any();
		switch (this.random.nextInt(6)) {
			case 0 -> {
				node.devices.suspend(name, SUSPEND_LIMIT);
				node.devices.resume(name);
			}
			case 1 -> {
				node.devices.suspend(name, SUSPEND_LIMIT);
				replug(name);
				node.devices.resume(name);
			}
			case 2 -> {
				pull(node, name);
				this.drives.get(name).plug();
			}
			case 3 -> {
				pull(node, name);
				replug(name);
			}
			default -> empty(node, name);
		}
		node.await(name, DeviceState.ONLINE);
	}

	private String any() {
		return NAMES.get(this.random.nextInt(NAMES.size()));
	}

	/** The name of another device, or none for all the others. */
	private String target(String name) {
		int other = NAMES.indexOf(name) + 1 + this.random.nextInt(NAMES.size() - 1);
		return this.random.nextBoolean() ? "" : NAMES.get(other % NAMES.size());
	}

	private void pull(Node node, String name) {
		this.pulls++;
		this.drives.get(name).pull();
		node.await(name, DeviceState.AWAY);
	}

	private void replug(String name) {
		this.drives.put(name, this.drives.get(name).replug());
	}

	/**
	 * Moves everything on a device to another, or to all others, while one may be pulled.
	 */
	private void empty(Node node, String name) {
		OperationSnapshot begun = node.empty(name, target(name));
		if (this.random.nextBoolean()) {
			String pulled = any();
			pull(node, pulled);
			replug(pulled);
		}
		awaitSuccess(node, begun.id());
		NAMES.forEach((each) -> node.await(each, each.equals(name) ? DeviceState.DRAINING : DeviceState.ONLINE));
		assertThat(node.volumes.usage(node.device(name).uuid()).used()).isZero();
		node.drains.resume(name);
	}

	private static void awaitSuccess(Node node, UUID operation) {
		Node.patiently().untilAsserted(() -> {
			OperationSnapshot now = node.operations.find(operation).orElseThrow();
			assertThat(now.state()).as(() -> String.valueOf(now.error())).isEqualTo(OperationState.SUCCEEDED);
		});
	}

	private void progress() {
		for (VerifyingWriter writer : this.writers) {
			long before = writer.done();
			Node.patiently().until(() -> {
				writer.requireAlive();
				return writer.done() > before + 5;
			});
		}
	}

	private long answers() {
		return this.writers.stream().mapToLong(VerifyingWriter::done).sum();
	}

	/**
	 * Waits for answers, and not for long: all writers may wait for a drive.
	 */
	private void awaitAnswers(int more) {
		long before = answers();
		long end = System.nanoTime() + Duration.ofMillis(500).toNanos();
		Node.patiently().until(() -> answers() >= before + more || System.nanoTime() - end > 0);
	}

	/**
	 * Begins something in another process, which may not live to end it.
	 */
	private Cut cut(NodeProcess process) throws IOException {
		RemoteNode node = process.connect();
		String name = any();
		int choice = this.random.nextInt(8);
		if (choice < 2) {
			return new Cut(name, ask(() -> node.suspend(name)), null, false);
		}
		if (choice < 4) {
			this.pulls++;
			this.drives.get(name).pull();
			return new Cut(name, null, null, true);
		}
		String target = target(name);
		return new Cut(name, null, ask(() -> node.empty(name, target)), false);
	}

	/** Fails if the other process is killed before it answers. */
	private static <T> Future<T> ask(Callable<T> request) {
		FutureTask<T> task = new FutureTask<>(request);
		Thread.ofPlatform().daemon().start(task);
		return task;
	}

	/**
	 * What was begun goes on, and what was in force is so still.
	 * @return what was found of moving all data from a device, if that was it
	 */
	private @Nullable OperationState recover(Node node, Cut cut, boolean late) {
		if (late) {
			replug(cut.device);
		}
		if (cut.suspension != null && cut.suspension.state() == Future.State.SUCCESS) {
			assertThat(node.devices.get(cut.device).state()).isEqualTo(DeviceState.SUSPENDED);
		}
		OperationState found = null;
		if (cut.operation != null && cut.operation.state() == Future.State.SUCCESS) {
			found = node.operations.find(cut.operation.resultNow()).map(OperationSnapshot::state).orElseThrow();
		}
		for (String name : NAMES) {
			Node.patiently().until(() -> node.devices.get(name).state() != DeviceState.ABSENT);
			if (node.devices.get(name).state() == DeviceState.SUSPENDED) {
				node.devices.resume(name);
			}
		}
		this.writers.forEach((writer) -> writer.goOn(node.blocks));
		progress();
		node.operations.list().forEach((operation) -> awaitSuccess(node, operation.id()));
		NAMES.forEach(node.drains::resume);
		NAMES.forEach((name) -> node.await(name, DeviceState.ONLINE));
		return found;
	}

	@Override
	public void close() throws IOException {
		this.drives.values().forEach(LoopDevice::close);
		FileSystemUtils.deleteRecursively(this.directory);
	}

	/**
	 * What was going on when the node was killed.
	 */
	private record Cut(String device, @Nullable Future<Void> suspension, @Nullable Future<UUID> operation,
			boolean pulled) {
	}

}
