package dev.holdfast.engine;

import java.util.List;

import dev.holdfast.uring.fake.Entry;
import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.Opcode;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.holdfast.engine.FakeRig.BLOCK;
import static dev.holdfast.engine.FakeRig.PIECE;
import static org.assertj.core.api.Assertions.assertThat;

/** Pieces, short I/O, and I/O that makes no progress. */
class RingLoopTransferTests {

	@AutoClose
	private final FakeRig rig = FakeRig.open();

	@Test
	void shouldReadIntoRegisteredMemoryInOneRequest() {
		RecordedOperation read = new RecordedOperation();
		read.operation.read(this.rig.device, 3L * BLOCK, this.rig.buffer, 2L * BLOCK, 2L * BLOCK);
		this.rig.submit(read);
		Entry entry = this.rig.ring().awaitInFlight(1).getFirst();
		assertThat(entry.opcode()).isEqualTo(Opcode.READ_FIXED);
		assertThat(entry.offset()).isEqualTo(3L * BLOCK);
		assertThat(entry.length()).isEqualTo(2 * BLOCK);
		assertThat(entry.address()).isEqualTo(this.rig.buffer.memory().address() + 2L * BLOCK);
		read.assertWaits();
		assertThat(this.rig.device.inFlight()).isEqualTo(1);
		this.rig.complete(entry, 2 * BLOCK);
		read.assertSucceeded();
		assertThat(read.operation.tier()).isEqualTo(Tier.BVEC);
		assertThat(this.rig.device.inFlight()).isZero();
	}

	@Test
	void shouldWriteDurablyIfAsked() {
		RecordedOperation write = new RecordedOperation();
		write.operation.write(this.rig.device, 0, this.rig.buffer, 0, BLOCK, true);
		this.rig.submit(write);
		Entry entry = this.rig.ring().awaitInFlight(1).getFirst();
		assertThat(entry.opcode()).isEqualTo(Opcode.WRITE_FIXED);
		assertThat(entry.operationFlags()).as("RWF_DSYNC").isEqualTo(2);
		this.rig.complete(entry);
		write.assertSucceeded();
	}

