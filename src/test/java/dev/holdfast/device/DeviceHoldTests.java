package dev.holdfast.device;

import java.time.Duration;
import java.util.UUID;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DeviceHoldTests {

	private static final UUID VOLUME = UUID.randomUUID();

	private final DeviceHold hold = new DeviceHold("d1", new HoldLimits(Duration.ofSeconds(1), 4, 10_000));

	@BeforeEach
	void shut() {
		this.hold.shut();
	}

	@Test
	void letsEverythingPassAsLongAsNothingIsHeld() {
		this.hold.open();
		assertThat(this.hold.passes(write(0))).isTrue();
		assertThat(this.hold.doubted()).isFalse();
	}

	@Test
	void letsNothingPassWhileItIsShut() {
		assertThat(this.hold.passes(read(0))).isFalse();
		assertThat(hold(read(0), 1).go).isNotDone();
	}

	@Test
	void letsOverlappingWritesGoInTheOrderOfTheirArrival() {
		HeldIo second = hold(write(0), 2);
		HeldIo first = hold(write(0), 1);
		HeldIo other = hold(write(4096), 3);
		this.hold.open();
		assertThat(first.go).isDone();
		assertThat(other.go).isDone();
		assertThat(second.go).isNotDone();
		first.close();
		assertThat(second.go).isDone();
	}

	@Test
	void letsReadsOfTheSameBlocksGoTogetherAndBehindAWrite() {
		HeldIo write = hold(write(0), 1);
		HeldIo one = hold(read(0), 2);
		HeldIo two = hold(read(0), 3);
		this.hold.open();
		assertThat(one.go).isNotDone();
		assertThat(two.go).isNotDone();
		write.close();
		assertThat(one.go).isDone();
		assertThat(two.go).isDone();
	}

	@Test
	void doesNotOrderVolumesAmongEachOther() {
		hold(write(0), 1);
		HeldIo other = hold(new HeldRange(UUID.randomUUID(), 0, 4096, true, new Object()), 2);
		this.hold.open();
		assertThat(other.go).isDone();
	}

	@Test
	void queuesWhatComesDuringTheReplayBehindWhatItOverlaps() {
		HeldIo held = hold(write(0), 1);
		this.hold.open();
		assertThat(this.hold.passes(write(0))).isFalse();
		assertThat(this.hold.passes(write(4096))).isTrue();
		HeldIo late = hold(write(0), 2);
		assertThat(late.go).isNotDone();
		held.close();
		assertThat(late.go).isDone();
		late.close();
		assertThat(this.hold.passes(write(0))).isTrue();
	}

	@Test
	void keepsItsPlaceIfItsDeviceLeavesAgain() {
		HeldIo first = hold(write(0), 1);
		HeldIo second = hold(write(0), 2);
		this.hold.open();
		this.hold.shut();
		HeldIo again = hold(write(0), 1);
		first.close();
		assertThat(second.go).isNotDone();
		this.hold.open();
		assertThat(again.go).isDone();
		assertThat(second.go).isNotDone();
		again.close();
		assertThat(second.go).isDone();
	}

	@Test
	void givesUpAPlaceThatIsNotNeededAnyMore() {
		HeldIo first = hold(write(0), 1);
		HeldIo second = hold(write(0), 2);
		first.close();
		first.close();
		this.hold.open();
		assertThat(second.go).isDone();
		assertThat(this.hold.operations()).isOne();
	}

	@Test
	void isBoundedInNumberAndBytes() {
		for (int i = 0; i < 4; i++) {
			hold(read(0), i);
		}
		assertFull(read(0), 0);
		DeviceHold bytes = new DeviceHold("d1", new HoldLimits(Duration.ofSeconds(1), 4, 10_000));
		bytes.shut();
		HeldIo large = bytes.hold(write(0), 1, 8000);
		assertThat(bytes.bytes()).isEqualTo(8000);
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> bytes.hold(write(0), 2, 4096))
			.satisfies((refused) -> assertThat(refused.problem()).isEqualTo(Problem.DEVICE_SUSPENDED));
		large.close();
		assertThat(bytes.hold(write(0), 2, 4096)).isNotNull();
	}

	@Test
	void hasRoomForWhatWasLetGoAndHasToWaitAgain() {
		DeviceHold one = new DeviceHold("d1", new HoldLimits(Duration.ofSeconds(1), 1, 4096));
		one.shut();
		HeldRange range = write(0);
		HeldIo before = one.hold(range, 1, 4096);
		one.open();
		assertThat(before.go).isDone();
		one.shut();
		HeldIo again = before.again();
		assertThat(again.go).isNotDone();
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> one.hold(write(0), 2, 4096));
		assertThat(one.operations()).isOne();
		assertThat(one.bytes()).isEqualTo(4096);
		one.open();
		assertThat(again.go).as("waits for nothing, least of all for itself").isDone();
	}

	@Test
	void keepsItsPlaceBeforeOneThatArrivedFirstAndWasHeldLater() {
		HeldIo second = hold(write(0), 2);
		this.hold.open();
		assertThat(second.go).isDone();
		HeldIo first = hold(write(0), 1);
		this.hold.shut();
		HeldIo again = second.again();
		this.hold.open();
		assertThat(again.go).isDone();
		assertThat(first.go).isNotDone();
		again.close();
		assertThat(first.go).as("the place is still taken").isNotDone();
		second.close();
		assertThat(first.go).isDone();
	}

	private void assertFull(HeldRange range, long bytes) {
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> this.hold.hold(range, 9, bytes))
			.withMessageContaining("4 operations of at most 4")
			.satisfies((refused) -> assertThat(refused.problem()).isEqualTo(Problem.DEVICE_SUSPENDED));
	}

	@Test
	void refusesWhatIsHeldAndWhatComesUntilItIsOpened() {
		HeldIo held = hold(read(0), 1);
		this.hold.refuse(() -> new ProblemException(Problem.DEVICE_LOST, "gone"));
		assertLost(() -> held.await(Long.MAX_VALUE));
		held.close();
		assertLost(() -> this.hold.hold(read(0), 2, 0));
		this.hold.open();
		assertThat(this.hold.passes(read(0))).isTrue();
	}

	private static void assertLost(Runnable work) {
		assertThatExceptionOfType(ProblemException.class).isThrownBy(work::run)
			.satisfies((refused) -> assertThat(refused.problem()).isEqualTo(Problem.DEVICE_LOST));
	}

	@Test
	void waitsNoLongerThanItIsTo() {
		HeldIo held = hold(write(0), 1);
		assertThat(held.await(1)).isFalse();
		this.hold.open();
		assertThat(held.await(0)).isTrue();
	}

	@Test
	void letsGoOfWhatWaitedBehindOneThatWasGivenUpInItsOrder() {
		HeldIo first = hold(write(0), 1);
		HeldIo second = this.hold.hold(new HeldRange(VOLUME, 0, 8192, true, new Object()), 2, 8192);
		HeldIo third = hold(write(0), 3);
		HeldIo aside = hold(write(4096), 4);
		second.close();
		assertThat(this.hold.operations()).isEqualTo(3);
		assertThat(this.hold.bytes()).isZero();
		this.hold.open();
		assertThat(first.go).isDone();
		assertThat(aside.go).isDone();
		assertThat(third.go).isNotDone();
		first.close();
		assertThat(third.go).isDone();
	}

	@Test
	void opensOnlyOnceAllDoubtsAreJudged() throws InterruptedException {
		this.hold.doubt();
		Thread opener = Thread.ofVirtual().start(() -> {
			try {
				this.hold.awaitJudged();
				this.hold.open();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		HeldIo held = hold(write(0), 1);
		assertThat(this.hold.doubted()).isTrue();
		assertThat(held.go).isNotDone();
		this.hold.judged();
		opener.join();
		assertThat(held.go).isDone();
		assertThat(this.hold.doubted()).isFalse();
	}

	private HeldIo hold(HeldRange range, long arrival) {
		return this.hold.hold(range, arrival, 0);
	}

	private static HeldRange write(long offset) {
		return new HeldRange(VOLUME, offset, 4096, true, new Object());
	}

	private static HeldRange read(long offset) {
		return new HeldRange(VOLUME, offset, 4096, false, new Object());
	}

}
