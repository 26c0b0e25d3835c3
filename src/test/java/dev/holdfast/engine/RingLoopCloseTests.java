package dev.holdfast.engine;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.holdfast.uring.fake.Entry;
import dev.holdfast.uring.fake.FakeKernel;
import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.RegisterOpcode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static dev.holdfast.engine.FakeRig.BLOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Detaching devices and closing the engine. */
class RingLoopCloseTests {

	@Test
	void shouldDetachOnlyAfterTheInputAndOutputAndTheFilesTag() throws Exception {
		try (FakeRig rig = FakeRig.open(new DeviceLimits(1, 10))) {
			rig.ring().holdTags();
			RecordedOperation out = rig.read(0, BLOCK);
			RecordedOperation queued = rig.read(1, BLOCK);
			Entry first = rig.ring().awaitInFlight(1).getFirst();
			CompletableFuture<Void> detached = rig.engine.detach(rig.device);
			assertThatIllegalStateException().isThrownBy(() -> rig.read(2, BLOCK)).withMessageContaining("detached");
			rig.complete(first);
			rig.complete(rig.ring().awaitInFlight(1).getFirst());
			out.assertSucceeded();
			queued.assertSucceeded();
			rig.ring().awaitOwedTags(1);
			rig.ring().awaitIdle();
			assertThat(detached).isNotDone();
			rig.ring().releaseTags();
			detached.get(20, TimeUnit.SECONDS);
			assertThat(rig.device.inFlight()).isZero();
		}
	}

	@Test
	void shouldNotReuseAFilesSlotBeforeItsTag() throws Exception {
		FakeKernel kernel = new FakeKernel();
		try (FakeRig rig = FakeRig.open(kernel, new EngineOptions(1, 64, 64, 1, 16))) {
			rig.ring().holdTags();
			CompletableFuture<Void> detached = rig.engine.detach(rig.device);
			rig.ring().awaitOwedTags(1);
			assertThatException()
				.isThrownBy(() -> rig.engine.attach(new DeviceFile("next", 4, false, BLOCK), DeviceLimits.DEFAULT))
				.withMessageContaining("1 devices");
			rig.ring().releaseTags();
			detached.get(20, TimeUnit.SECONDS);
			assertThat(rig.engine.attach(new DeviceFile("next", 4, false, BLOCK), DeviceLimits.DEFAULT).name())
				.isEqualTo("next");
		}
	}

	@Test
	void shouldNotAttachWhatTheKernelRefuses() throws Exception {
		try (FakeRig rig = FakeRig.open(new FakeKernel(), new EngineOptions(1, 64, 64, 2, 16))) {
			rig.kernel.onRegister((call) -> (call.opcode() == RegisterOpcode.FILES_UPDATE2) ? -Errno.EBADF : null);
			for (int i = 0; i < 5; i++) {
				assertThatException()
					.isThrownBy(() -> rig.engine.attach(new DeviceFile("bad", 4, false, BLOCK), DeviceLimits.DEFAULT));
			}
			rig.kernel.onRegister((call) -> null);
			assertThat(rig.engine.attach(new DeviceFile("good", 4, false, BLOCK), DeviceLimits.DEFAULT).name())
				.as("the slot was given back")
				.isEqualTo("good");
		}
	}

	@Test
	void shouldDetachSeveralDevicesTogether() throws Exception {
		try (FakeRig rig = FakeRig.open()) {
			IoDevice second = rig.engine.attach(new DeviceFile("second", 4, false, BLOCK), DeviceLimits.DEFAULT);
			IoDevice third = rig.engine.attach(new DeviceFile("third", 5, false, BLOCK), DeviceLimits.DEFAULT);
			CompletableFuture
				.allOf(rig.engine.detach(rig.device), rig.engine.detach(second), rig.engine.detach(third),
						rig.engine.detach(third))
				.get(20, TimeUnit.SECONDS);
		}
	}

