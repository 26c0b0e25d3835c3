package dev.holdfast.hotplug;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import dev.holdfast.device.DeviceState;
import dev.holdfast.device.HoldLimits;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.operation.OperationSnapshot;
import dev.holdfast.operation.OperationState;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random sequences of what operators and hands do to drives, under writers that verify.
 * Another seed: {@code -Dholdfast.hotplug.first=N}; more of them:
 * {@code -Dholdfast.hotplug.sequences=N}.
 */
@RequiresRoot
@RequiresIoUring
@RequiresTool("losetup")
class HotplugSequencesTests {

	private static final long VOLUME_SIZE = 8 << 20;

	private static final List<String> NAMES = List.of("d1", "d2", "d3");

	@TempDir
	private Path directory;

	@Test
	@Timeout(value = 10, unit = TimeUnit.MINUTES)
	void shouldLoseNothingAndFailNothing() throws Exception {
		long first = Long.getLong("holdfast.hotplug.first", 1);
		int count = Integer.getInteger("holdfast.hotplug.sequences", 20);
		for (long seed = first; seed < first + count; seed++) {
			try {
				run(seed);
			}
			catch (Exception | AssertionError ex) {
				throw new AssertionError("seed " + seed, ex);
			}
		}
	}

	private void run(long seed) throws Exception {
		Random random = new Random(seed);
		Path data = Files.createDirectory(this.directory.resolve("run-" + seed));
		Map<String, LoopDevice> drives = new HashMap<>();
		try {
			for (String name : NAMES) {
				drives.put(name, LoopDevice.create(data, 64 << 20, "--direct-io=on"));
			}
			List<VerifyingWriter> writers = new ArrayList<>();
			try (Node node = new Node(data, HoldLimits.DEFAULT)) {
				drives.forEach((name, drive) -> node.attach(name, drive.device()));
				for (VolumeSpec spec : specs()) {
					VolumeKey key = new VolumeKey("acme", "v" + writers.size());
					node.volumes.create(key, spec);
					writers.add(new VerifyingWriter(node.blocks, key, VOLUME_SIZE, random.nextLong()));
				}
				for (int step = 0; step < 6; step++) {
					step(node, drives, random);
					progress(writers);
				}
				for (VerifyingWriter writer : writers) {
					writer.finish();
				}
				node.assertNothingHeld();
			}
			try (Node node = new Node(data, HoldLimits.DEFAULT)) {
				for (VerifyingWriter writer : writers) {
					writer.verifyAll(node.blocks);
				}
			}
		}
		finally {
			drives.values().forEach(LoopDevice::close);
		}
	}

	private static List<VolumeSpec> specs() {
		return List.of(new VolumeSpec(VOLUME_SIZE, null, VolumeRecord.Layout.LINEAR, null, List.of("d1")),
				new VolumeSpec(VOLUME_SIZE, null, VolumeRecord.Layout.LINEAR, null, List.of("d2")),
				new VolumeSpec(VOLUME_SIZE, null, VolumeRecord.Layout.STRIPED, null, List.of("d1", "d2")));
	}

	private static void step(Node node, Map<String, LoopDevice> drives, Random random) {
		String name = NAMES.get(random.nextInt(NAMES.size()));
		LoopDevice drive = drives.get(name);
		switch (random.nextInt(6)) {
			case 0 -> {
				node.devices.suspend(name, Duration.ofSeconds(30));
				node.devices.resume(name);
			}
			case 1 -> {
				node.devices.suspend(name, Duration.ofSeconds(30));
				drives.put(name, drive.replug("--direct-io=on"));
				node.devices.resume(name);
			}
			case 2 -> {
				drive.pull();
				node.await(name, DeviceState.AWAY);
				drive.plug();
			}
			case 3 -> {
				drive.pull();
				node.await(name, DeviceState.AWAY);
				drives.put(name, drive.replug("--direct-io=on"));
			}
			default -> empty(node, drives, name, random);
		}
		node.await(name, DeviceState.ONLINE);
	}

	/**
	 * Moves everything on a device to another, or to all others, while one may be pulled.
	 */
	private static void empty(Node node, Map<String, LoopDevice> drives, String name, Random random) {
		String other = NAMES.get((NAMES.indexOf(name) + 1 + random.nextInt(NAMES.size() - 1)) % NAMES.size());
		OperationSnapshot begun = random.nextBoolean() ? node.drains.drain(name) : node.drains.replace(name, other);
		if (random.nextBoolean()) {
			String pulled = NAMES.get(random.nextInt(NAMES.size()));
			drives.get(pulled).pull();
			node.await(pulled, DeviceState.AWAY);
			drives.put(pulled, drives.get(pulled).replug("--direct-io=on"));
		}
		Awaitility.await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
			OperationSnapshot now = node.operations.find(begun.id()).orElseThrow();
			assertThat(now.state()).as(() -> String.valueOf(now.error())).isEqualTo(OperationState.SUCCEEDED);
		});
		for (String each : NAMES) {
			Awaitility.await()
				.untilAsserted(() -> assertThat(node.device(each).state()).as(each).isEqualTo(DeviceState.ONLINE));
		}
		assertThat(node.volumes.usage(node.device(name).uuid()).used()).isZero();
		node.drains.resume(name);
	}

	private static void progress(List<VerifyingWriter> writers) {
		for (VerifyingWriter writer : writers) {
			long before = writer.done();
			Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
				writer.requireAlive();
				return writer.done() > before + 5;
			});
		}
		assertThat(writers).isNotEmpty();
	}

}
