package dev.holdfast.engine;

import java.util.List;
import java.util.stream.IntStream;

import dev.holdfast.uring.fake.Entry;
import dev.holdfast.uring.fake.FakeKernel;
import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.Opcode;
import dev.holdfast.uring.sys.Posix;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static dev.holdfast.engine.FakeRig.BLOCK;
import static dev.holdfast.engine.FakeRig.PIECE;
import static org.assertj.core.api.Assertions.assertThat;

/** Flushes, zeroes and discards: few at a time, since they occupy shared workers. */
class RingLoopExclusiveTests {

	@Test
	void shouldMergeTheFlushesThatComeWhileOneIsOut() throws Exception {
		try (FakeRig rig = FakeRig.open()) {
			RecordedOperation first = rig.flush();
			Entry out = rig.ring().awaitInFlight(1).getFirst();
			assertThat(out.opcode()).isEqualTo(Opcode.FSYNC);
			assertThat(out.operationFlags()).as("DATASYNC").isEqualTo(1);
			List<RecordedOperation> merged = IntStream.range(0, 20).mapToObj((i) -> rig.flush()).toList();
			rig.ring().awaitInFlight(1);
			rig.complete(out);
			first.assertSucceeded();
			merged.forEach(RecordedOperation::assertWaits);
			rig.complete(rig.ring().awaitInFlight(1).getFirst());
			merged.forEach(RecordedOperation::assertSucceeded);
			assertThat(rig.ring().history()).as("exactly one more").hasSize(2);
			assertThat(rig.device.inFlight()).isZero();
		}
	}

	@Test
	void shouldTellAllMergedFlushesOfTheirFailureAndNotTheNext() throws Exception {
		try (FakeRig rig = FakeRig.open()) {
			rig.flush();
			Entry out = rig.ring().awaitInFlight(1).getFirst();
			RecordedOperation second = rig.flush();
			RecordedOperation third = rig.flush();
			rig.complete(out);
			Entry merged = rig.ring().awaitInFlight(1).getFirst();
			RecordedOperation later = rig.flush();
			rig.complete(merged, -Errno.EIO);
			second.assertEnded(Errno.EIO, 0);
			third.assertEnded(Errno.EIO, 0);
			later.assertWaits();
			rig.complete(rig.ring().awaitInFlight(1).getFirst());
			later.assertSucceeded();
		}
	}

	@Test
	void shouldSendAFlushAgainThatWasInterrupted() throws Exception {
		try (FakeRig rig = FakeRig.open()) {
			RecordedOperation flush = rig.flush();
			rig.complete(rig.ring().awaitInFlight(1).getFirst(), -Errno.EINTR);
			flush.assertWaits();
			rig.complete(rig.ring().awaitInFlight(1).getFirst());
			flush.assertSucceeded();
		}
	}

	@Test
	void shouldFlushBesideAFullWindow() throws Exception {
		try (FakeRig rig = FakeRig.open(new DeviceLimits(1, 10))) {
			rig.read(0, BLOCK);
			RecordedOperation flush = rig.flush();
			rig.ring().awaitInFlight(2);
			rig.complete(only(rig, Opcode.FSYNC));
			flush.assertSucceeded();
		}
	}

	@Test
	void shouldHaveOneZeroOrDiscardOutAtATime() throws Exception {
		try (FakeRig rig = FakeRig.open()) {
			RecordedOperation zero = rig.zero(0, BLOCK);
			RecordedOperation discard = rig.discard(10, BLOCK);
			RecordedOperation last = rig.zero(20, BLOCK);
			RecordedOperation read = rig.read(30, BLOCK);
			List<Entry> entries = rig.ring().awaitInFlight(2);
			assertThat(entries).extracting(Entry::opcode)
				.containsExactlyInAnyOrder(Opcode.FALLOCATE, Opcode.READ_FIXED);
			for (RecordedOperation operation : List.of(zero, discard, last)) {
				operation.assertWaits();
				rig.complete(only(rig, Opcode.FALLOCATE));
				operation.assertSucceeded();
			}
			rig.complete(only(rig, Opcode.READ_FIXED));
			read.assertSucceeded();
		}
	}

	@Test
	void shouldZeroAndDiscardFilesByTheirModes() throws Exception {
		try (FakeRig rig = FakeRig.open()) {
			rig.zero(1, 2 * BLOCK);
			Entry zero = rig.ring().awaitInFlight(1).getFirst();
			assertThat(zero.length()).isEqualTo(Posix.FALLOC_FL_ZERO_RANGE | Posix.FALLOC_FL_KEEP_SIZE);
			assertThat(zero.offset()).isEqualTo(BLOCK);
			assertThat(zero.address()).isEqualTo(2L * BLOCK);
			rig.complete(zero);
			rig.discard(1, 2 * BLOCK);
			Entry discard = rig.ring().awaitInFlight(1).getFirst();
			assertThat(discard.length()).isEqualTo(Posix.FALLOC_FL_PUNCH_HOLE | Posix.FALLOC_FL_KEEP_SIZE);
		}
	}