	@Test
	void shouldDetachSeveralDevicesTogetherWithoutARing() throws Exception {
		try (IoEngine engine = IoEngines.psync(EngineOptions.DEFAULT, "asked for")) {
			CompletableFuture<?>[] detached = new CompletableFuture<?>[20];
			for (int i = 0; i < detached.length; i++) {
				detached[i] = engine
					.detach(engine.attach(new DeviceFile("d" + i, 1_000_000, false, BLOCK), DeviceLimits.DEFAULT));
			}
			CompletableFuture.allOf(detached).get(20, TimeUnit.SECONDS);
		}
	}

	@Test
	void shouldFinishWhatItHasAcceptedBeforeItCloses() throws Exception {
		FakeRig rig = FakeRig.open(new DeviceLimits(1, 10));
		RecordedOperation out = rig.read(0, BLOCK);
		RecordedOperation queued = rig.write(1, BLOCK);
		RecordedOperation flush = rig.flush();
		rig.ring().awaitInFlight(2);
		CompletableFuture<Integer> closed = CompletableFuture
			.supplyAsync(() -> rig.engine.close(Duration.ofSeconds(20)));
		Awaitility.await().until(() -> refuses(rig));
		assertThat(closed).isNotDone();
		rig.kernel.onIo(FakeKernel.SUCCEED);
		for (Entry entry : rig.ring().inFlight()) {
			Integer length = FakeKernel.SUCCEED.answer(rig.ring(), entry);
			rig.ring().complete(entry, length);
		}
		assertThat(closed.get(20, TimeUnit.SECONDS)).isZero();
		out.assertSucceeded();
		queued.assertSucceeded();
		flush.assertSucceeded();
		assertThat(rig.kernel.rings()).isEmpty();
		assertThat(rig.kernel.mapped()).isZero();
	}

	@Test
	void shouldSayHowManyOperationsWouldNotEnd() throws Exception {
		FakeRig rig = FakeRig.open();
		RecordedOperation stuck = rig.write(0, BLOCK);
		rig.write(1, BLOCK);
		Entry entry = rig.ring().awaitInFlight(2).getFirst();
		rig.complete(entry);
		assertThat(rig.engine.close(Duration.ofMillis(1))).isEqualTo(1);
		assertThat(rig.kernel.rings()).as("left alone").isNotEmpty();
		assertThat(stuck.answers() + stuck.releases()).isIn(0, 2);
		// The late completion is still taken.
		rig.complete(rig.ring().inFlight().getFirst());
		assertThat(rig.device.inFlight()).isZero();
	}

	@Test
	void shouldRefuseEverythingOnceClosed() throws Exception {
		FakeRig rig = FakeRig.open();
		rig.close();
		assertThatIllegalStateException().isThrownBy(() -> rig.read(0, BLOCK));
		assertThatIllegalStateException().isThrownBy(() -> rig.engine.register(rig.buffer.memory()));
		assertThatIllegalStateException()
			.isThrownBy(() -> rig.engine.attach(new DeviceFile("x", 4, false, BLOCK), DeviceLimits.DEFAULT));
		assertThat(rig.engine.close(Duration.ofSeconds(1))).isZero();
	}

	@Test
	void shouldLeaveNothingBehindIfItCannotOpen() {
		FakeKernel kernel = new FakeKernel();
		kernel.onRegister(
				(call) -> (call.opcode() == RegisterOpcode.BUFFERS2 && call.ring().shared()) ? -Errno.ENOMEM : null);
		assertThatException().isThrownBy(() -> IoEngines.uring(kernel, FakeRig.SMALL))
			.withMessageContaining("RLIMIT_MEMLOCK");
		assertThat(kernel.rings()).isEmpty();
		assertThat(kernel.mapped()).isZero();
	}

	@Test
	void shouldSayWhyThereIsNoRing() {
		assertThatException()
			.isThrownBy(() -> IoEngines.uring(new FakeKernel().refuseSetup(Errno.ENOSYS), FakeRig.SMALL))
			.withMessageContaining("has no io_uring")
			.withMessageNotContaining("EPERM");
	}

	private static boolean refuses(FakeRig rig) {
		try {
			RecordedOperation probe = new RecordedOperation();
			probe.operation.flush(rig.device);
			rig.engine.submit(probe.operation);
			return false;
		}
		catch (IllegalStateException ex) {
			return true;
		}
	}

}
