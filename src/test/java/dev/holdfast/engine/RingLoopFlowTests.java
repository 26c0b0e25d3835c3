package dev.holdfast.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.holdfast.uring.fake.Entry;
import dev.holdfast.uring.fake.FakeKernel;
import dev.holdfast.uring.fake.FakeRing;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

import static dev.holdfast.engine.FakeRig.BLOCK;
import static dev.holdfast.engine.FakeRig.PIECE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** A device's window, the turns between flows, and limits. */
class RingLoopFlowTests {

	@Test
	void shouldKeepNoMoreInTheKernelThanTheWindow() throws Exception {
		try (FakeRig rig = FakeRig.open(new DeviceLimits(3, 100))) {
			List<RecordedOperation> reads = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				reads.add(rig.read(i, BLOCK));
			}
			for (int done = 0; done < 10; done++) {
				List<Entry> entries = rig.ring().awaitInFlight(Math.min(3, 10 - done));
				assertThat(entries.getFirst().offset()).isEqualTo((long) done * BLOCK);
				rig.complete(entries.getFirst());
			}
			reads.forEach(RecordedOperation::assertSucceeded);
		}
	}

	@Test
	void shouldCountPiecesAgainstTheWindow() throws Exception {
		try (FakeRig rig = FakeRig.open(new DeviceLimits(2, 100))) {
			RecordedOperation write = rig.write(0, 5 * PIECE);
			for (int done = 0; done < 5; done++) {
				List<Entry> entries = rig.ring().awaitInFlight(Math.min(2, 5 - done));
				rig.complete(entries.getFirst());
			}
			write.assertSucceeded();
		}
	}

	@Test
	void shouldKeepWindowsOfDevicesApart() throws Exception {
		try (FakeRig rig = FakeRig.open(new DeviceLimits(1, 100))) {
			IoDevice other = rig.engine.attach(new DeviceFile("other", 4, false, BLOCK), new DeviceLimits(1, 10));
			rig.read(0, BLOCK);
			rig.read(1, BLOCK);
			RecordedOperation read = new RecordedOperation();
			read.operation.read(other, 0, rig.buffer, 0, BLOCK);
			rig.submit(read);
			List<Entry> entries = rig.ring().awaitInFlight(2);
			int slot = ((LoopDevice) other).slot;
			rig.complete(entries.stream().filter((entry) -> entry.file() == slot).findFirst().orElseThrow());
			read.assertSucceeded();
		}
	}

	@Test
	void shouldTakeTurnsBetweenFlows() throws Exception {
		try (FakeRig rig = FakeRig.open(new DeviceLimits(1, 100))) {
			submitTogether(rig, 1, 4, 2, 4, 3, 2);
			assertThat(order(rig, 10)).containsExactly(1, 2, 3, 1, 2, 3, 1, 2, 1, 2);
		}
	}

	@Test
	void shouldTakeTurnsByWeight() throws Exception {
		try (FakeRig rig = FakeRig.open(new DeviceLimits(1, 100))) {
			rig.engine.weigh(rig.device, 1, 3);
			submitTogether(rig, 1, 7, 2, 4);
			assertThat(order(rig, 11)).containsExactly(1, 1, 1, 2, 1, 1, 1, 2, 1, 2, 2);
		}
	}

	@Test
	void shouldLetAFlowThatComesLaterHaveItsTurnBetweenThePiecesOfALargeOperation() throws Exception {
		try (FakeRig rig = FakeRig.open(new DeviceLimits(1, 100))) {
			RecordedOperation large = rig.write(0, 4 * PIECE);
			Entry first = rig.ring().awaitInFlight(1).getFirst();
			RecordedOperation small = new RecordedOperation();
			small.operation.read(rig.device, 0, rig.buffer, 0, BLOCK).flow(9);
			rig.submit(small);
			rig.complete(first);
			Entry second = rig.ring().awaitInFlight(1).getFirst();
			rig.complete(second);
			Entry third = rig.ring().awaitInFlight(1).getFirst();
			rig.complete(third);
			assertThat(List.of(second.length(), third.length())).contains(BLOCK);
			small.assertSucceeded();
			large.assertWaits();
			rig.complete(rig.ring().awaitInFlight(1).getFirst());
			rig.complete(rig.ring().awaitInFlight(1).getFirst());
			large.assertSucceeded();
		}
	}

	@Test
	void shouldKeepADeepQueueFromCrowdingOutAnother() throws Exception {
		try (FakeRig rig = FakeRig.open(new DeviceLimits(16, 100))) {
			submitTogether(rig, 1, 60, 2, 4);
			int[] served = new int[3];
			for (int i = 0; i < 40; i++) {
				rig.ring().awaitIdle();
				Entry oldest = rig.ring().inFlight().getFirst();
				int flow = (int) (oldest.offset() / BLOCK);
				served[flow]++;
				rig.complete(oldest);
				submitTogether(rig, flow, 1);
			}
			assertThat(served[2]).as("of 40").isBetween(16, 24);
			assertThat(rig.ring().inFlight()).as("the other goes on beside it").hasSizeGreaterThanOrEqualTo(8);
		}
	}

	@Test
	void shouldLetAFlowHaveTheWholeWindowWhenNobodyElseIsThere() throws Exception {
		try (FakeRig rig = FakeRig.open(new DeviceLimits(16, 100))) {
			submitTogether(rig, 1, 40, 2, 1);
			rig.ring().awaitIdle();
			rig.complete(rig.ring()
				.inFlight()
				.stream()
				.filter((entry) -> entry.offset() == 2 * BLOCK)
				.findFirst()
				.orElseThrow());
			rig.ring().awaitInFlight(16);
		}
	}

	@Test
	void shouldServeAFlowAgainThatHadNothingForAWhile() throws Exception {
		try (FakeRig rig = FakeRig.open()) {
			rig.kernel.onIo(FakeKernel.SUCCEED);
			for (int round = 0; round < 3; round++) {
				for (int flow : new int[] { 5, 0, 100 }) {
					RecordedOperation read = new RecordedOperation();
					read.operation.read(rig.device, 0, rig.buffer, 0, BLOCK).flow(flow);
					rig.submit(read);
					rig.ring().awaitIdle();
					read.assertSucceeded();
				}
			}
		}
	}

	@Test
	void shouldRefuseMoreThanADeviceMayHaveQueuedAndLeakNothing() throws Exception {
		try (FakeRig rig = FakeRig.open(new DeviceLimits(1, 3))) {
			RecordedOperation first = rig.read(0, BLOCK);
			rig.read(1, BLOCK);
			rig.read(2, BLOCK);
			RecordedOperation refused = new RecordedOperation();
			refused.operation.read(rig.device, 0, rig.buffer, 0, BLOCK);
			for (int i = 0; i < 20; i++) {
				assertThat(rig.engine.submit(refused.operation)).isFalse();
			}
			assertThat(rig.device.inFlight()).isEqualTo(3);
			rig.complete(rig.ring().awaitInFlight(1).getFirst());
			first.assertSucceeded();
			refused.assertWaits();
			assertThat(rig.device.inFlight()).isEqualTo(2);
			rig.submit(refused);
			rig.kernel.onIo(FakeKernel.SUCCEED);
			rig.complete(rig.ring().awaitInFlight(1).getFirst());
			rig.ring().awaitIdle();
			refused.assertSucceeded();
			assertThat(rig.device.inFlight()).isZero();
		}
	}

	@Test
	void shouldReleaseTheBufferOfARefusedOperation() throws Exception {
		try (FakeRig rig = FakeRig.open(new DeviceLimits(1, 1))) {
			rig.flush();
			RecordedOperation refused = new RecordedOperation();
			refused.operation.read(rig.device, 0, rig.buffer, 0, BLOCK);
			assertThat(rig.engine.submit(refused.operation)).isFalse();
			rig.engine.unregister(rig.buffer).get(20, TimeUnit.SECONDS);
			rig.complete(rig.ring().awaitInFlight(1).getFirst());
			assertThatIllegalStateException().isThrownBy(() -> rig.engine.submit(refused.operation))
				.withMessageContaining("unregistered");
			assertThat(rig.device.inFlight()).isZero();
		}
	}

	@Test
	void shouldRefuseFlowsThatNobodyCanHave() throws Exception {
		try (FakeRig rig = FakeRig.open()) {
			IoOperation flush = new RecordedOperation().operation.flush(rig.device);
			for (int flow : new int[] { -1, 1 << 16, Integer.MAX_VALUE }) {
				Assertions.assertThatException().isThrownBy(() -> rig.engine.submit(flush.flow(flow)));
			}
			rig.kernel.onIo(FakeKernel.SUCCEED);
			RecordedOperation read = rig.read(0, BLOCK);
			rig.ring().awaitIdle();
			read.assertSucceeded();
		}
	}

	/** Pairs of flow and number of reads; all arrive in one turn of the loop. */
	private static void submitTogether(FakeRig rig, int... flowsAndCounts) {
		rig.onLoop(() -> {
			for (int i = 0; i < flowsAndCounts.length; i += 2) {
				for (int count = 0; count < flowsAndCounts[i + 1]; count++) {
					RecordedOperation read = new RecordedOperation();
					read.operation.read(rig.device, (long) flowsAndCounts[i] * BLOCK, rig.buffer, 0, BLOCK)
						.flow(flowsAndCounts[i]);
					rig.submit(read);
				}
			}
		});
	}

	/** Flows in the order in which the kernel got them. */
	private static List<Integer> order(FakeRig rig, int count) {
		FakeRing ring = rig.ring();
		for (int i = 0; i < count; i++) {
			rig.complete(ring.awaitInFlight(1).getFirst());
		}
		return ring.history().stream().map((entry) -> (int) (entry.offset() / BLOCK)).toList();
	}

}
