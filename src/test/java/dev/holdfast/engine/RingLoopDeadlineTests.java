package dev.holdfast.engine;

import java.util.List;

import dev.holdfast.uring.fake.Entry;
import dev.holdfast.uring.sys.Errno;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.holdfast.engine.FakeRig.BLOCK;
import static dev.holdfast.engine.FakeRig.PIECE;
import static org.assertj.core.api.Assertions.assertThat;

/** A deadline ends the wait and not the I/O. */
class RingLoopDeadlineTests {

	@AutoClose
	private final FakeRig rig = FakeRig.open();

	@Test
	void shouldAnswerAtTheDeadlineAndReleaseWhenTheKernelIsDone() {
		RecordedOperation write = expired(write(0, BLOCK));
		write.assertStuck(Errno.ETIMEDOUT);
		assertThat(this.rig.device.inFlight()).isEqualTo(1);
		this.rig.complete(this.rig.ring().inFlight().getFirst());
		write.assertEnded(Errno.ETIMEDOUT, 0);
		assertThat(this.rig.device.inFlight()).isZero();
	}

	@Test
	void shouldAnswerOnceAlsoIfTheLateResultIsAFailure() {
		RecordedOperation write = expired(write(0, BLOCK));
		this.rig.complete(this.rig.ring().inFlight().getFirst(), -Errno.EIO);
		write.assertEnded(Errno.ETIMEDOUT, 0);
	}

	@Test
	void shouldKeepAnOverlappingOperationWaitingAndLetOthersGo() {
		expired(write(4, 4 * BLOCK));
		Entry stuck = this.rig.ring().inFlight().getFirst();
		RecordedOperation overlapping = this.rig.read(7, 4 * BLOCK);
		RecordedOperation zero = this.rig.zero(0, 5 * BLOCK);
		RecordedOperation beside = this.rig.write(8, BLOCK);
		RecordedOperation before = this.rig.read(0, 4 * BLOCK);
		List<Entry> entries = this.rig.ring().awaitInFlight(3);
		assertThat(entries).extracting(Entry::offset).containsExactly(4L * BLOCK, 8L * BLOCK, 0L);
		this.rig.complete(entries.get(1));
		this.rig.complete(entries.get(2));
		beside.assertSucceeded();
		before.assertSucceeded();
		overlapping.assertWaits();
		zero.assertWaits();
		this.rig.complete(stuck);
		for (Entry entry : this.rig.ring().awaitInFlight(2)) {
			this.rig.complete(entry);
		}
		overlapping.assertSucceeded();
		zero.assertSucceeded();
	}

	@Test
	void shouldLetAReadPassAStuckRead() {
		RecordedOperation stuck = new RecordedOperation();
		stuck.operation.read(this.rig.device, 0, this.rig.buffer, 0, BLOCK);
		expired(submitLate(stuck));
		RecordedOperation read = this.rig.read(0, BLOCK);
		RecordedOperation write = this.rig.write(0, BLOCK);
		List<Entry> entries = this.rig.ring().awaitInFlight(2);
		this.rig.complete(entries.get(1));
		read.assertSucceeded();
		write.assertWaits();
		this.rig.complete(entries.get(0));
		this.rig.complete(this.rig.ring().awaitInFlight(1).getFirst());
		write.assertSucceeded();
	}

	@Test
	void shouldKeepWaitingForTheSecondOfTwoStuckOperations() {
		expired(write(0, BLOCK));
		expired(write(1, BLOCK));
		List<Entry> stuck = this.rig.ring().inFlight();
		RecordedOperation read = this.rig.read(0, 2 * BLOCK);
		this.rig.ring().awaitInFlight(2);
		this.rig.complete(stuck.get(0));
		this.rig.ring().awaitInFlight(1);
		read.assertWaits();
		this.rig.complete(stuck.get(1));
		this.rig.complete(this.rig.ring().awaitInFlight(1).getFirst());
		read.assertSucceeded();
	}

	@Test
	void shouldAnswerAWaitingOperationAtItsDeadline() {
		expired(write(0, BLOCK));
		RecordedOperation fenced = expired(write(0, BLOCK));
		fenced.assertEnded(Errno.ETIMEDOUT, 0);
		assertThat(this.rig.ring().history()).as("it was never sent").hasSize(1);
	}

