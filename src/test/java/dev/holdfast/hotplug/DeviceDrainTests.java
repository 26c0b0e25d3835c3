package dev.holdfast.hotplug;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import dev.holdfast.block.TransferOptions;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.DeviceState;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.HoldLimits;
import dev.holdfast.device.VolumeRecord;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Devices that are emptied while their volumes are written and read.
 */
@RequiresRoot
@RequiresIoUring
@RequiresTool("losetup")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class DeviceDrainTests {

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	private static final VolumeKey LOGS = new VolumeKey("acme", "logs");

	private static final long SIZE = 24 * Geometry.EXTENT_SIZE;

	private static final int STRIPE = 64 << 10;

	@TempDir
	private Path directory;

	private final List<LoopDevice> drives = new ArrayList<>();

	private final List<VerifyingWriter> writers = new ArrayList<>();

	private Node node;

	@BeforeEach
	void start() throws IOException {
		open();
		for (int i = 1; i <= 3; i++) {
			LoopDevice drive = LoopDevice.create(this.directory, SIZE + (2 << 20), "--direct-io=on");
			this.drives.add(drive);
			this.node.attach("d" + i, drive.device());
		}
	}

	private void open() throws IOException {
		this.node = new Node(Files.createDirectories(this.directory.resolve("data")), HoldLimits.DEFAULT);
	}

	@AfterEach
	void stop() throws IOException {
		this.node.close();
		this.drives.forEach(LoopDevice::close);
	}

	private void create(VolumeKey key, VolumeSpec spec) {
		this.node.volumes.create(key, spec);
		this.writers.add(new VerifyingWriter(this.node.blocks, key, spec.sizeBytes(), this.writers.size()));
	}

	private static VolumeSpec on(long extents, String... devices) {
		return new VolumeSpec(extents * Geometry.EXTENT_SIZE, null, null, null, List.of(devices));
	}

	private static VolumeSpec striped(long extents, String... devices) {
		return new VolumeSpec(extents * Geometry.EXTENT_SIZE, null, VolumeRecord.Layout.STRIPED, STRIPE,
				List.of(devices));
	}

	private OperationSnapshot await(OperationSnapshot begun) {
		Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> {
			this.writers.forEach(VerifyingWriter::requireAlive);
			return find(begun.id()).state() != OperationState.RUNNING;
		});
		return find(begun.id());
	}

	private OperationSnapshot find(UUID id) {
		return this.node.operations.find(id).orElseThrow();
	}

	private void awaitWrites(int more) {
		this.writers.forEach((writer) -> writer.await(more));
	}

	private void finishWriters() throws Exception {
		for (VerifyingWriter writer : this.writers) {
			writer.finish();
		}
	}

	private List<UUID> devices(VolumeKey key) {
		return this.node.volumes.find(key).map(Volume::devices).orElseThrow();
	}

	private UUID uuid(String device) {
		return this.node.devices.get(device).known().uuid();
	}

	private long used(String device) {
		return this.node.volumes.usage(uuid(device)).used();
	}

	@Test
	void shouldReplaceADriveUnderLoad() throws Exception {
		create(DB, on(20, "d1"));
		create(LOGS, on(2, "d1"));
		awaitWrites(50);
		OperationSnapshot begun = this.node.drains.replace("d1", "d2");
		assertThat(begun.kind()).isEqualTo("replace-device");
		assertThat(begun.subject()).isEqualTo("devices/d1");
		assertThat(begun.total()).isEqualTo(22 * Geometry.EXTENT_SIZE);
		assertThat(begun.cancellable()).isTrue();
		OperationSnapshot end = await(begun);
		assertThat(end.state()).as(String.valueOf(end.error())).isEqualTo(OperationState.SUCCEEDED);
		assertThat(end.done()).isEqualTo(end.total()).isEqualTo(22 * Geometry.EXTENT_SIZE);
		awaitWrites(50);
		assertThat(devices(DB)).containsExactly(uuid("d2"));
		assertThat(devices(LOGS)).containsExactly(uuid("d2"));
		assertThat(used("d1")).isZero();
		assertThat(this.node.devices.get("d1").state()).isEqualTo(DeviceState.DRAINING);
		this.node.devices.detach("d1");
		this.drives.removeFirst().close();
		awaitWrites(50);
		finishWriters();
		restart();
		for (VerifyingWriter writer : this.writers) {
			writer.verifyAll(this.node.blocks);
		}
	}

	private void restart() throws IOException {
		this.node.close();
		open();
	}

	@Test
	void shouldDrainOntoTheOthersAndKeepStripes() throws Exception {
		create(DB, striped(12, "d1", "d2"));
		create(LOGS, on(10, "d1"));
		awaitWrites(50);
		assertThat(await(this.node.drains.drain("d1")).state()).isEqualTo(OperationState.SUCCEEDED);
		assertThat(devices(DB)).containsExactly(uuid("d3"), uuid("d2"));
		assertThat(devices(LOGS)).doesNotContain(uuid("d1"));
		assertThat(used("d1")).isZero();
		awaitWrites(50);
		finishWriters();
		restart();
		for (VerifyingWriter writer : this.writers) {
			writer.verifyAll(this.node.blocks);
		}
	}

	/** Nothing new comes to a device that was emptied, until an operator wants that. */
	@Test
	void shouldStayEmptyUntilItIsResumed() throws Exception {
		create(DB, on(4, "d1"));
		await(this.node.drains.replace("d1", "d2"));
		finishWriters();
		restart();
		assertThat(this.node.devices.get("d1").state()).isEqualTo(DeviceState.DRAINING);
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> this.node.volumes.create(LOGS, on(1, "d1")))
			.extracting(ProblemException::problem)
			.isEqualTo(Problem.DEVICE_NOT_ONLINE);
		this.node.drains.resume("d1");
		assertThat(this.node.devices.get("d1").state()).isEqualTo(DeviceState.ONLINE);
		this.node.volumes.create(LOGS, on(1, "d1"));
	}

	@Test
	void shouldGoOnAfterARestart() throws Exception {
		create(DB, on(22, "d1"));
		OperationSnapshot begun = this.node.drains.drain("d1");
		Awaitility.await().until(() -> used("d1") < 22 * Geometry.EXTENT_SIZE);
		finishWriters();
		restart();
		OperationSnapshot end = await(begun);
		assertThat(end.state()).as(String.valueOf(end.error())).isEqualTo(OperationState.SUCCEEDED);
		assertThat(used("d1")).isZero();
		this.writers.getFirst().verifyAll(this.node.blocks);
	}

	/** Drives may come later than the service, in any order. */
	@ParameterizedTest
	@ValueSource(ints = { 0, 1 })
	void shouldGoOnOnceADriveIsHereThatWasAbsentAtTheStart(int late) throws Exception {
		OperationSnapshot begun = interruptWithout(late);
		this.drives.set(late, this.drives.get(late).replug("--direct-io=on"));
		OperationSnapshot end = await(begun);
		assertThat(end.state()).as(String.valueOf(end.error())).isEqualTo(OperationState.SUCCEEDED);
		assertThat(devices(DB)).containsExactly(uuid("d2"));
		this.writers.getFirst().verifyAll(this.node.blocks);
	}

	@Test
	void shouldBeBegunWhileItWaitsForADriveThatIsAbsent() throws Exception {
		OperationSnapshot begun = interruptWithout(1);
		assertRefused(Problem.IN_USE, () -> this.node.drains.drain("d1"));
		assertRefused(Problem.IN_USE, () -> this.node.drains.replace("d1", "d3"));
		this.node.drains.resume("d1");
		assertThat(this.node.devices.get("d1").state()).isEqualTo(DeviceState.DRAINING);
		this.drives.set(1, this.drives.get(1).replug("--direct-io=on"));
		assertThat(await(begun).state()).isEqualTo(OperationState.SUCCEEDED);
		assertThat(this.node.operations.list()).hasSize(1);
	}

	@Test
	void shouldBeCancelledWhileItWaitsForADriveThatIsAbsent() throws Exception {
		OperationSnapshot begun = interruptWithout(0);
		this.node.operations.cancel(begun.id());
		assertThat(await(begun).state()).isEqualTo(OperationState.CANCELLED);
		this.drives.set(0, this.drives.getFirst().replug("--direct-io=on"));
		this.node.await("d1", DeviceState.ONLINE);
		assertThat(devices(DB)).contains(uuid("d1"));
		this.writers.getFirst().verifyAll(this.node.blocks);
	}

	/**
	 * Begins a replacement of the first drive by the second one, and starts anew while
	 * one of them is not there.
	 */
	private OperationSnapshot interruptWithout(int drive) throws Exception {
		create(DB, on(22, "d1"));
		awaitWrites(20);
		finishWriters();
		OperationSnapshot begun = this.node.drains.replace("d1", "d2");
		this.drives.get(drive).pull();
		this.node.await("d" + (drive + 1), DeviceState.AWAY);
		restart();
		assertThat(this.node.devices.get("d" + (drive + 1)).state()).isEqualTo(DeviceState.ABSENT);
		assertThat(find(begun.id()).state()).isEqualTo(OperationState.RUNNING);
		return begun;
	}

	/**
	 * What was lost was lost, wherever the volume is now; and what stays behind is
	 * nobody's.
	 */
	@Test
	void shouldTakePossibleLossesAlong() throws Exception {
		this.node.volumes.create(DB, on(2, "d1"));
		this.node.blocks.zero(DB, 0, 4096, TransferOptions.DEFAULT);
		this.drives.getFirst().pull();
		this.node.await("d1", DeviceState.AWAY);
		this.drives.set(0, this.drives.getFirst().replug("--direct-io=on"));
		this.node.await("d1", DeviceState.ONLINE);
		assertThat(this.node.device("d1").possibleLosses()).isEqualTo(1);
		this.node.blocks.zero(DB, 4096, 4096, TransferOptions.DEFAULT);
		await(this.node.drains.replace("d1", "d2"));
		assertRefused(Problem.WRITE_LOSS_POSSIBLE, () -> this.node.blocks.flush(DB, TransferOptions.DEFAULT));
		this.node.blocks.flush(DB, TransferOptions.DEFAULT);
		this.drives.getFirst().pull();
		this.node.await("d1", DeviceState.AWAY);
		assertThat(this.node.device("d1").possibleLosses()).isEqualTo(1);
		this.node.blocks.flush(DB, TransferOptions.DEFAULT);
		this.drives.set(0, this.drives.getFirst().replug("--direct-io=on"));
	}

	@Test
	void shouldNotCountWritesOfADeletedVolumeAsLost() throws Exception {
		this.node.volumes.create(DB, on(2, "d1"));
		this.node.blocks.zero(DB, 0, 4096, TransferOptions.DEFAULT);
		this.node.volumes.delete(DB);
		this.drives.getFirst().pull();
		this.node.await("d1", DeviceState.AWAY);
		assertThat(this.node.device("d1").possibleLosses()).isZero();
		this.drives.set(0, this.drives.getFirst().replug("--direct-io=on"));
	}

	@Test
	void shouldLeaveWhatHasMovedWhereItIsWhenCancelled() throws Exception {
		create(DB, on(22, "d1"));
		OperationSnapshot begun = this.node.drains.replace("d1", "d2");
		Awaitility.await().until(() -> used("d2") > 0);
		this.node.operations.cancel(begun.id());
		OperationSnapshot end = await(begun);
		assertThat(end.state()).isIn(OperationState.CANCELLED, OperationState.SUCCEEDED);
		if (end.state() == OperationState.CANCELLED) {
			assertThat(this.node.devices.get("d1").state()).isEqualTo(DeviceState.ONLINE);
			assertThat(used("d1") + used("d2")).isEqualTo(22 * Geometry.EXTENT_SIZE);
		}
		awaitWrites(20);
		finishWriters();
	}

	@Test
	void shouldWaitForADriveThatIsPulledMeanwhile() throws Exception {
		create(DB, on(22, "d1"));
		awaitWrites(20);
		OperationSnapshot begun = this.node.drains.replace("d1", "d2");
		this.drives.getFirst().pull();
		this.node.await("d1", DeviceState.AWAY);
		this.drives.set(0, this.drives.getFirst().replug("--direct-io=on"));
		OperationSnapshot end = await(begun);
		assertThat(end.state()).as(String.valueOf(end.error())).isEqualTo(OperationState.SUCCEEDED);
		awaitWrites(20);
		finishWriters();
	}

	@Test
	void shouldWaitForAReplacementThatIsPulledMeanwhile() throws Exception {
		create(DB, on(22, "d1"));
		awaitWrites(20);
		OperationSnapshot begun = this.node.drains.replace("d1", "d2");
		this.drives.get(1).pull();
		this.node.await("d2", DeviceState.AWAY);
		this.drives.set(1, this.drives.get(1).replug("--direct-io=on"));
		OperationSnapshot end = await(begun);
		assertThat(end.state()).as(String.valueOf(end.error())).isEqualTo(OperationState.SUCCEEDED);
		awaitWrites(20);
		finishWriters();
	}

	@Test
	void shouldDeleteAndGrowVolumesThatAreMoved() throws Exception {
		this.node.volumes.create(LOGS, on(10, "d1"));
		create(DB, on(4, "d1"));
		OperationSnapshot begun = this.node.drains.drain("d1");
		this.node.volumes.delete(LOGS);
		assertThat(await(begun).state()).isEqualTo(OperationState.SUCCEEDED);
		this.node.volumes.grow(DB, 8 * Geometry.EXTENT_SIZE, ScrubProgress.NONE);
		assertThat(this.node.volumes.find(LOGS)).isEmpty();
		assertThat(used("d1")).isZero();
		assertThat(used("d2") + used("d3")).isEqualTo(8 * Geometry.EXTENT_SIZE);
		finishWriters();
	}

	@Test
	void shouldSayWhyNothingCanBeMadeWhereAllIsEmptied() throws Exception {
		for (String device : List.of("d1", "d2", "d3")) {
			await(this.node.drains.drain(device));
		}
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> create(DB, VolumeSpec.ofSize(4096)))
			.withMessageContaining("All devices are away or being emptied");
	}

	@Test
	void shouldRefuseWhatCannotBeDone() throws Exception {
		this.node.volumes.create(DB, on(20, "d1"));
		this.node.volumes.create(LOGS, on(20, "d2"));
		assertRefused(Problem.NO_SPACE, () -> this.node.drains.replace("d1", "d2"));
		assertRefused(Problem.NOT_FOUND, () -> this.node.drains.replace("d1", "d9"));
		assertRefused(Problem.NOT_FOUND, () -> this.node.drains.drain("d9"));
		assertRefused(Problem.MALFORMED_REQUEST, () -> this.node.drains.replace("d1", "d1"));
		this.node.devices.suspend("d3", Duration.ofSeconds(10));
		assertRefused(Problem.DEVICE_NOT_ONLINE, () -> this.node.drains.replace("d1", "d3"));
		assertRefused(Problem.NO_SPACE, () -> this.node.drains.drain("d1"));
		assertThat(this.node.devices.get("d1").state()).isEqualTo(DeviceState.ONLINE);
		assertThat(this.node.operations.list()).isEmpty();
	}

	private static void assertRefused(Problem problem, Runnable task) {
		assertThatExceptionOfType(ProblemException.class).isThrownBy(task::run)
			.extracting(ProblemException::problem)
			.isEqualTo(problem);
	}

}
