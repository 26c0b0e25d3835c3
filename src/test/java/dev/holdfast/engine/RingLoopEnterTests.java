package dev.holdfast.engine;

import java.util.ArrayList;
import java.util.List;

import dev.holdfast.uring.fake.Entry;
import dev.holdfast.uring.fake.FakeKernel;
import dev.holdfast.uring.sys.Errno;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.holdfast.engine.FakeRig.BLOCK;
import static org.assertj.core.api.Assertions.assertThat;

/** What {@code io_uring_enter} may do to a loop. */
class RingLoopEnterTests {

	private static final int MANY = 100;

	@AutoClose
	private final FakeRig rig = FakeRig.open();

	@ParameterizedTest
	@ValueSource(ints = { Errno.EAGAIN, Errno.EBUSY, Errno.EINTR })
	void shouldGoOnIfEnterIsRefused(int errno) {
		this.rig.ring().awaitIdle();
		this.rig.ring().failEnters(errno, errno, errno);
		RecordedOperation read = this.rig.read(0, BLOCK);
		this.rig.complete(this.rig.ring().awaitInFlight(1).getFirst());
		read.assertSucceeded();
		assertThat(this.rig.ring().history()).as("sent once").hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { Errno.EAGAIN, Errno.EBUSY, Errno.EINTR })
	void shouldReapWhatIsThereWhileEnterIsRefused(int errno) {
		List<RecordedOperation> reads = reads(8);
		List<Entry> entries = this.rig.ring().awaitInFlight(8);
		this.rig.ring().failEnters(errno, errno);
		for (Entry entry : entries) {
			this.rig.ring().complete(entry, BLOCK);
		}
		this.rig.ring().awaitIdle();
		reads.forEach(RecordedOperation::assertSucceeded);
	}

	@Test
	void shouldGiveTheRestOfAPartialSubmitAgain() {
		this.rig.kernel.onIo(FakeKernel.SUCCEED);
		this.rig.ring().limitSubmits(1, 3, 0, 2, 1, 1, 0, 0, 5);
		List<RecordedOperation> reads = reads(MANY);
		this.rig.ring().awaitIdle();
		reads.forEach(RecordedOperation::assertSucceeded);
		assertThat(this.rig.ring().history()).hasSize(MANY);
	}

	@Test
	void shouldSubmitMoreThanTheQueueHoldsInTurns() {
		this.rig.onLoop(() -> {
			for (int i = 0; i < 200; i++) {
				this.rig.read(i, BLOCK);
			}
		});
		List<Entry> entries = this.rig.ring().awaitInFlight(FakeRig.SMALL.inKernel());
		assertThat(entries).hasSize(64);
		this.rig.kernel.onIo(FakeKernel.SUCCEED);
		entries.forEach((entry) -> this.rig.ring().complete(entry, BLOCK));
		this.rig.ring().awaitIdle();
		assertThat(this.rig.device.inFlight()).isZero();
		assertThat(this.rig.ring().history()).hasSize(200);
	}

	@Test
	void shouldLoseNothingToAnOverflow() {
		List<RecordedOperation> reads = reads(20);
		List<Entry> entries = this.rig.ring().awaitInFlight(20);
		this.rig.ring().overflowNext(12);
		for (Entry entry : entries) {
			this.rig.ring().complete(entry, BLOCK);
		}
		this.rig.ring().awaitIdle();
		reads.forEach(RecordedOperation::assertSucceeded);
		assertThat(this.rig.engine.statistics().rings().getFirst().overflows()).isGreaterThanOrEqualTo(12);
	}

	@Test
	void shouldWakeUpForACompletionThatOverflowedAlone() {
		RecordedOperation read = this.rig.read(0, BLOCK);
		Entry entry = this.rig.ring().awaitInFlight(1).getFirst();
		this.rig.ring().overflowNext(1);
		this.rig.complete(entry);
		read.assertSucceeded();
		assertThat(this.rig.engine.statistics().rings().getFirst().overflows()).isEqualTo(1);
	}

