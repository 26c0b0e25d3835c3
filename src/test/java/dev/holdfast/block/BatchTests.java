package dev.holdfast.block;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import dev.holdfast.block.BatchOperation.Kind;
import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Rig;
import dev.holdfast.engine.IoKind;
import dev.holdfast.engine.Tier;
import dev.holdfast.mapping.MappingSpec;
import dev.holdfast.mapping.MappingStatus;
import dev.holdfast.mapping.MemberState;
import dev.holdfast.mapping.OnStale;
import dev.holdfast.mapping.TierChoice;
import dev.holdfast.testing.Refusals;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.volume.DeviceRange;
import dev.holdfast.volume.Pin;
import dev.holdfast.volume.VolumeHandle;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeLease;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of {@link Batches}, on the real kernel, with a premapping that only behaves as
 * one.
 */
@RequiresIoUring
class BatchTests {

	private static final int BLOCK = 4096;

	private static final int MIB = BatchRig.MIB;

	private static final VolumeKey KEY = new VolumeKey("acme", "v1");

	private static final TransferOptions OPTIONS = TransferOptions.DEFAULT;

	@TempDir
	Path directory;

	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	private BatchRig rig;

	private BufferHandle buffer;

	private VolumeHandle volume;

	@BeforeEach
	void open() throws IOException {
		this.rig = new BatchRig(this.directory, Rig.sparse(this.directory, "d0.img", 256L * MIB),
				Rig.sparse(this.directory, "d1.img", 64L * MIB));
		this.buffer = this.rig.buffer("b1", MIB);
		this.volume = this.rig.volume("v1", 8L * MIB, "d0");
	}

	@AfterEach
	void close() throws IOException {
		this.rig.engine.release();
		this.threads.close();
		this.rig.close();
	}

	private CompletableFuture<List<BatchResult>> later(Supplier<List<BatchResult>> batch) {
		return CompletableFuture.supplyAsync(batch, this.threads);
	}

	private static BatchOperation read(long offset, long length, long bufferOffset) {
		return new BatchOperation(Kind.READ, offset, length, "b1", bufferOffset, false);
	}

	private static BatchOperation write(long offset, long length, long bufferOffset) {
		return new BatchOperation(Kind.WRITE, offset, length, "b1", bufferOffset, false);
	}

	private static BatchOperation other(Kind kind, long offset, long length) {
		return new BatchOperation(kind, offset, length, null, 0, false);
	}

	private List<BatchResult> atOnce(BatchOperation... operations) {
		return this.rig.batches.atOnce(KEY, List.of(operations), OPTIONS);
	}

	private List<BatchResult> inTurn(BatchOperation... operations) {
		return this.rig.batches.inTurn(KEY, List.of(operations), OPTIONS);
	}

	private static List<@Nullable Problem> problems(List<BatchResult> results) {
		List<@Nullable Problem> problems = new ArrayList<>();
		for (BatchResult result : results) {
			ProblemException problem = result.problem();
			problems.add((problem != null) ? problem.problem() : null);
		}
		return problems;
	}

	private static byte[] filled(int size, int value) {
		byte[] bytes = new byte[size];
		Arrays.fill(bytes, (byte) value);
		return bytes;
	}

	@Test
	void shouldDoAllKindsOfOperations() throws IOException {
		this.rig.write(KEY, 0, filled(4 * BLOCK, 7));
		this.rig.fill(this.buffer, 0, filled(BLOCK, 9));
		List<BatchResult> results = atOnce(read(0, BLOCK, BLOCK),
				new BatchOperation(Kind.WRITE, 4L * BLOCK, BLOCK, "b1", 0, true), other(Kind.FLUSH, 0, 0),
				new BatchOperation(Kind.ZERO, BLOCK, BLOCK, null, 0, true), other(Kind.DISCARD, 2L * BLOCK, BLOCK));
		assertThat(problems(results)).containsOnlyNulls();
		assertThat(results).extracting(BatchResult::bytes).containsExactly((long) BLOCK, (long) BLOCK, 0L, 0L, 0L);
		assertThat(results).extracting(BatchResult::tier).containsExactly("bvec", "bvec", null, null, null);
		assertThat(results.getFirst().micros()).isPositive();
		assertThat(this.rig.content(this.buffer, BLOCK, BLOCK)).isEqualTo(filled(BLOCK, 7));
		assertThat(this.rig.read(KEY, 4L * BLOCK, BLOCK)).isEqualTo(filled(BLOCK, 9));
		assertThat(this.rig.read(KEY, BLOCK, BLOCK)).isEqualTo(new byte[BLOCK]);
		assertThat(this.rig.read(KEY, 3L * BLOCK, BLOCK)).isEqualTo(filled(BLOCK, 7));
	}

