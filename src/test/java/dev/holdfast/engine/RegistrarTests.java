package dev.holdfast.engine;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.holdfast.uring.fake.Entry;
import dev.holdfast.uring.fake.FakeKernel;
import dev.holdfast.uring.fake.FakeRing;
import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.Opcode;
import dev.holdfast.uring.sys.RegisterOpcode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.holdfast.engine.FakeRig.BLOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Registration with a source that two loops clone from; rule 9 of the mapping contract.
 */
class RegistrarTests {

	private static final EngineOptions TWO_LOOPS = new EngineOptions(2, 64, 64, 4, 4);

	/** The fake kernel never touches memory. */
	private static final MemorySegment MEMORY = MemorySegment.ofAddress(1L << 40).reinterpret(1 << 20);

	@AutoClose
	private final FakeRig rig = FakeRig.open(new FakeKernel(), TWO_LOOPS);

	private final IoDevice second = this.rig.engine.attach(new DeviceFile("second", 4, false, BLOCK),
			new DeviceLimits(1, 10));

	@Test
	void shouldRegisterOnceAndShareWithEveryRing() {
		assertThat(this.rig.buffer.tier()).isEqualTo(Tier.BVEC);
		assertThat(this.rig.buffer.refusal()).isNull();
		assertThat(this.rig.kernel.rings()).allMatch(FakeRing::hasBuffers);
		RecordedOperation first = this.rig.read(0, BLOCK);
		RecordedOperation other = readSecond(this.rig.buffer);
		for (FakeRing ring : this.rig.rings()) {
			Entry entry = ring.awaitInFlight(1).getFirst();
			assertThat(entry.opcode()).isEqualTo(Opcode.READ_FIXED);
			ring.complete(entry, BLOCK);
			ring.awaitIdle();
		}
		first.assertSucceeded();
		other.assertSucceeded();
	}

	@Test
	void shouldLetGoOfMemoryThatNothingUses() throws Exception {
		this.rig.engine.unregister(this.rig.buffer).get(20, TimeUnit.SECONDS);
		assertThat(this.rig.kernel.rings()).noneMatch(FakeRing::hasBuffers);
		assertThatIllegalStateException().isThrownBy(() -> this.rig.read(0, BLOCK))
			.withMessageContaining("unregistered");
	}

	@Test
	void shouldNotLetGoWhileAnOperationIsInFlightOnAnyRing() throws Exception {
		RecordedOperation read = readSecond(this.rig.buffer);
		FakeRing busy = ringWithInput();
		CompletableFuture<Void> unregistered = this.rig.engine.unregister(this.rig.buffer);
		// Other work of the registrar goes on meanwhile.
		this.rig.engine.register(MEMORY).get(20, TimeUnit.SECONDS);
		assertThat(unregistered).isNotDone();
		busy.complete(busy.inFlight().getFirst(), BLOCK);
		unregistered.get(20, TimeUnit.SECONDS);
		read.assertSucceeded();
	}

	/** What was accepted is served, also if it is sent, or sent again, later. */
	@Test
	void shouldServeWhatWasAcceptedBeforeItLetsGo() throws Exception {
		RecordedOperation out = readSecond(this.rig.buffer);
		FakeRing busy = ringWithInput();
		RecordedOperation queued = readSecond(this.rig.buffer);
		CompletableFuture<Void> unregistered = this.rig.engine.unregister(this.rig.buffer);
		this.rig.engine.register(MEMORY).get(20, TimeUnit.SECONDS);
		busy.complete(busy.inFlight().getFirst(), -Errno.EINTR);
		busy.complete(busy.awaitInFlight(1).getFirst(), BLOCK);
		busy.complete(busy.awaitInFlight(1).getFirst(), BLOCK);
		unregistered.get(20, TimeUnit.SECONDS);
		out.assertSucceeded();
		queued.assertSucceeded();
	}

	@Test
	void shouldNotLetGoWhileALateOperationIsStuck() throws Exception {
		RecordedOperation write = new RecordedOperation();
		write.operation.write(this.second, 0, this.rig.buffer, 0, BLOCK, false).deadline(System.nanoTime());
		this.rig.submit(write);
		Awaitility.await().until(() -> write.answers() == 1);
		FakeRing busy = ringWithInput();
		CompletableFuture<Void> unregistered = this.rig.engine.unregister(this.rig.buffer);
		this.rig.engine.register(MEMORY).get(20, TimeUnit.SECONDS);
		assertThat(unregistered).isNotDone();
		busy.complete(busy.inFlight().getFirst(), BLOCK);
		unregistered.get(20, TimeUnit.SECONDS);
	}

