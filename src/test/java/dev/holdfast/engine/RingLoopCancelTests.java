package dev.holdfast.engine;

import java.util.List;

import dev.holdfast.uring.fake.Entry;
import dev.holdfast.uring.sys.Errno;
import org.junit.jupiter.api.Test;

import static dev.holdfast.engine.FakeRig.BLOCK;
import static dev.holdfast.engine.FakeRig.PIECE;
import static org.assertj.core.api.Assertions.assertThat;

class RingLoopCancelTests {

	@Test
	void shouldAnswerWhatOnlyWaits() throws Exception {
		try (FakeRig rig = FakeRig.open(new DeviceLimits(1, 10))) {
			RecordedOperation first = rig.read(0, BLOCK);
			RecordedOperation queued = rig.read(1, BLOCK);
			RecordedOperation last = rig.read(2, BLOCK);
			rig.ring().awaitInFlight(1);
			cancel(rig, queued);
			queued.assertEnded(Errno.ECANCELED, 0);
			rig.complete(rig.ring().awaitInFlight(1).getFirst());
			rig.complete(rig.ring().awaitInFlight(1).getFirst());
			first.assertSucceeded();
			last.assertSucceeded();
			assertThat(rig.ring().history()).hasSize(2);
		}
	}

	@Test
	void shouldAnswerWaitingFlushesZeroesAndDiscards() throws Exception {
		try (FakeRig rig = FakeRig.open()) {
			rig.flush();
			rig.zero(0, BLOCK);
			rig.ring().awaitInFlight(2);
			RecordedOperation flush = rig.flush();
			RecordedOperation zero = rig.zero(0, BLOCK);
			RecordedOperation discard = rig.discard(0, BLOCK);
			rig.ring().awaitInFlight(2);
			for (RecordedOperation operation : List.of(flush, zero, discard)) {
				cancel(rig, operation);
				operation.assertEnded(Errno.ECANCELED, 0);
			}
		}
	}

	@Test
	void shouldLetTheDeviceFinishWhatItHas() throws Exception {
		try (FakeRig rig = FakeRig.open()) {
			RecordedOperation write = rig.write(0, BLOCK);
			Entry entry = rig.ring().awaitInFlight(1).getFirst();
			cancel(rig, write);
			write.assertWaits();
			assertThat(rig.ring().cancels()).extracting(Entry::address).containsExactly(entry.userData());
			rig.complete(entry);
			write.assertSucceeded();
		}
	}

	@Test
	void shouldAnswerWhatTheKernelCouldCancel() throws Exception {
		try (FakeRig rig = FakeRig.open()) {
			rig.ring().letCancel();
			RecordedOperation write = rig.write(0, 2 * PIECE);
			rig.ring().awaitInFlight(2);
			cancel(rig, write);
			write.assertEnded(Errno.ECANCELED, 0);
			rig.ring().awaitInFlight(0);
		}
	}

	@Test
	void shouldSendNoFurtherPieceOfACancelledOperation() throws Exception {
		try (FakeRig rig = FakeRig.open(new DeviceLimits(2, 10))) {
			RecordedOperation write = rig.write(0, 6 * PIECE);
			List<Entry> pieces = rig.ring().awaitInFlight(2);
			cancel(rig, write);
			write.assertWaits();
			rig.complete(pieces.get(0));
			write.assertWaits();
			rig.complete(pieces.get(1));
			write.assertEnded(Errno.ECANCELED, 2 * PIECE);
			assertThat(rig.ring().history()).hasSize(2);
		}
	}

	@Test
	void shouldLeaveTheNextUseOfAnOperationAlone() throws Exception {
		try (FakeRig rig = FakeRig.open()) {
			RecordedOperation read = rig.read(0, BLOCK);
			Entry entry = rig.ring().awaitInFlight(1).getFirst();
			long submission = read.operation.progress.submission;
			rig.complete(entry);
			read.assertSucceeded();
			read.operation.read(rig.device, BLOCK, rig.buffer, 0, BLOCK);
			rig.submit(read);
			Entry next = rig.ring().awaitInFlight(1).getFirst();
			rig.onLoop(() -> rig.loop().cancel(read.operation, submission));
			rig.ring().awaitIdle();
			assertThat(rig.ring().cancels()).isEmpty();
			rig.complete(next);
			assertThat(read.answers()).isEqualTo(2);
			assertThat(read.errno()).isZero();
		}
	}

	@Test
	void shouldIgnoreACancelAfterTheAnswer() throws Exception {
		try (FakeRig rig = FakeRig.open()) {
			RecordedOperation read = rig.read(0, BLOCK);
			rig.complete(rig.ring().awaitInFlight(1).getFirst());
			cancel(rig, read);
			read.assertSucceeded();
		}
	}

	private static void cancel(FakeRig rig, RecordedOperation operation) {
		rig.engine.cancel(operation.operation);
		rig.ring().awaitIdle();
	}

}