	@Test
	void shouldClearMoreThanIsClearedAtATime() throws IOException {
		VolumeHandle large = this.rig.volume("large", 160L * MIB, "d0");
		VolumeKey key = large.volume().key();
		this.rig.write(key, 150L * MIB, filled(BLOCK, 7));
		List<BatchResult> results = this.rig.batches.atOnce(key, List.of(other(Kind.ZERO, 0, 160L * MIB)), OPTIONS);
		assertThat(problems(results)).containsOnlyNulls();
		assertThat(this.rig.read(key, 150L * MIB, BLOCK)).isEqualTo(new byte[BLOCK]);
	}

	@Test
	void shouldDoThemAtOnceOrInTurn() throws Exception {
		this.rig.engine.hold(IoKind.WRITE);
		CompletableFuture<List<BatchResult>> batch = later(
				() -> atOnce(write(0, BLOCK, 0), write(BLOCK, BLOCK, BLOCK), write(2 * BLOCK, BLOCK, 0)));
		await().until(() -> this.rig.engine.held() == 3);
		this.rig.engine.release();
		assertThat(problems(batch.get())).containsOnlyNulls();
		this.rig.engine.hold(IoKind.WRITE);
		this.rig.engine.changes();
		CompletableFuture<List<BatchResult>> ordered = later(() -> inTurn(write(0, BLOCK, 0), other(Kind.FLUSH, 0, 0)));
		await().until(() -> this.rig.engine.held() == 1);
		assertThat(this.rig.engine.changes()).extracting((call) -> call.kind()).containsExactly(IoKind.WRITE);
		this.rig.engine.release();
		assertThat(problems(ordered.get())).containsOnlyNulls();
	}

	@Test
	void shouldStopAtTheFirstFailureInTurn() throws IOException {
		this.rig.write(KEY, 0, filled(BLOCK, 7));
		List<BatchResult> results = inTurn(read(0, BLOCK, 0), read(1, BLOCK, 0), other(Kind.ZERO, 0, BLOCK));
		assertThat(results).extracting(BatchResult::attempted).containsExactly(true, true, false);
		assertThat(results).extracting(BatchResult::succeeded).containsExactly(true, false, false);
		assertThat(problems(results)).containsExactly(null, Problem.UNALIGNED_RANGE, null);
		assertThat(this.rig.read(KEY, 0, BLOCK)).as("not zeroed").isEqualTo(filled(BLOCK, 7));
	}

	@Test
	void shouldRefuseWhatIsWrongAndDoTheRest() throws IOException {
		this.rig.write(KEY, 0, filled(BLOCK, 7));
		List<BatchResult> results = atOnce(read(512, BLOCK, 0), read(0, 100, 0), read(0, 0, 0), read(0, BLOCK, 100),
				read(8L * MIB - BLOCK, 2 * BLOCK, 0), read(-BLOCK, BLOCK, 0), read(0, BLOCK, MIB),
				new BatchOperation(Kind.READ, 0, BLOCK, "unknown", 0, false), other(Kind.ZERO, 1, BLOCK),
				other(Kind.DISCARD, 8L * MIB, BLOCK), read(0, BLOCK, 0));
		assertThat(problems(results)).containsExactly(Problem.UNALIGNED_RANGE, Problem.UNALIGNED_RANGE,
				Problem.UNALIGNED_RANGE, Problem.UNALIGNED_RANGE, Problem.RANGE_NOT_SATISFIABLE,
				Problem.RANGE_NOT_SATISFIABLE, Problem.RANGE_NOT_SATISFIABLE, Problem.NOT_FOUND,
				Problem.UNALIGNED_RANGE, Problem.RANGE_NOT_SATISFIABLE, null);
		assertThat(this.rig.content(this.buffer, 0, BLOCK)).isEqualTo(filled(BLOCK, 7));
		assertThat(this.buffer.inUse()).isZero();
	}

