package dev.holdfast.hotplug;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.holdfast.block.TransferOptions;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.DeviceFollower;
import dev.holdfast.device.DeviceRequest;
import dev.holdfast.device.DeviceSelector;
import dev.holdfast.device.DeviceState;
import dev.holdfast.device.DeviceStatus;
import dev.holdfast.device.HoldLimits;
import dev.holdfast.device.RecordingEngine;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.IoKind;
import dev.holdfast.operation.OperationState;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import dev.holdfast.volume.ScrubProgress;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Which drive is taken for the one that was pulled, and what is held for it.
 */
@RequiresRoot
@RequiresIoUring
@RequiresTool("losetup")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class HotplugTests {

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	private static final int SIZE = 64 << 20;

	private static final int STRIPE = 64 << 10;

	@TempDir
	private Path directory;

	private LoopDevice drive;

	private Node node;

	@BeforeEach
	void start() throws IOException {
		this.drive = loop();
		this.node = node("data", HoldLimits.DEFAULT);
		this.node.attach("d1", this.drive.device());
		this.node.volumes.create(DB, VolumeSpec.ofSize(1 << 20));
	}

	@AfterEach
	void stop() throws IOException {
		this.node.close();
		this.drive.close();
	}

	private LoopDevice loop() {
		return LoopDevice.create(this.directory, SIZE, "--direct-io=on");
	}

	private Node node(String name, HoldLimits hold) throws IOException {
		return new Node(Files.createDirectories(this.directory.resolve(name)), hold);
	}

	@Test
	void shouldNotTakeAStrangerForTheDrive() throws Exception {
		write('a');
		pull();
		try (LoopDevice stranger = loop()) {
			Awaitility.await()
				.untilAsserted(() -> assertThat(this.node.devices.get("d1").reason())
					.contains("no drive on this node has its label"));
			assertThat(this.node.devices.get("d1").state()).isEqualTo(DeviceState.AWAY);
			assertThat(Arrays.equals(Files.readAllBytes(stranger.file()), new byte[SIZE])).as("left alone").isTrue();
		}
		comeBack();
		assertThat(read(DB, 0, 4)).isEqualTo("aaaa");
	}

	/**
	 * The kernel gives the name that has become free to the next drive.
	 */
	@Test
	void shouldAttachAnotherDriveThatHasItsName() throws Exception {
		write('a');
		Path name = this.drive.device();
		pull();
		this.drive.detach();
		List<LoopDevice> others = new ArrayList<>();
		try {
			while (others.isEmpty() || !others.getLast().device().equals(name)) {
				assertThat(others).hasSizeLessThan(32);
				others.add(loop());
			}
			this.node.attach("d2", name);
			assertThat(this.node.device("d2").path()).isEqualTo(name);
			assertThat(this.node.devices.get("d1").state()).isEqualTo(DeviceState.AWAY);
			this.drive = LoopDevice.attach(this.drive.file(), "--direct-io=on");
			this.node.await("d1", DeviceState.ONLINE);
			assertThat(read(DB, 0, 4)).isEqualTo("aaaa");
			this.node.devices.detach("d2");
		}
		finally {
			others.forEach(LoopDevice::close);
		}
	}

	@Test
	void shouldLetGoOfADriveThatCannotBeWritten() {
		pull();
		this.drive = this.drive.replug("--direct-io=on", "--read-only");
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.node.devices.get("d1").reason()).doesNotContain("no drive")
				.containsAnyOf("could not be written", "read-only"));
		assertThat(this.node.devices.get("d1").state()).isEqualTo(DeviceState.AWAY);
		comeBack();
	}

	@Test
	void shouldTakeNeitherOfTwoThatHaveItsLabel() throws Exception {
		pull();
		Path copy = Files.copy(this.drive.file(), this.directory.resolve("copy.img"));
		this.drive = this.drive.replug("--direct-io=on", "--read-only");
		try (LoopDevice twin = LoopDevice.attach(copy, "--direct-io=on")) {
			assertThat(twin.device()).isNotEqualTo(this.drive.device());
			Awaitility.await()
				.untilAsserted(
						() -> assertThat(this.node.devices.get("d1").reason()).contains("2 drives have its label"));
			assertThat(this.node.devices.get("d1").state()).isEqualTo(DeviceState.AWAY);
		}
		comeBack();
	}

	@Test
	void shouldNotTakeACopyForTheDrive() throws Exception {
		write('a');
		Path copy = Files.copy(this.drive.file(), this.directory.resolve("old.img"));
		write('b');
		pull();
		this.drive.detach();
		try (LoopDevice twin = LoopDevice.attach(copy, "--direct-io=on")) {
			Awaitility.await()
				.untilAsserted(() -> assertThat(this.node.devices.get("d1").reason())
					.contains(twin.device().getFileName() + " has its label and is another one"));
		}
		this.drive = LoopDevice.attach(this.drive.file(), "--direct-io=on");
		this.node.await("d1", DeviceState.ONLINE);
		assertThat(read(DB, 0, 4)).isEqualTo("bbbb");
	}

	@Test
	void shouldRefuseToDeleteAVolumeWhoseDriveIsAwayAndChangeNothing() throws Exception {
		write('a');
		pull();
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> this.node.volumes.delete(DB))
			.satisfies((refused) -> assertThat(refused.problem()).isEqualTo(Problem.DEVICE_NOT_ONLINE));
		assertThatExceptionOfType(ProblemException.class)
			.isThrownBy(() -> this.node.volumes.grow(DB, 8 << 20, ScrubProgress.NONE))
			.satisfies((refused) -> assertThat(refused.problem()).isEqualTo(Problem.DEVICE_NOT_ONLINE));
		comeBack();
		assertThat(read(DB, 0, 4)).isEqualTo("aaaa");
		this.node.volumes.delete(DB);
	}

	@Test
	void shouldReplayNothingToADriveThatWasUsedElsewhere() throws Exception {
		write('a');
		pull();
		CompletableFuture<Void> held = CompletableFuture.runAsync(() -> write('b'));
		awaitHeld(1);
		// The other node must have it before this one finds it again.
		this.node.suspendWatch();
		this.drive = this.drive.replug("--direct-io=on");
		try (Node other = node("other", HoldLimits.DEFAULT)) {
			other.devices.attach("x", new DeviceRequest(DeviceSelector.at(this.drive.device()), false, true, Map.of()));
		}
		this.node.resumeWatch();
		this.node.await("d1", DeviceState.LOST);
		assertThat(this.node.devices.get("d1").reason()).contains("written elsewhere");
		assertThatExceptionOfType(CompletionException.class).isThrownBy(held::join)
			.satisfies((ex) -> assertThat(((ProblemException) ex.getCause()).problem()).isEqualTo(Problem.DEVICE_LOST));
		assertThat(new String(Files.readAllBytes(this.drive.file()), StandardCharsets.ISO_8859_1))
			.contains("a".repeat(4096))
			.doesNotContain("b".repeat(4096));
	}

	@Test
	void shouldHoldOnlyWhatGoesToTheDriveThatIsAway() throws Exception {
		LoopDevice second = loop();
		try {
			this.node.attach("d2", second.device());
			VolumeKey wide = new VolumeKey("acme", "wide");
			this.node.volumes.create(wide,
					new VolumeSpec(16 << 20, null, VolumeRecord.Layout.STRIPED, STRIPE, List.of("d1", "d2")));
			write(wide, STRIPE, 'b');
			second.pull();
			this.node.await("d2", DeviceState.AWAY);
			write(wide, 0, 'a');
			assertThat(read(wide, 0, 4)).isEqualTo("aaaa");
			CompletableFuture<String> held = CompletableFuture.supplyAsync(() -> read(wide, STRIPE - 2, 4));
			Awaitility.await().until(() -> this.node.device("d2").hold().operations() == 1);
			assertThat(this.node.device("d1").hold().operations()).isZero();
			write(wide, 0, 'c');
			second = second.replug("--direct-io=on");
			assertThat(held.get(30, TimeUnit.SECONDS)).endsWith("bb");
		}
		finally {
			this.node.close();
			second.close();
			this.node = node("empty", HoldLimits.DEFAULT);
		}
	}

	@Test
	void shouldAttachAKnownDriveByItselfThatWasNotThereAtTheStart() throws Exception {
		write('a');
		this.node.close();
		this.drive.pull();
		this.node = node("data", HoldLimits.DEFAULT);
		assertThat(this.node.devices.get("d1").state()).isEqualTo(DeviceState.ABSENT);
		this.drive = this.drive.replug("--direct-io=on");
		this.node.await("d1", DeviceState.ONLINE);
		assertThat(read(DB, 0, 4)).isEqualTo("aaaa");
	}

	/** Of which each waits for all the range. */
	@Test
	void shouldReplayAnOperationWhosePartsAreOnOneDrive() throws Exception {
		VolumeKey striped = new VolumeKey("acme", "striped");
		try (LoopDevice second = loop()) {
			this.node.attach("d2", second.device());
			this.node.volumes.create(striped,
					new VolumeSpec(2 << 20, null, VolumeRecord.Layout.STRIPED, STRIPE, List.of("d1", "d2")));
			UUID operation = this.node.empty("d2", "d1").id();
			Node.patiently()
				.until(() -> this.node.operations.find(operation).orElseThrow().state() == OperationState.SUCCEEDED);
			pull();
			CompletableFuture<Void> zeroed = CompletableFuture
				.runAsync(() -> this.node.blocks.zero(striped, 0, 2 * STRIPE, TransferOptions.DEFAULT));
			awaitHeld(2);
			comeBack();
			assertThat(zeroed).succeedsWithin(Duration.ofSeconds(10));
		}
	}

	/** And is pulled again the moment that what was held goes out. */
	@Test
	void shouldKeepTheOrderOfWhatIsHeldTwice() throws Exception {
		AtomicReference<RecordingEngine> engine = new AtomicReference<>();
		this.node.close();
		this.node = new Node(this.directory.resolve("data"), HoldLimits.DEFAULT, (real) -> {
			engine.set(new RecordingEngine(real));
			return engine.get();
		});
		pull();
		CompletableFuture<Void> first = CompletableFuture.runAsync(() -> write('b'));
		awaitHeld(1);
		CompletableFuture<Void> second = CompletableFuture.runAsync(() -> write('c'));
		awaitHeld(2);
		CountDownLatch pulled = new CountDownLatch(1);
		long data = this.node.device("d1").geometry().offsetOf(0);
		engine.get().before((operation) -> {
			if (operation.kind() == IoKind.WRITE && operation.offset() >= data && pulled.getCount() > 0) {
				this.drive.pull();
				pulled.countDown();
			}
		});
		this.drive = this.drive.replug("--direct-io=on");
		assertThat(pulled.await(20, TimeUnit.SECONDS)).isTrue();
		this.node.await("d1", DeviceState.AWAY);
		assertThat(first).isNotDone();
		comeBack();
		assertThat(first).succeedsWithin(Duration.ofSeconds(10));
		assertThat(second).succeedsWithin(Duration.ofSeconds(10));
		assertThat(read(DB, 0, 4)).isEqualTo("cccc");
		this.node.assertNothingHeld();
	}

	@Test
	void shouldResumeAtOnceWhateverFollowersHaveHeard() throws Exception {
		CountDownLatch heard = new CountDownLatch(1);
		this.node.devices.follow(new SlowFollower(heard));
		try {
			this.node.devices.drain("d1", false);
			this.node.devices.suspend("d1", Duration.ofSeconds(10));
			this.node.devices.resume("d1");
			assertThat(this.node.devices.get("d1").state()).isEqualTo(DeviceState.ONLINE);
		}
		finally {
			heard.countDown();
		}
	}

	@Test
	void shouldStaySuspendedOverARestart() throws Exception {
		write('a');
		this.node.devices.suspend("d1", Duration.ofSeconds(30));
		this.node.close();
		this.node = node("data", HoldLimits.DEFAULT);
		assertThat(this.node.devices.get("d1").state()).isEqualTo(DeviceState.SUSPENDED);
		CompletableFuture<String> held = CompletableFuture.supplyAsync(() -> read(DB, 0, 4));
		awaitHeld(1);
		this.node.devices.resume("d1");
		assertThat(held.get(30, TimeUnit.SECONDS)).isEqualTo("aaaa");
		this.node.close();
		this.node = node("data", HoldLimits.DEFAULT);
		assertThat(this.node.devices.get("d1").state()).isEqualTo(DeviceState.ONLINE);
	}

	@Test
	@DisplayName("Rule 15: what is held holds no pin, and asks again when it goes out")
	void shouldKeepNobodyFromTheVolumeWhileItsIoIsHeld() {
		pull();
		CompletableFuture<String> held = CompletableFuture.supplyAsync(() -> read(DB, 0, 4));
		awaitHeld(1);
		// Waits until nobody has a pin.
		this.node.leases.take(DB, Duration.ofMinutes(1), false);
		comeBack();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(held::join)
			.satisfies((ex) -> assertThat(((ProblemException) ex.getCause()).problem()).isEqualTo(Problem.LEASE_LOST));
	}

	private void pull() {
		this.drive.pull();
		this.node.await("d1", DeviceState.AWAY);
	}

	private void comeBack() {
		this.drive = this.drive.replug("--direct-io=on");
		this.node.await("d1", DeviceState.ONLINE);
	}

	private void awaitHeld(int operations) {
		Awaitility.await().until(() -> this.node.device("d1").hold().operations() == operations);
	}

	private void write(char content) {
		write(DB, 0, content);
	}

	private void write(VolumeKey volume, long offset, char content) {
		byte[] bytes = new byte[4096];
		Arrays.fill(bytes, (byte) content);
		ByteBuffer rest = ByteBuffer.wrap(bytes);
		try {
			this.node.blocks.write(volume, offset, bytes.length, TransferOptions.DEFAULT, (into) -> {
				if (!rest.hasRemaining()) {
					return -1;
				}
				into.put(rest);
				return bytes.length;
			});
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private String read(VolumeKey volume, long offset, int length) {
		ByteBuffer bytes = ByteBuffer.allocate(length);
		try {
			this.node.blocks.read(volume, offset, length, TransferOptions.DEFAULT, bytes::put);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		return new String(bytes.array(), StandardCharsets.ISO_8859_1);
	}

	/** Listens to one thing until it is let go on. */
	private record SlowFollower(CountDownLatch heard) implements DeviceFollower {

		@Override
		public void attached(DeviceStatus device) {
		}

		@Override
		public void changed(DeviceStatus device) {
			try {
				this.heard.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@Override
		public void detached(DeviceStatus device) {
		}

	}

}
