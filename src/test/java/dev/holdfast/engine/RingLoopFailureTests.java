package dev.holdfast.engine;

import java.time.Duration;
import java.util.Optional;

import dev.holdfast.uring.fake.FakeKernel;
import dev.holdfast.uring.fake.FakeRing;
import dev.holdfast.uring.sys.Errno;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static dev.holdfast.engine.FakeRig.BLOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** A loop that cannot go on leaves nobody waiting. */
class RingLoopFailureTests {

	@Test
	void shouldAnswerEverythingAndRefuseTheRest() throws Exception {
		FakeRig rig = FakeRig.open(new DeviceLimits(1, 100));
		RecordedOperation out = rig.write(0, BLOCK);
		RecordedOperation queued = rig.write(1, BLOCK);
		RecordedOperation flush = rig.flush();
		RecordedOperation waitingFlush = rig.flush();
		RecordedOperation zero = rig.zero(0, BLOCK);
		rig.ring().awaitInFlight(3);
		rig.ring().failEnters(Errno.ENXIO);
		RecordedOperation last = rig.read(2, BLOCK);
		Awaitility.await().until(() -> last.answers() == 1);
		for (RecordedOperation operation : new RecordedOperation[] { out, queued, flush, waitingFlush, zero, last }) {
			Awaitility.await().until(() -> operation.answers() == 1);
			assertThat(operation.errno()).isEqualTo(Errno.EIO);
		}
		assertThat(queued.releases()).as("the kernel never had it").isEqualTo(1);
		assertThat(out.releases()).as("the kernel may still have it").isZero();
		assertThatIllegalStateException().isThrownBy(() -> rig.read(0, BLOCK)).withMessageContaining("failed");
		assertThatException()
			.isThrownBy(() -> rig.engine.attach(new DeviceFile("x", 4, false, BLOCK), DeviceLimits.DEFAULT));
		assertThatException().isThrownBy(() -> rig.engine.register(rig.buffer.memory()).join());
		assertThat(rig.engine.statistics().rings()).hasSize(1);
		assertThat(rig.engine.close(Duration.ofMillis(1))).as("operations that the kernel may have").isPositive();
	}

	@Test
	void shouldLetOtherLoopsGoOn() throws Exception {
		FakeRig rig = FakeRig.open(new FakeKernel(), new EngineOptions(2, 64, 64, 4, 16));
		IoDevice other = rig.engine.attach(new DeviceFile("other", 4, false, BLOCK), DeviceLimits.DEFAULT);
		RecordedOperation lost = rig.read(0, BLOCK);
		FakeRing failing = Awaitility.await()
			.until(() -> rig.rings().stream().filter((ring) -> !ring.inFlight().isEmpty()).findFirst(),
					Optional::isPresent)
			.orElseThrow();
		failing.failEnters(Errno.ENXIO);
		failing.complete(failing.inFlight().getFirst(), BLOCK);
		RecordedOperation next = new RecordedOperation();
		next.operation.flush(rig.device);
		Awaitility.await().until(() -> refuses(rig, next));
		assertThat(lost.answers()).isEqualTo(1);
		rig.kernel.onIo(FakeKernel.SUCCEED);
		RecordedOperation read = new RecordedOperation();
		read.operation.read(other, 0, rig.buffer, 0, BLOCK);
		rig.submit(read);
		Awaitility.await().until(() -> read.releases() == 1);
		read.assertSucceeded();
	}

	private static boolean refuses(FakeRig rig, RecordedOperation operation) {
		try {
			if (rig.engine.submit(operation.operation)) {
				Awaitility.await().until(() -> operation.answers() > 0);
				operation.operation.flush(rig.device);
			}
			return false;
		}
		catch (IllegalStateException ex) {
			return true;
		}
	}

}