	@Test
	void shouldNeedTheVolumesLease() {
		VolumeLease held = this.rig.leases.take(KEY, Duration.ofMinutes(1), false);
		Refusals.of(Problem.LEASE_LOST, () -> atOnce(read(0, BLOCK, 0)));
		Refusals.of(Problem.LEASE_LOST, () -> inTurn(read(0, BLOCK, 0)));
		assertThat(problems(this.rig.batches.atOnce(KEY, List.of(read(0, BLOCK, 0)), OPTIONS.withLease(held.number()))))
			.containsOnlyNulls();
	}

	@Test
	void shouldBeginWhatIsHandedOverBeforeItWaitsForWhoWaitsForThat() {
		CompletableFuture<VolumeLease> lease = new CompletableFuture<>();
		beside(() -> lease.complete(this.rig.leases.take(KEY, Duration.ofMinutes(1), false)));
		assertThat(problems(atOnce(read(0, BLOCK, 0), read(BLOCK, BLOCK, BLOCK)))).containsExactly(null,
				Problem.LEASE_LOST);
		assertThat(lease).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void shouldBeginItsWritesBeforeItWaitsForWhoWaitsForThem() {
		CompletableFuture<Void> inline = new CompletableFuture<>();
		beside(() -> {
			try {
				this.rig.write(KEY, BLOCK / 2, filled(BLOCK, 1));
				inline.complete(null);
			}
			catch (IOException ex) {
				inline.completeExceptionally(ex);
			}
		});
		assertThat(problems(this.rig.batches.atOnce(KEY, List.of(write(0, BLOCK, 0), write(BLOCK, BLOCK, BLOCK)),
				BatchRig.options(5))))
			.containsOnlyNulls();
		assertThat(inline).succeedsWithin(Duration.ofSeconds(10));
	}

	/** The moment before the first operation is handed over, until it has to wait. */
	private void beside(Runnable action) {
		AtomicBoolean first = new AtomicBoolean(true);
		this.rig.engine.before((operation) -> {
			if (first.getAndSet(false)) {
				Thread thread = Thread.ofPlatform().start(action);
				await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
			}
		});
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("Rule 1: the same operations work in every tier")
	void shouldWorkInEveryTier(TierChoice choice) throws IOException {
		this.rig.map(this.buffer, this.volume, new MappingSpec(choice, OnStale.FALLBACK));
		byte[] bytes = filled(3 * BLOCK, 5);
		this.rig.fill(this.buffer, BLOCK, bytes);
		List<BatchResult> results = inTurn(write(BLOCK, bytes.length, BLOCK), read(BLOCK, bytes.length, 16 * BLOCK));
		String tier = (choice == TierChoice.AUTO) ? "dma" : choice.label();
		assertThat(results).extracting(BatchResult::tier).containsExactly(tier, tier);
		assertThat(this.rig.content(this.buffer, 16 * BLOCK, bytes.length)).isEqualTo(bytes);
		assertThat(this.rig.read(KEY, BLOCK, bytes.length)).isEqualTo(bytes);
	}

	@Test
	@DisplayName("Rule 1: the tier is that of the buffer and the device, also within one operation")
	void shouldSayTheLowestTierUsed() {
		VolumeHandle striped = this.rig.volume("striped", 8L * MIB, "d0", "d1");
		this.rig.map(this.buffer, striped, MappingSpec.DEFAULT);
		List<Tier> used = new ArrayList<>();
		this.rig.engine.before((operation) -> used.add(operation.tier()));
		List<BatchResult> results = this.rig.batches.atOnce(striped.volume().key(), List.of(read(0, 2 * BLOCK, 0)),
				OPTIONS);
		assertThat(results).extracting(BatchResult::tier).containsExactly("dma");
		assertThat(used).containsExactly(Tier.DMA, Tier.DMA);
	}

	@Test
	@DisplayName("Rule 2: a premapping that is taken away in the moment of the I/O fails no I/O, and is counted")
	void shouldFallBackWhenDemotedAtTheLastMoment() {
		this.rig.map(this.buffer, this.volume, MappingSpec.DEFAULT);
		BufferHandle hungry = this.rig.buffer("hungry", 4L * MIB);
		boolean[] done = new boolean[1];
		this.rig.engine.before((operation) -> {
			if (operation.tier() == Tier.DMA && !done[0]) {
				done[0] = true;
				// The device's budget has no room for both.
				this.rig.map(hungry, this.volume, new MappingSpec(TierChoice.DMA, OnStale.FALLBACK));
			}
		});
		List<BatchResult> results = atOnce(read(0, BLOCK, 0));
		assertThat(problems(results)).containsOnlyNulls();
		assertThat(results).extracting(BatchResult::tier).containsExactly("bvec");
		assertThat(this.rig.mappings.find(this.buffer.declaration(), this.volume).orElseThrow().members())
			.singleElement()
			.satisfies((member) -> {
				assertThat(member.ios()).isZero();
				assertThat(member.fallbacks()).isOne();
			});
	}

	@Test
	@DisplayName("Rule 2: with onStale: fail an operation gets a typed error, the others are unharmed")
	void shouldFailWhereThatIsWanted() {
		VolumeHandle striped = this.rig.volume("striped", 8L * MIB, "d0", "d1");
		VolumeKey key = striped.volume().key();
		CompletableFuture<Void> gate = new CompletableFuture<>();
		this.rig.premapping.gate(gate);
		this.rig.map(this.buffer, striped, new MappingSpec(TierChoice.AUTO, OnStale.FAIL));
		BufferHandle unmapped = this.rig.buffer("b2", MIB);
		List<BatchResult> results = this.rig.batches.atOnce(key,
				List.of(read(0, 2 * BLOCK, 0), new BatchOperation(Kind.READ, 0, BLOCK, "b2", 0, false)), OPTIONS);
		assertThat(problems(results)).containsExactly(Problem.STALE_MAPPING, null);
		assertThat(this.buffer.inUse()).isZero();
		assertThat(unmapped.inUse()).isZero();
		gate.complete(null);
	}

	@Test
	@DisplayName("Rule 9: of a batch whose buffer is deleted while it is submitted, what is submitted ends as it would")
	void shouldEndWhatWasSubmittedWhenTheBufferGoes() throws IOException {
		this.rig.fill(this.buffer, 0, filled(BLOCK, 5));
		int[] submitted = new int[1];
		this.rig.engine.before((operation) -> {
			if (operation.kind() == IoKind.WRITE && ++submitted[0] == 2) {
				assertThat(this.rig.buffers.delete(this.buffer.key(), Duration.ofMillis(50))).isFalse();
			}
		});
		List<BatchResult> results = atOnce(write(0, BLOCK, 0), write(BLOCK, BLOCK, 0), write(2 * BLOCK, BLOCK, 0),
				other(Kind.FLUSH, 0, 0));
		assertThat(problems(results)).containsExactly(null, Problem.NOT_FOUND, Problem.NOT_FOUND, null);
		assertThat(this.rig.read(KEY, 0, BLOCK)).isEqualTo(filled(BLOCK, 5));
		assertThat(this.rig.read(KEY, BLOCK, BLOCK)).isEqualTo(new byte[BLOCK]);
		await().until(() -> this.rig.buffers.find(this.buffer.key()).isEmpty());
	}

	@ParameterizedTest
	@EnumSource(names = { "AUTO", "BVEC" })
	@DisplayName("Rule 9: a mapping that is deleted ends with the I/O in flight, which ends as it would")
	void shouldUnmapAfterTheIoInFlight(TierChoice choice) throws Exception {
		this.rig.map(this.buffer, this.volume, new MappingSpec(choice, OnStale.FAIL));
		this.rig.fill(this.buffer, 0, filled(BLOCK, 5));
		this.rig.engine.hold(IoKind.WRITE);
		CompletableFuture<List<BatchResult>> batch = later(() -> atOnce(write(0, BLOCK, 0)));
		await().until(() -> this.rig.engine.held() == 1);
		CompletableFuture<Void> deleted = CompletableFuture.runAsync(
				() -> this.rig.mappings.delete(this.buffer.declaration(), this.volume, Precondition.none()),
				this.threads);
		await().until(() -> state() == MemberState.UNMAPPING);
		List<BatchResult> next = atOnce(read(BLOCK, BLOCK, BLOCK));
		assertThat(problems(next)).containsOnlyNulls();
		assertThat(next).extracting(BatchResult::tier).containsExactly("bvec");
		deleted.get();
		assertThat(state()).as("it is not waited for for ever").isEqualTo(MemberState.UNMAPPING);
		this.rig.engine.release();
		assertThat(problems(batch.get())).containsOnlyNulls();
		assertThat(batch.get()).extracting(BatchResult::tier)
			.containsExactly((choice == TierChoice.AUTO) ? "dma" : "bvec");
		await().until(() -> state() == null);
		assertThat(this.rig.premapping.live()).isZero();
		assertThat(this.rig.read(KEY, 0, BLOCK)).isEqualTo(filled(BLOCK, 5));
	}

	private @Nullable MemberState state() {
		return this.rig.mappings.find(this.buffer.declaration(), this.volume).map(MappingStatus::state).orElse(null);
	}

	@Test
	@DisplayName("Rule 5: what a device is asked for is what the resolver says, whoever asks")
	void shouldGoWhereTheResolverSays() throws IOException {
		VolumeHandle striped = this.rig.volume("striped", 8L * MIB, "d0", "d1");
		VolumeKey key = striped.volume().key();
		List<DeviceRange> resolved;
		try (Pin pin = striped.pin()) {
			resolved = pin.resolve(3 * BLOCK, 2 * BLOCK);
		}
		assertThat(resolved).extracting((range) -> range.device().name()).containsExactly("d1", "d0");
		List<DeviceRange> asked = new ArrayList<>();
		this.rig.engine.before((operation) -> this.rig.devices.stream()
			.filter((device) -> device.io().equals(operation.device()))
			.forEach((device) -> asked.add(new DeviceRange(device, operation.offset(), operation.length()))));
		List<BatchOperation> operations = List.of(write(3 * BLOCK, 2 * BLOCK, 0), read(3 * BLOCK, 2 * BLOCK, 0),
				other(Kind.ZERO, 3 * BLOCK, 2 * BLOCK), other(Kind.DISCARD, 3 * BLOCK, 2 * BLOCK));
		for (BatchOperation operation : operations) {
			assertThat(problems(this.rig.batches.inTurn(key, List.of(operation), OPTIONS))).containsOnlyNulls();
			assertThat(asked).as("%s", operation).containsExactlyInAnyOrderElementsOf(resolved);
			asked.clear();
		}
		this.rig.read(key, 3 * BLOCK, 2 * BLOCK);
		assertThat(asked).as("inline").containsExactlyElementsOf(resolved);
	}

	@Test
	@DisplayName("Rule 13: what is larger than one request is split, over stripes and devices too, and ends as one")
	void shouldSplitWhatIsLarge() throws IOException {
		VolumeHandle striped = this.rig.volume("striped", 16L * MIB, "d0", "d1");
		VolumeKey key = striped.volume().key();
		BufferHandle large = this.rig.buffer("large", 6L * MIB);
		byte[] bytes = new byte[5 * MIB];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = (byte) (i * 31 + i / BLOCK);
		}
		this.rig.fill(large, BLOCK, bytes);
		List<BatchResult> results = this.rig.batches.atOnce(key,
				List.of(new BatchOperation(Kind.WRITE, BLOCK, bytes.length, "large", BLOCK, true)), OPTIONS);
		assertThat(problems(results)).containsOnlyNulls();
		assertThat(results.getFirst().bytes()).isEqualTo(bytes.length);
		assertThat(Arrays.equals(this.rig.read(key, BLOCK, bytes.length), bytes)).isTrue();
	}

	@Test
	@DisplayName("Rule 13: of an operation that fails in part, bytes is the intact prefix")
	void shouldSayHowMuchIsIntact() {
		VolumeHandle striped = this.rig.volume("striped", 16L * MIB, "d0", "d1");
		// The third stripe: one of two on the first device.
		this.rig.engine.refuseAfter(2);
		List<BatchResult> results = this.rig.batches.atOnce(striped.volume().key(), List.of(write(0, 4 * BLOCK, 0)),
				OPTIONS);
		assertThat(problems(results)).containsExactly(Problem.DEVICE_NOT_ONLINE);
		assertThat(results.getFirst().bytes()).isEqualTo(2L * BLOCK);
		this.rig.engine.refuseAfter(Integer.MAX_VALUE);
	}

	@Test
	@DisplayName("Rule 14: of two operations in conflict the later is refused, and the others are unharmed")
	void shouldRefuseTheLaterOfTwoInConflict() throws IOException {
		this.rig.write(KEY, 0, filled(BLOCK, 7));
		List<BatchResult> results = atOnce(read(0, BLOCK, 0), read(0, 2 * BLOCK, 0), write(BLOCK, BLOCK, 0),
				write(2 * BLOCK, 2 * BLOCK, 8 * BLOCK), write(4 * BLOCK, BLOCK, 9 * BLOCK));
		assertThat(problems(results)).containsExactly(null, Problem.REGION_IN_FLIGHT, Problem.REGION_IN_FLIGHT, null,
				null);
		assertThat(this.rig.content(this.buffer, 0, BLOCK)).isEqualTo(filled(BLOCK, 7));
		// In turn there is no conflict.
		assertThat(problems(inTurn(read(0, BLOCK, 0), read(0, BLOCK, 0), write(BLOCK, BLOCK, 0)))).containsOnlyNulls();
		assertThat(this.rig.read(KEY, BLOCK, BLOCK)).isEqualTo(filled(BLOCK, 7));
	}

	@Test
	@DisplayName("Rule 14: memory that another request's operation is using is refused until that has ended")
	void shouldRefuseMemoryInFlight() throws Exception {
		this.rig.engine.hold(IoKind.READ);
		CompletableFuture<List<BatchResult>> batch = later(() -> atOnce(read(0, BLOCK, 0)));
		await().until(() -> this.rig.engine.held() == 1);
		this.rig.engine.hold(IoKind.FLUSH);
		assertThat(problems(atOnce(write(0, BLOCK, 0), write(0, BLOCK, BLOCK))))
			.containsExactly(Problem.REGION_IN_FLIGHT, null);
		this.rig.engine.release();
		assertThat(problems(batch.get())).containsOnlyNulls();
		await().until(() -> this.buffer.inUse() == 0);
		assertThat(problems(atOnce(write(0, BLOCK, 0)))).containsOnlyNulls();
	}

	@Test
	@DisplayName("Rule 15: a volume is deleted only after the operations in flight")
	void shouldPinTheVolume() throws Exception {
		this.rig.engine.hold(IoKind.WRITE);
		CompletableFuture<List<BatchResult>> batch = later(() -> inTurn(write(0, BLOCK, 0), write(0, BLOCK, 0)));
		await().until(() -> this.rig.engine.held() == 1);
		CompletableFuture<Void> deleted = CompletableFuture.runAsync(() -> this.rig.volumes.delete(KEY), this.threads);
		await().until(() -> this.volume.devices().isEmpty());
		assertThat(deleted).isNotDone();
		this.rig.engine.release();
		assertThat(problems(batch.get())).containsExactly(null, Problem.NOT_FOUND);
		deleted.get();
	}

	@Test
	void shouldLoseNoWriteBesideAnInlineWriteToAPartOfTheBlock() throws Exception {
		this.rig.write(KEY, 0, filled(BLOCK, 1));
		this.rig.fill(this.buffer, 0, filled(BLOCK, 2));
		this.rig.engine.hold(IoKind.READ);
		CompletableFuture<Void> inline = CompletableFuture.runAsync(() -> {
			try {
				this.rig.write(KEY, 100, filled(50, 3));
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}, this.threads);
		await().until(() -> this.rig.engine.held() == 1);
		// It has read the block, or is about to: whoever writes now waits.
		this.rig.engine.changes();
		CompletableFuture<List<BatchResult>> batch = later(() -> atOnce(write(0, BLOCK, 0)));
		await().during(Duration.ofMillis(100)).until(() -> !batch.isDone());
		assertThat(this.rig.engine.changes()).isEmpty();
		this.rig.engine.release();
		inline.get();
		assertThat(problems(batch.get())).containsOnlyNulls();
		assertThat(this.rig.read(KEY, 0, BLOCK)).isEqualTo(filled(BLOCK, 2));
	}

}