	@Test
	void shouldCutLongZeroesAndSendThemOneAfterTheOther() throws Exception {
		try (FakeRig rig = FakeRig.open()) {
			long length = 2 * Dispatcher.EXCLUSIVE_PIECE + BLOCK;
			RecordedOperation zero = rig.zero(0, length);
			long sum = 0;
			for (int i = 0; i < 3; i++) {
				zero.assertWaits();
				Entry piece = rig.ring().awaitInFlight(1).getFirst();
				assertThat(piece.offset()).isEqualTo(sum);
				sum += piece.address();
				rig.complete(piece);
			}
			assertThat(sum).isEqualTo(length);
			zero.assertSucceeded();
		}
	}

	@Test
	void shouldStopALongZeroAtAFailure() throws Exception {
		try (FakeRig rig = FakeRig.open()) {
			RecordedOperation zero = rig.zero(0, 3 * Dispatcher.EXCLUSIVE_PIECE);
			RecordedOperation next = rig.discard(0, BLOCK);
			rig.complete(rig.ring().awaitInFlight(1).getFirst());
			rig.complete(rig.ring().awaitInFlight(1).getFirst(), -Errno.EIO);
			zero.assertEnded(Errno.EIO, Dispatcher.EXCLUSIVE_PIECE);
			rig.complete(rig.ring().awaitInFlight(1).getFirst());
			next.assertSucceeded();
		}
	}

	@Test
	void shouldWriteZeroesWhereTheDeviceCannotZero() throws Exception {
		try (FakeRig rig = FakeRig.open()) {
			RecordedOperation zero = rig.zero(0, 2 * PIECE + BLOCK);
			rig.complete(rig.ring().awaitInFlight(1).getFirst(), -Errno.EOPNOTSUPP);
			for (long offset = 0; offset <= 2 * PIECE; offset += PIECE) {
				zero.assertWaits();
				Entry write = rig.ring().awaitInFlight(1).getFirst();
				assertThat(write.opcode()).isEqualTo(Opcode.WRITE);
				assertThat(write.offset()).isEqualTo(offset);
				assertThat(write.length()).isEqualTo((int) Math.min(PIECE, 2 * PIECE + BLOCK - offset));
				rig.complete(write);
			}
			zero.assertSucceeded();
			rig.zero(0, BLOCK);
			assertThat(rig.ring().awaitInFlight(1).getFirst().opcode()).as("remembered").isEqualTo(Opcode.WRITE);
		}
	}

	@Test
	void shouldDiscardABlockDeviceByACommand() throws Exception {
		try (FakeRig rig = FakeRig.openBlockDevice()) {
			RecordedOperation discard = rig.discard(1, 3 * BLOCK);
			Entry command = rig.ring().awaitInFlight(1).getFirst();
			assertThat(command.opcode()).isEqualTo(Opcode.URING_CMD);
			assertThat(command.offset()).as("BLOCK_URING_CMD_DISCARD").isEqualTo(0x1200);
			assertThat(command.address()).isEqualTo(BLOCK);
			assertThat(command.extra()).isEqualTo(3L * BLOCK);
			rig.complete(command);
			discard.assertSucceeded();
		}
	}

	/** The call goes to descriptor 1,000,003, which nobody has. */
	@Test
	void shouldDiscardByABlockingCallWhereTheCommandIsMissing() throws Exception {
		try (FakeRig rig = FakeRig.openBlockDevice()) {
			IoDevice nobodys = rig.engine.attach(new DeviceFile("nobody's", 1_000_003, true, BLOCK),
					DeviceLimits.DEFAULT);
			for (int expectedCommands : new int[] { 1, 1 }) {
				RecordedOperation discard = new RecordedOperation();
				discard.operation.discard(nobodys, 0, BLOCK);
				rig.kernel.onIo((ring, entry) -> -Errno.EOPNOTSUPP);
				rig.submit(discard);
				Awaitility.await().until(() -> discard.releases() == 1);
				discard.assertEnded(Errno.EBADF, 0);
				assertThat(rig.ring().history()).as("the device is asked once").hasSize(expectedCommands);
			}
		}
	}

	@Test
	void shouldTakeADiscardForDoneThatTheDeviceCannotDo() throws Exception {
		try (FakeRig rig = FakeRig.open()) {
			RecordedOperation discard = rig.discard(0, BLOCK);
			rig.complete(rig.ring().awaitInFlight(1).getFirst(), -Errno.EOPNOTSUPP);
			discard.assertSucceeded();
		}
	}

	@Test
	void shouldServeReadsWhileAFlushIsStuck() throws Exception {
		try (FakeRig rig = FakeRig.open()) {
			rig.kernel.onIo(
					(ring, entry) -> (entry.opcode() == Opcode.FSYNC) ? null : FakeKernel.SUCCEED.answer(ring, entry));
			RecordedOperation flush = rig.flush();
			RecordedOperation read = rig.read(0, BLOCK);
			rig.ring().awaitInFlight(1);
			read.assertSucceeded();
			flush.assertWaits();
		}
	}

	private static Entry only(FakeRig rig, int opcode) {
		List<Entry> entries = rig.ring().inFlight().stream().filter((entry) -> entry.opcode() == opcode).toList();
		assertThat(entries).hasSize(1);
		return entries.getFirst();
	}

}