	@Test
	void shouldAnswerReorderedCompletions() {
		List<RecordedOperation> reads = reads(10);
		List<Entry> entries = new ArrayList<>(this.rig.ring().awaitInFlight(10));
		for (int i : new int[] { 9, 0, 5, 3, 7, 1, 8, 2, 6, 4 }) {
			this.rig.complete(entries.get(i));
			assertThat(reads.get((int) (entries.get(i).offset() / BLOCK)).answers()).isEqualTo(1);
		}
		reads.forEach(RecordedOperation::assertSucceeded);
	}

	@Test
	void shouldNotEnterTheKernelWhileIdle() {
		this.rig.ring().awaitIdle();
		int enters = this.rig.ring().enters();
		RecordedOperation read = this.rig.read(0, BLOCK);
		this.rig.complete(this.rig.ring().awaitInFlight(1).getFirst());
		read.assertSucceeded();
		assertThat(this.rig.ring().enters() - enters).as("for one operation").isLessThanOrEqualTo(4);
	}

	@Test
	void shouldCountWhatItGaveToTheKernel() {
		this.rig.kernel.onIo(FakeKernel.SUCCEED);
		reads(10);
		this.rig.ring().awaitIdle();
		EngineStatistics.RingLine line = this.rig.engine.statistics().rings().getFirst();
		assertThat(line.submitted()).isGreaterThanOrEqualTo(10);
		assertThat(line.enters()).isBetween(1L, (long) this.rig.ring().enters());
		assertThat(line.overflows()).isZero();
	}

	/** The rings are unmapped by then. */
	@Test
	void shouldGiveStatisticsAlsoAfterTheEnd() throws Exception {
		FakeRig other = FakeRig.open();
		other.kernel.onIo(FakeKernel.SUCCEED);
		other.read(0, BLOCK);
		other.close();
		assertThat(other.kernel.mapped()).isZero();
		assertThat(other.engine.statistics().rings()).hasSize(1);
	}

	@Test
	void shouldNotEndWithAThrowingListener() {
		this.rig.kernel.onIo(FakeKernel.SUCCEED);
		for (int i = 0; i < 3; i++) {
			IoOperation bad = new IoOperation(new IoListener() {
				@Override
				public void answered(IoOperation done) {
					throw new IllegalStateException("answered");
				}

				@Override
				public void released(IoOperation done) {
					throw new AssertionError("released");
				}
			});
			assertThat(this.rig.engine.submit(bad.read(this.rig.device, 0, this.rig.buffer, 0, BLOCK))).isTrue();
		}
		RecordedOperation read = this.rig.read(0, BLOCK);
		this.rig.ring().awaitIdle();
		read.assertSucceeded();
		assertThat(this.rig.device.inFlight()).isZero();
		assertThat(this.rig.engine.statistics().rings().getFirst().listenerFailures()).isEqualTo(6);
	}

	@Test
	void shouldServeListenersThatSubmitAgain() {
		this.rig.kernel.onIo(FakeKernel.SUCCEED);
		int[] rounds = new int[1];
		IoOperation[] chained = new IoOperation[1];
		chained[0] = new IoOperation(new IoListener() {
			@Override
			public void answered(IoOperation done) {
			}

			@Override
			public void released(IoOperation done) {
				if (++rounds[0] < 50) {
					RingLoopEnterTests.this.rig.engine.submit(done.read(RingLoopEnterTests.this.rig.device, 0,
							RingLoopEnterTests.this.rig.buffer, 0, BLOCK));
				}
			}
		});
		this.rig.engine.submit(chained[0].read(this.rig.device, 0, this.rig.buffer, 0, BLOCK));
		this.rig.ring().awaitIdle();
		assertThat(rounds[0]).isEqualTo(50);
	}

	private List<RecordedOperation> reads(int count) {
		List<RecordedOperation> reads = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			reads.add(this.rig.read(i, BLOCK));
		}
		return reads;
	}

}