	@Test
	void shouldNotLetGoBeforeTheTag() throws Exception {
		this.rig.source().holdTags();
		CompletableFuture<Void> unregistered = this.rig.engine.unregister(this.rig.buffer);
		this.rig.source().awaitOwedTags(1);
		// The registrar has had its turn.
		register();
		register();
		assertThat(this.rig.rings()).noneMatch((ring) -> ring.hasBuffer(0));
		assertThat(unregistered).isNotDone();
		this.rig.source().releaseTags();
		unregistered.get(20, TimeUnit.SECONDS);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void shouldNotLetGoIfARingKeepsItsSlot(int which) {
		FakeRing stubborn = this.rig.kernel.rings().get(which);
		this.rig.kernel
			.onRegister((call) -> (call.clears() && call.ring() == stubborn && isBuffers(call)) ? -Errno.EBUSY : null);
		CompletableFuture<Void> unregistered = this.rig.engine.unregister(this.rig.buffer);
		assertThat(unregistered).failsWithin(Duration.ofSeconds(20));
		assertThat(stubborn.hasBuffer(0)).isTrue();
		this.rig.kernel.onRegister((call) -> null);
		assertThat(firstSlot(register())).as("the slot is not used again").isNotZero();
	}

	@Test
	void shouldNotLookOutForEverForATagThatCannotCome() throws Exception {
		IoBuffer other = register();
		this.rig.kernel
			.onRegister((call) -> (call.clears() && call.slot() == 0 && isBuffers(call)) ? -Errno.EBUSY : null);
		assertThat(this.rig.engine.unregister(this.rig.buffer)).failsWithin(Duration.ofSeconds(20));
		this.rig.engine.unregister(other).get(20, TimeUnit.SECONDS);
		register();
		int enters = this.rig.source().enters();
		register();
		register();
		assertThat(this.rig.source().enters()).isEqualTo(enters);
	}

	@Test
	void shouldNotReuseASlotBeforeItsTag() throws Exception {
		this.rig.source().holdTags();
		CompletableFuture<Void> unregistered = this.rig.engine.unregister(this.rig.buffer);
		this.rig.source().awaitOwedTags(1);
		assertThat(firstSlot(register())).isEqualTo(1);
		assertThat(firstSlot(register())).isEqualTo(2);
		this.rig.source().releaseTags();
		unregistered.get(20, TimeUnit.SECONDS);
		assertThat(firstSlot(register())).isZero();
	}

	@Test
	void shouldLeaveNothingRegisteredIfOneRingRefuses() {
		FakeRing last = this.rig.rings().getLast();
		this.rig.kernel.onRegister((call) -> (call.opcode() == RegisterOpcode.CLONE_BUFFERS && call.ring() == last)
				? -Errno.ENOMEM : null);
		IoBuffer buffer = register();
		assertThat(buffer.tier()).isEqualTo(Tier.NONE);
		assertThat(buffer.refusal()).contains("RLIMIT_MEMLOCK", "" + MEMORY.byteSize());
		this.rig.kernel.onRegister((call) -> null);
		assertThat(this.rig.kernel.rings()).noneMatch((ring) -> ring.hasBuffer(1));
		assertThat(firstSlot(register())).as("the slot was given back").isEqualTo(1);
	}

	@Test
	void shouldUseMemoryThatCannotBeRegisteredAllTheSame() throws Exception {
		this.rig.kernel.onRegister((call) -> (isBuffers(call) && !call.clears()) ? -Errno.EFAULT : null);
		IoBuffer buffer = register();
		assertThat(buffer.refusal()).contains("EFAULT");
		RecordedOperation read = readSecond(buffer);
		FakeRing ring = ringWithInput();
		assertThat(ring.inFlight().getFirst().opcode()).isEqualTo(Opcode.READ);
		CompletableFuture<Void> unregistered = this.rig.engine.unregister(buffer);
		assertThat(unregistered).isNotDone();
		ring.complete(ring.inFlight().getFirst(), BLOCK);
		unregistered.get(20, TimeUnit.SECONDS);
		Awaitility.await().untilAsserted(read::assertSucceeded);
		assertThat(read.operation.tier()).isEqualTo(Tier.NONE);
	}

	@Test
	void shouldNotTakeAPartialUpdateForDone() {
		this.rig.kernel.onRegister((call) -> (isBuffers(call) && !call.clears()) ? 0 : null);
		assertThat(register().tier()).isEqualTo(Tier.NONE);
	}

	@Test
	void shouldSayThatAllSlotsAreTaken() {
		for (int i = 1; i < TWO_LOOPS.buffers(); i++) {
			assertThat(register().tier()).isEqualTo(Tier.BVEC);
		}
		assertThat(register().refusal()).contains("all 4 slots");
	}

	@Test
	void shouldTakeTwoSlotsForMoreThanAGibibyte() throws Exception {
		long gibibyte = 1L << 30;
		IoBuffer large = this.rig.engine.register(MemorySegment.ofAddress(1L << 41).reinterpret(gibibyte + 2 * BLOCK))
			.get(20, TimeUnit.SECONDS);
		RecordedOperation read = new RecordedOperation();
		read.operation.read(this.rig.device, 0, large, gibibyte - BLOCK, 3 * BLOCK);
		this.rig.submit(read);
		FakeRing ring = ringWithInput();
		List<Entry> entries = ring.awaitInFlight(2);
		assertThat(entries).extracting(Entry::buffer).containsExactly(1, 2);
		assertThat(entries).extracting(Entry::length).containsExactly(BLOCK, 2 * BLOCK);
		entries.forEach((entry) -> ring.complete(entry, entry.length()));
		ring.awaitIdle();
		read.assertSucceeded();
		this.rig.engine.unregister(large).get(20, TimeUnit.SECONDS);
		assertThat(this.rig.kernel.rings()).noneMatch((any) -> any.hasBuffer(1) || any.hasBuffer(2));
	}

	private static boolean isBuffers(FakeKernel.RegisterCall call) {
		return call.opcode() == RegisterOpcode.BUFFERS_UPDATE;
	}

	private IoBuffer register() {
		return this.rig.engine.register(MEMORY).orTimeout(20, TimeUnit.SECONDS).join();
	}

	private static int firstSlot(IoBuffer buffer) {
		return ((LoopBuffer) buffer).firstSlot();
	}

	private RecordedOperation readSecond(IoBuffer buffer) {
		RecordedOperation read = new RecordedOperation();
		read.operation.read(this.second, 0, buffer, 0, BLOCK);
		return this.rig.submit(read);
	}

	/** The ring that has I/O in flight. */
	private FakeRing ringWithInput() {
		return Awaitility.await()
			.until(() -> this.rig.rings().stream().filter((ring) -> !ring.inFlight().isEmpty()).findFirst(),
					Optional::isPresent)
			.orElseThrow();
	}

}
