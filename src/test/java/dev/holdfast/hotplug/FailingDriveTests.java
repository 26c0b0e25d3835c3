package dev.holdfast.hotplug;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.DeviceState;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.HoldLimits;
import dev.holdfast.device.RecordingEngine;
import dev.holdfast.device.Segment;
import dev.holdfast.engine.IoKind;
import dev.holdfast.operation.OperationError;
import dev.holdfast.operation.OperationSnapshot;
import dev.holdfast.operation.OperationState;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import dev.holdfast.volume.ScrubProgress;
import dev.holdfast.volume.Volume;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Drives that are at their end, which is when they are replaced.
 */
@RequiresRoot
@RequiresIoUring
@RequiresTool({ "losetup", "mount", "fallocate" })
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class FailingDriveTests {

	private static final long SIZE = 12 * Geometry.EXTENT_SIZE + (2 << 20);

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	private static final VolumeKey LOGS = new VolumeKey("acme", "logs");

	@TempDir
	private Path directory;

	private Path memory;

	private LoopDevice failing;

	private LoopDevice fresh;

	private RecordingEngine engine;

	private Node node;

	private final List<VerifyingWriter> writers = new ArrayList<>();

	@BeforeEach
	void start() throws IOException {
		this.memory = Files.createDirectory(this.directory.resolve("memory"));
		run("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "none", this.memory.toString());
		this.failing = LoopDevice.create(this.memory, SIZE);
		Files.write(this.failing.file(), new byte[(int) SIZE]);
		this.fresh = LoopDevice.create(this.directory, 2 * SIZE, "--direct-io=on");
		open();
		this.node.attach("failing", this.failing.device());
		for (VolumeKey key : List.of(DB, LOGS)) {
			this.node.volumes.create(key, VolumeSpec.ofSize(3 * Geometry.EXTENT_SIZE));
			this.writers.add(new VerifyingWriter(this.node.blocks, key, 3 * Geometry.EXTENT_SIZE, 1));
		}
	}

	private void open() throws IOException {
		this.node = new Node(Files.createDirectories(this.directory.resolve("data")), HoldLimits.DEFAULT, (real) -> {
			this.engine = new RecordingEngine(real);
			return this.engine;
		});
	}

	@AfterEach
	void stop() throws IOException {
		this.node.close();
		this.failing.close();
		this.fresh.close();
		run("umount", this.memory.toString());
	}

	/**
	 * Has the second slot of the label where there is no room any more: labels go there
	 * and to the first in turn, and of two writes one fails.
	 */
	private void breakLabel() throws IOException {
		Geometry geometry = this.node.device("failing").geometry();
		run("fallocate", "--punch-hole", "-o", Long.toString(geometry.secondSlot()), "-l",
				Long.toString(geometry.slotSize()), this.failing.file().toString());
		try (OutputStream filler = Files.newOutputStream(this.memory.resolve("filler"))) {
			while (true) {
				filler.write(new byte[4096]);
			}
		}
		catch (IOException full) {
			assertThat(full).hasMessageContaining("No space left");
		}
	}

	private static void run(String... command) throws IOException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.onExit().join().exitValue()).as(output).isZero();
	}

	private OperationSnapshot await(OperationSnapshot begun) {
		Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
			this.writers.forEach(VerifyingWriter::requireAlive);
			return find(begun).state() != OperationState.RUNNING;
		});
		return find(begun);
	}

	private OperationSnapshot find(OperationSnapshot begun) {
		return this.node.operations.find(begun.id()).orElseThrow();
	}

	@Test
	void shouldReplaceADriveWhoseLabelCannotBeWritten() throws Exception {
		breakLabel();
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> {
			this.node.volumes.create(new VolumeKey("acme", "first"), VolumeSpec.ofSize(4096));
			this.node.volumes.create(new VolumeKey("acme", "second"), VolumeSpec.ofSize(4096));
		}).extracting(ProblemException::problem).isEqualTo(Problem.IO_ERROR);
		this.node.attach("fresh", this.fresh.device());
		OperationSnapshot end = await(this.node.drains.replace("failing", "fresh"));
		assertThat(end.state()).as(String.valueOf(end.error())).isEqualTo(OperationState.SUCCEEDED);
		for (VerifyingWriter writer : this.writers) {
			writer.finish();
		}
		this.node.devices.detach("failing");
		this.node.close();
		open();
		for (VerifyingWriter writer : this.writers) {
			writer.verifyAll(this.node.blocks);
		}
		assertThat(this.node.volumes.list("acme")).extracting(Volume::devices)
			.containsOnly(List.of(this.node.device("fresh").uuid()));
	}

	/** It may be on one label, and be undone by the other once that is written. */
	@Test
	void shouldForgetAGrowthThatFailedOnceTheVolumeHasMoved() throws Exception {
		this.node.attach("fresh", this.fresh.device());
		breakLabel();
		this.node.volumes.create(new VolumeKey("acme", "first"),
				new VolumeSpec(4096, null, null, null, List.of("failing")));
		assertThatExceptionOfType(ProblemException.class)
			.isThrownBy(() -> this.node.volumes.grow(DB, 12 * Geometry.EXTENT_SIZE, ScrubProgress.NONE))
			.extracting(ProblemException::problem)
			.isEqualTo(Problem.IO_ERROR);
		OperationSnapshot end = await(this.node.drains.replace("failing", "fresh"));
		assertThat(end.state()).as(String.valueOf(end.error())).isEqualTo(OperationState.SUCCEEDED);
		for (VerifyingWriter writer : this.writers) {
			writer.finish();
		}
		this.node.devices.detach("failing");
		for (int i = 0; i < 2; i++) {
			this.node.close();
			open();
			for (VerifyingWriter writer : this.writers) {
				writer.verifyAll(this.node.blocks);
			}
			assertThat(this.node.volumes.usage(this.node.device("fresh").uuid()).used())
				.isEqualTo(7 * Geometry.EXTENT_SIZE);
			this.node.volumes.create(new VolumeKey("acme", "next" + i), VolumeSpec.ofSize(4096));
			this.node.volumes.delete(new VolumeKey("acme", "next" + i));
		}
	}

	/**
	 * Nobody can move what cannot be read.
	 */
	@Test
	void shouldLeaveAVolumeWithABadBlockAndMoveTheOthers() throws Exception {
		for (VerifyingWriter writer : this.writers) {
			writer.finish();
		}
		this.node.attach("fresh", this.fresh.device());
		Segment bad = this.node.device("failing")
			.labels()
			.label()
			.content()
			.volumes()
			.stream()
			.filter((record) -> record.uuid().equals(this.node.volumes.find(DB).orElseThrow().uuid()))
			.findAny()
			.orElseThrow()
			.segments()
			.getFirst();
		long at = this.node.device("failing").geometry().offsetOf(bad.start()) + Geometry.EXTENT_SIZE;
		this.engine.fail((operation) -> operation.kind() == IoKind.READ && operation.device().name().equals("failing")
				&& operation.offset() <= at && at < operation.offset() + operation.length());
		OperationSnapshot end = await(this.node.drains.drain("failing"));
		assertThat(end.state()).isEqualTo(OperationState.FAILED);
		OperationError error = end.error();
		assertThat(error).isNotNull();
		assertThat(error.code()).isEqualTo("io-error");
		assertThat(error.detail()).contains("device failing failed with EIO", "1 volumes (acme/db)");
		assertThat(this.node.volumes.find(LOGS).orElseThrow().devices())
			.containsExactly(this.node.device("fresh").uuid());
		assertThat(this.node.volumes.find(DB).orElseThrow().devices())
			.containsExactly(this.node.device("failing").uuid());
		assertThat(this.node.device("failing").state()).isEqualTo(DeviceState.ONLINE);
		this.engine.fail((operation) -> false);
		for (VerifyingWriter writer : this.writers) {
			writer.verifyAll(this.node.blocks);
		}
	}

}
