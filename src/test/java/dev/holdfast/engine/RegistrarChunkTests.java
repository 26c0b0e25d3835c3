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
import dev.holdfast.uring.sys.RegisterOpcode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static dev.holdfast.engine.FakeRig.BLOCK;
import static org.assertj.core.api.Assertions.assertThat;

/** Kernels before 6.13: each ring registers for itself, in chunks. */
class RegistrarChunkTests {

	private static final long CHUNK = Registrar.CHUNK_WITHOUT_CLONES;

	/** The fake kernel never touches memory. */
	private static final MemorySegment MEMORY = MemorySegment.ofAddress(1L << 40).reinterpret(2 * CHUNK + BLOCK);

	@AutoClose
	private final FakeRig rig = FakeRig.open(new FakeKernel().withoutClones(), new EngineOptions(2, 64, 64, 4, 16));

	@Test
	void shouldSayThatRegistrationsAreNotShared() {
		assertThat(this.rig.engine.findings())
			.anyMatch((finding) -> finding.contains("cannot share registered buffers"));
		assertThat(this.rig.kernel.rings()).as("no ring to clone from is left open").noneMatch(FakeRing::shared);
	}

	@Test
	void shouldRegisterInChunksOnEveryRing() {
		IoBuffer buffer = register();
		assertThat(buffer.tier()).isEqualTo(Tier.BVEC);
		for (FakeRing ring : this.rig.rings()) {
			assertThat(ring.hasBuffer(1) && ring.hasBuffer(2) && ring.hasBuffer(3)).isTrue();
			assertThat(ring.hasBuffer(4)).isFalse();
		}
	}

	@Test
	void shouldCutAnOperationAtTheBorderOfAChunk() {
		IoBuffer buffer = register();
		RecordedOperation read = new RecordedOperation();
		read.operation.read(this.rig.device, 7L * BLOCK, buffer, CHUNK - 2 * BLOCK, 5 * BLOCK);
		this.rig.submit(read);
		FakeRing ring = busyRing();
		List<Entry> entries = ring.awaitInFlight(2);
		assertThat(entries).extracting(Entry::buffer).containsExactly(1, 2);
		assertThat(entries).extracting(Entry::length).containsExactly(2 * BLOCK, 3 * BLOCK);
		assertThat(entries).extracting(Entry::offset).containsExactly(7L * BLOCK, 9L * BLOCK);
		assertThat(entries).extracting(Entry::address)
			.containsExactly(MEMORY.address() + CHUNK - 2 * BLOCK, MEMORY.address() + CHUNK);
		entries.forEach((entry) -> ring.complete(entry, entry.length()));
		ring.awaitIdle();
		read.assertSucceeded();
	}

	@Test
	void shouldNotLetGoBeforeTheTagsOfAllRings() throws Exception {
		IoBuffer buffer = register();
		FakeRing late = this.rig.rings().getLast();
		late.holdTags();
		CompletableFuture<Void> unregistered = this.rig.engine.unregister(buffer);
		late.awaitOwedTags(3);
		this.rig.rings().forEach(FakeRing::awaitIdle);
		assertThat(unregistered).isNotDone();
		assertThat(((LoopBuffer) register()).firstSlot()).as("the slots are not used again yet").isEqualTo(4);
		late.releaseTags();
		unregistered.get(20, TimeUnit.SECONDS);
		assertThat(((LoopBuffer) register()).firstSlot()).isEqualTo(1);
	}

	@Test
	void shouldNotLetGoWhileAnOperationIsInFlight() throws Exception {
		IoBuffer buffer = register();
		RecordedOperation read = new RecordedOperation();
		read.operation.read(this.rig.device, 0, buffer, 2 * CHUNK, BLOCK);
		this.rig.submit(read);
		FakeRing ring = busyRing();
		CompletableFuture<Void> unregistered = this.rig.engine.unregister(buffer);
		register();
		assertThat(unregistered).isNotDone();
		ring.complete(ring.inFlight().getFirst(), BLOCK);
		unregistered.get(20, TimeUnit.SECONDS);
		read.assertSucceeded();
	}

	@Test
	void shouldNotLetGoIfARingKeepsAChunk() {
		IoBuffer buffer = register();
		FakeRing stubborn = this.rig.rings().getLast();
		this.rig.kernel
			.onRegister((call) -> (call.clears() && call.slot() == 2 && call.ring() == stubborn) ? -Errno.EBUSY : null);
		assertThat(this.rig.engine.unregister(buffer)).failsWithin(Duration.ofSeconds(20));
		assertThat(((LoopBuffer) register()).firstSlot()).as("the slots are not used again").isEqualTo(4);
	}

	@Test
	void shouldLeaveNothingRegisteredIfAChunkIsRefused() {
		FakeRing poor = this.rig.rings().getLast();
		this.rig.kernel.onRegister((call) -> (call.opcode() == RegisterOpcode.BUFFERS_UPDATE && !call.clears()
				&& call.slot() == 3 && call.ring() == poor) ? -Errno.ENOMEM : null);
		IoBuffer buffer = register();
		assertThat(buffer.tier()).isEqualTo(Tier.NONE);
		for (FakeRing ring : this.rig.rings()) {
			assertThat(ring.hasBuffer(1) || ring.hasBuffer(2) || ring.hasBuffer(3)).isFalse();
		}
		this.rig.kernel.onRegister((call) -> null);
		assertThat(((LoopBuffer) register()).firstSlot()).as("the slots were given back").isEqualTo(1);
	}

	private IoBuffer register() {
		return this.rig.engine.register(MEMORY).orTimeout(20, TimeUnit.SECONDS).join();
	}

	private FakeRing busyRing() {
		return Awaitility.await()
			.until(() -> this.rig.rings().stream().filter((ring) -> !ring.inFlight().isEmpty()).findFirst(),
					Optional::isPresent)
			.orElseThrow();
	}

}
