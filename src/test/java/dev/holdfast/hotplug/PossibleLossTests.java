package dev.holdfast.hotplug;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import dev.holdfast.block.TransferOptions;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.DeviceState;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.HoldLimits;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What flushes tell of drives with volatile caches that were away, of which a volume has
 * two.
 */
@RequiresRoot
@RequiresIoUring
@RequiresTool("losetup")
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class PossibleLossTests {

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	private static final int STRIPE = 64 << 10;

	@TempDir
	private Path directory;

	private final List<LoopDevice> drives = new ArrayList<>();

	private Node node;

	@BeforeEach
	void start() throws IOException {
		open();
		for (String name : List.of("d1", "d2")) {
			LoopDevice drive = LoopDevice.create(this.directory, 24 << 20, "--direct-io=on");
			this.drives.add(drive);
			this.node.attach(name, drive.device());
		}
		this.node.volumes.create(DB, new VolumeSpec(4 * Geometry.EXTENT_SIZE, null, VolumeRecord.Layout.STRIPED, STRIPE,
				List.of("d1", "d2")));
	}

	private void open() throws IOException {
		this.node = new Node(Files.createDirectories(this.directory.resolve("data")), HoldLimits.DEFAULT);
	}

	@AfterEach
	void stop() throws IOException {
		this.node.close();
		this.drives.forEach(LoopDevice::close);
	}

	@Test
	void shouldTellOfTwoDrivesAtOnce() {
		writeToBoth();
		pull(0);
		pull(1);
		returns(0);
		returns(1);
		assertLossIsTold();
		flush();
	}

	@Test
	void shouldTellOfTwoDrivesAtOnceAlsoWhileAFlushWaits() {
		writeToBoth();
		pull(0);
		pull(1);
		CompletableFuture<Void> waits = CompletableFuture.runAsync(this::flush);
		Node.patiently().until(() -> this.node.device("d1").hold().operations() == 1);
		returns(1);
		returns(0);
		assertThat(waits).failsWithin(Node.PATIENCE)
			.withThrowableOfType(ExecutionException.class)
			.havingCause()
			.isInstanceOfSatisfying(ProblemException.class,
					(ex) -> assertThat(ex.problem()).isEqualTo(Problem.WRITE_LOSS_POSSIBLE));
		flush();
	}

	/**
	 * Else it could be hidden by what becomes of the other.
	 */
	@Test
	void shouldTellOfADriveWhileAnotherIsAway() {
		writeToBoth();
		pull(1);
		returns(1);
		pull(0);
		assertLossIsTold();
		returns(0);
		assertLossIsTold();
		flush();
	}

	@Test
	void shouldTellAfterARestartWhatCouldNotBeFlushedAtTheStop() throws IOException {
		writeToBoth();
		this.node.suspendWatch();
		this.drives.getFirst().pull();
		assertThat(this.node.devices.get("d1").state()).isEqualTo(DeviceState.ONLINE);
		this.node.close();
		replug(0);
		open();
		assertLossIsTold();
		flush();
	}

	@Test
	void shouldTellNothingAfterAStop() throws IOException {
		writeToBoth();
		this.node.close();
		this.drives.getFirst().pull();
		replug(0);
		open();
		flush();
	}

	private void writeToBoth() {
		this.node.blocks.zero(DB, 0, 2 * STRIPE, TransferOptions.DEFAULT);
	}

	private void pull(int drive) {
		this.drives.get(drive).pull();
		this.node.await("d" + (drive + 1), DeviceState.AWAY);
	}

	private void returns(int drive) {
		replug(drive);
		this.node.await("d" + (drive + 1), DeviceState.ONLINE);
	}

	private void replug(int drive) {
		this.drives.set(drive, this.drives.get(drive).replug("--direct-io=on"));
	}

	private void flush() {
		this.node.blocks.flush(DB, TransferOptions.DEFAULT);
	}

	private void assertLossIsTold() {
		assertThatExceptionOfType(ProblemException.class).isThrownBy(this::flush)
			.extracting(ProblemException::problem)
			.isEqualTo(Problem.WRITE_LOSS_POSSIBLE);
	}

}