	@Test
	void shouldReleaseALateOperationOfManyPiecesAfterTheLast() {
		RecordedOperation write = expired(write(0, 3 * PIECE));
		for (Entry piece : this.rig.ring().awaitInFlight(3)) {
			write.assertStuck(Errno.ETIMEDOUT);
			this.rig.complete(piece);
		}
		write.assertEnded(Errno.ETIMEDOUT, 0);
	}

	@Test
	void shouldSendNoFurtherPieceAfterTheDeadline() throws Exception {
		try (FakeRig narrow = FakeRig.open(new DeviceLimits(1, 10))) {
			RecordedOperation write = new RecordedOperation();
			write.operation.write(narrow.device, 0, narrow.buffer, 0, 4 * PIECE, false).deadline(System.nanoTime());
			narrow.submit(write);
			Awaitility.await().until(() -> write.answers() == 1);
			narrow.complete(narrow.ring().awaitInFlight(1).getFirst());
			write.assertEnded(Errno.ETIMEDOUT, 0);
			assertThat(narrow.ring().history()).hasSize(1);
		}
	}

	/** What was answered is never sent again (mapping contract). */
	@ParameterizedTest
	@ValueSource(ints = { -Errno.EAGAIN, -Errno.EINTR, BLOCK })
	void shouldNotSendAgainWhatWasAnswered(int result) {
		RecordedOperation write = expired(write(0, 4 * BLOCK));
		this.rig.complete(this.rig.ring().inFlight().getFirst(), result);
		this.rig.ring().awaitInFlight(0);
		write.assertEnded(Errno.ETIMEDOUT, 0);
		assertThat(this.rig.ring().history()).hasSize(1);
	}

	@Test
	void shouldNotFallBackForWhatWasAnswered() {
		RecordedOperation zero = new RecordedOperation();
		zero.operation.zero(this.rig.device, 0, BLOCK);
		expired(submitLate(zero));
		this.rig.complete(this.rig.ring().inFlight().getFirst(), -Errno.EOPNOTSUPP);
		this.rig.ring().awaitInFlight(0);
		zero.assertEnded(Errno.ETIMEDOUT, 0);
	}

	@Test
	void shouldAnswerFlushesAtTheirDeadlineAndKeepTheNextOneWaiting() {
		RecordedOperation flush = new RecordedOperation();
		flush.operation.flush(this.rig.device);
		expired(submitLate(flush));
		flush.assertStuck(Errno.ETIMEDOUT);
		RecordedOperation next = this.rig.flush();
		Entry stuck = this.rig.ring().awaitInFlight(1).getFirst();
		this.rig.complete(stuck);
		flush.assertEnded(Errno.ETIMEDOUT, 0);
		next.assertWaits();
		this.rig.complete(this.rig.ring().awaitInFlight(1).getFirst());
		next.assertSucceeded();
	}

	@Test
	void shouldAnswerAtADeadlineThatIsEarlierThanTheRunningTimer() {
		RecordedOperation patient = new RecordedOperation();
		patient.operation.write(this.rig.device, 0, this.rig.buffer, 0, BLOCK, false)
			.deadline(System.nanoTime() + 3_600_000_000_000L);
		this.rig.submit(patient);
		this.rig.ring().awaitInFlight(1);
		RecordedOperation hasty = expired(write(8, BLOCK));
		hasty.assertStuck(Errno.ETIMEDOUT);
		patient.assertWaits();
	}

	@Test
	void shouldNotAnswerBeforeTheDeadline() {
		RecordedOperation write = new RecordedOperation();
		long deadline = System.nanoTime() + 20_000_000;
		write.operation.write(this.rig.device, 0, this.rig.buffer, 0, BLOCK, false).deadline(deadline);
		this.rig.submit(write);
		expired(write);
		assertThat(write.operation.submittedNanos + write.operation.queueNanos() + write.operation.deviceNanos())
			.isGreaterThanOrEqualTo(deadline);
	}

	private RecordedOperation write(long block, long length) {
		RecordedOperation write = new RecordedOperation();
		write.operation.write(this.rig.device, block * BLOCK, this.rig.buffer, 0, length, false);
		return submitLate(write);
	}

	private RecordedOperation submitLate(RecordedOperation operation) {
		operation.operation.deadline(System.nanoTime());
		return this.rig.submit(operation);
	}

	private RecordedOperation expired(RecordedOperation operation) {
		Awaitility.await().until(() -> operation.answers() == 1);
		this.rig.ring().awaitIdle();
		return operation;
	}

}