	@Test
	void shouldAskForTheRestOfAShortTransferFromTheLastWholeBlock() {
		RecordedOperation write = this.rig.write(10, 8 * BLOCK);
		this.rig.complete(this.rig.ring().awaitInFlight(1).getFirst(), 3 * BLOCK + 512);
		write.assertWaits();
		Entry rest = this.rig.ring().awaitInFlight(1).getFirst();
		assertThat(rest.offset()).isEqualTo(13L * BLOCK);
		assertThat(rest.length()).isEqualTo(5 * BLOCK);
		assertThat(rest.address()).isEqualTo(this.rig.buffer.memory().address() + 3L * BLOCK);
		this.rig.complete(rest, BLOCK);
		this.rig.complete(this.rig.ring().awaitInFlight(1).getFirst(), 4 * BLOCK);
		write.assertSucceeded();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 512, BLOCK - 1 })
	void shouldNotSendAgainWhatMadeNoProgress(int result) {
		RecordedOperation read = this.rig.read(0, 4 * BLOCK);
		this.rig.complete(this.rig.ring().awaitInFlight(1).getFirst(), result);
		read.assertEnded(Errno.EIO, 0);
		assertThat(read.noProgress()).isTrue();
		assertThat(this.rig.ring().history()).hasSize(1);
	}

	@Test
	void shouldSayHowMuchIsIntactIfProgressEnds() {
		RecordedOperation read = this.rig.read(0, 4 * BLOCK);
		this.rig.complete(this.rig.ring().awaitInFlight(1).getFirst(), 2 * BLOCK);
		this.rig.complete(this.rig.ring().awaitInFlight(1).getFirst(), 0);
		read.assertEnded(Errno.EIO, 2 * BLOCK);
		assertThat(read.noProgress()).isTrue();
	}

	@Test
	void shouldPassOnWhatTheDeviceSays() {
		RecordedOperation write = this.rig.write(0, BLOCK);
		this.rig.complete(this.rig.ring().awaitInFlight(1).getFirst(), -Errno.ENOSPC);
		write.assertEnded(Errno.ENOSPC, 0);
		assertThat(write.noProgress()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { Errno.EINTR, Errno.EAGAIN })
	void shouldSendAgainWhatWasInterrupted(int errno) {
		RecordedOperation read = this.rig.read(5, 2 * BLOCK);
		this.rig.complete(this.rig.ring().awaitInFlight(1).getFirst(), -errno);
		read.assertWaits();
		Entry again = this.rig.ring().awaitInFlight(1).getFirst();
		assertThat(again.offset()).isEqualTo(5L * BLOCK);
		this.rig.complete(again);
		read.assertSucceeded();
	}

	@Test
	void shouldNotSendAgainForEver() {
		this.rig.kernel.onIo((ring, entry) -> -Errno.EAGAIN);
		RecordedOperation read = this.rig.read(0, BLOCK);
		this.rig.ring().awaitInFlight(0);
		read.assertEnded(Errno.EAGAIN, 0);
		assertThat(this.rig.ring().history()).hasSizeBetween(2, 1000);
	}

	@Test
	void shouldCutIntoPiecesOfOneMebibyte() {
		long length = 3 * PIECE + BLOCK;
		RecordedOperation write = this.rig.write(1, length);
		List<Entry> pieces = this.rig.ring().awaitInFlight(4);
		assertThat(pieces).extracting(Entry::offset)
			.containsExactly((long) BLOCK, BLOCK + PIECE, BLOCK + 2 * PIECE, BLOCK + 3 * PIECE);
		assertThat(pieces).extracting(Entry::length).containsExactly((int) PIECE, (int) PIECE, (int) PIECE, BLOCK);
		assertThat(pieces).extracting((piece) -> piece.address() - this.rig.buffer.memory().address())
			.containsExactly(0L, PIECE, 2 * PIECE, 3 * PIECE);
		// Completions out of order.
		for (int i : new int[] { 3, 0, 2 }) {
			this.rig.complete(pieces.get(i));
			write.assertWaits();
		}
		this.rig.complete(pieces.get(1));
		write.assertSucceeded();
	}

	@Test
	void shouldAwaitTheOtherPiecesOfAFailedOneAndReportTheIntactPrefix() {
		RecordedOperation write = this.rig.write(0, 4 * PIECE);
		List<Entry> pieces = this.rig.ring().awaitInFlight(4);
		this.rig.complete(pieces.get(3), -Errno.EIO);
		this.rig.complete(pieces.get(2), -Errno.ENOSPC);
		this.rig.complete(pieces.get(0));
		write.assertWaits();
		this.rig.complete(pieces.get(1));
		write.assertEnded(Errno.ENOSPC, 2 * PIECE);
	}

	@Test
	void shouldCountThePartOfAFailedPieceThatIsIn() {
		RecordedOperation write = this.rig.write(0, 2 * PIECE);
		List<Entry> pieces = this.rig.ring().awaitInFlight(2);
		this.rig.complete(pieces.get(1), 3 * BLOCK);
		Entry rest = this.rig.ring().inFlight().getLast();
		this.rig.complete(rest, -Errno.EIO);
		this.rig.complete(pieces.get(0));
		write.assertEnded(Errno.EIO, PIECE + 3 * BLOCK);
	}

	@Test
	void shouldSendNoFurtherPieceAfterAFailure() throws Exception {
		try (FakeRig narrow = FakeRig.open(new DeviceLimits(2, 100))) {
			RecordedOperation write = narrow.write(0, 8 * PIECE);
			List<Entry> pieces = narrow.ring().awaitInFlight(2);
			narrow.complete(pieces.get(0), -Errno.EIO);
			write.assertWaits();
			narrow.complete(pieces.get(1));
			write.assertEnded(Errno.EIO, 0);
			assertThat(narrow.ring().history()).hasSize(2);
			RecordedOperation next = narrow.read(0, BLOCK);
			narrow.complete(narrow.ring().awaitInFlight(1).getFirst());
			next.assertSucceeded();
		}
	}

	@Test
	void shouldIgnoreCompletionsThatAreNobodysOrOlder() {
		RecordedOperation first = this.rig.read(0, BLOCK);
		Entry entry = this.rig.ring().awaitInFlight(1).getFirst();
		this.rig.complete(entry);
		first.assertSucceeded();
		RecordedOperation second = this.rig.read(1, BLOCK);
		Entry live = this.rig.ring().awaitInFlight(1).getFirst();
		assertThat(live.userData()).as("the slot's next generation").isNotEqualTo(entry.userData());
		this.rig.ring().post(entry.userData(), BLOCK);
		this.rig.ring().post(12_345_678, BLOCK);
		this.rig.ring().post(1L << 40 | 7, -Errno.EIO);
		this.rig.ring().awaitIdle();
		second.assertWaits();
		this.rig.complete(live);
		this.rig.ring().post(live.userData(), BLOCK);
		this.rig.ring().awaitIdle();
		second.assertSucceeded();
		first.assertSucceeded();
	}

	@Test
	void shouldMeasureTheTimeInTheKernel() {
		RecordedOperation read = this.rig.read(0, BLOCK);
		Entry entry = this.rig.ring().awaitInFlight(1).getFirst();
		long inKernel = System.nanoTime();
		this.rig.ring().awaitIdle();
		long before = System.nanoTime() - inKernel;
		this.rig.complete(entry);
		assertThat(read.operation.deviceNanos()).isGreaterThanOrEqualTo(before);
		assertThat(read.operation.queueNanos()).isNotNegative();
		EngineStatistics.DeviceLine line = this.rig.engine.statistics().devices().getFirst();
		assertThat(line.latency().count()).isEqualTo(1);
		assertThat(line.latency().sumSeconds()).isGreaterThanOrEqualTo(before * 1e-9);
		assertThat(line.bytes()).isEqualTo(BLOCK);
	}

}
