package dev.holdfast.mapping;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.buffer.BufferKey;
import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.engine.Tier;
import dev.holdfast.tenant.Quotas;
import dev.holdfast.tenant.Tenant;
import dev.holdfast.testing.Refusals;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.volume.ScrubProgress;
import dev.holdfast.volume.VolumeHandle;
import dev.holdfast.volume.VolumeKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

/**
 * Tests of {@link Mappings}, on the real kernel, with a premapping that only behaves as
 * one.
 */
@RequiresIoUring
class MappingsTests {

	private static final long MIB = MappingRig.MIB;

	private static final MappingSpec AUTO = MappingSpec.DEFAULT;

	private static final MappingSpec DMA = new MappingSpec(TierChoice.DMA, OnStale.FALLBACK);

	private static final MappingSpec NONE = new MappingSpec(TierChoice.NONE, OnStale.FALLBACK);

	@TempDir
	Path directory;

	private MappingRig rig;

	private BufferHandle buffer;

	private VolumeHandle volume;

	@BeforeEach
	void open() throws IOException {
		this.rig = new MappingRig(this.directory, 2, 8 * MIB).mayPremap("acme", 4 * MIB).mayPremap("other", 8 * MIB);
		this.buffer = this.rig.buffer("acme", "b1", MIB);
		this.volume = this.rig.volume("acme", "v1", "d0");
	}

	@AfterEach
	void close() throws IOException {
		this.rig.close();
		assertThat(this.rig.premapping().live()).as("premappings that were left behind").isZero();
	}

	private MappingStatus map(BufferHandle from, VolumeHandle to, MappingSpec spec) {
		return this.rig.mappings().declare(List.of(new WantedMapping(from, to, spec))).getFirst().status();
	}

	private Tier via(BufferHandle from, VolumeHandle to) {
		try (Route route = this.rig.mappings().route(from, to)) {
			return route.via(to.devices().getFirst()).tier();
		}
	}

	@Test
	void shouldMapInTheBestTier() {
		MappingStatus status = map(this.buffer, this.volume, AUTO);
		assertThat(status.state()).isEqualTo(MemberState.MAPPED);
		assertThat(status.tier()).isEqualTo(Tier.DMA);
		assertThat(status.reason()).isNull();
		assertThat(status.members()).singleElement().satisfies((member) -> {
			assertThat(member.deviceName()).isEqualTo("d0");
			assertThat(member.generation()).isEqualTo(this.rig.device(0).generation());
			assertThat(member.mappedAt()).isNotNull();
		});
		assertThat(this.rig.mappings().premappedBytes("acme")).isEqualTo(MIB);
	}

	@Test
	@DisplayName("Rule 1: the tier is chosen at dispatch, and the I/O is the same in each")
	void shouldChooseTheTierAtDispatch() {
		assertThat(via(this.buffer, this.volume)).isEqualTo(Tier.BVEC);
		map(this.buffer, this.volume, AUTO);
		assertThat(via(this.buffer, this.volume)).isEqualTo(Tier.DMA);
		this.rig.mappings().change(this.buffer.declaration(), this.volume, Precondition.none(), (before) -> NONE);
		assertThat(via(this.buffer, this.volume)).isEqualTo(Tier.NONE);
		this.rig.mappings()
			.change(this.buffer.declaration(), this.volume, Precondition.none(),
					(before) -> new MappingSpec(TierChoice.BVEC, OnStale.FALLBACK));
		assertThat(via(this.buffer, this.volume)).isEqualTo(Tier.BVEC);
		assertThat(this.rig.premapping().live()).isZero();
	}

	@Test
	@DisplayName("Rule 2: a mapping that is half made fails no I/O unless that is wanted")
	void shouldFallBackWhileAMappingIsBeingMade() {
		CompletableFuture<Void> gate = new CompletableFuture<>();
		this.rig.premapping().gate(gate);
		CompletableFuture<MappingStatus> made = CompletableFuture
			.supplyAsync(() -> map(this.buffer, this.volume, AUTO));
		await().until(() -> this.rig.mappings().premappedBytes("acme") > 0);
		assertThat(via(this.buffer, this.volume)).isEqualTo(Tier.BVEC);
		gate.complete(null);
		assertThat(made.join().tier()).isEqualTo(Tier.DMA);
		assertThat(via(this.buffer, this.volume)).isEqualTo(Tier.DMA);
	}

	@Test
	@DisplayName("Rule 2: onStale: fail gets a typed error instead of a lower tier")
	void shouldFailWhereThatIsWanted() {
		CompletableFuture<Void> gate = new CompletableFuture<>();
		this.rig.premapping().gate(gate);
		MappingSpec fails = new MappingSpec(TierChoice.AUTO, OnStale.FAIL);
		// It takes longer than anybody waits, so it is declared and pending.
		MappingStatus status = map(this.buffer, this.volume, fails);
		assertThat(status.state()).isEqualTo(MemberState.PENDING);
		Refusals.of(Problem.STALE_MAPPING, () -> via(this.buffer, this.volume));
		gate.complete(null);
		await().untilAsserted(() -> assertThat(via(this.buffer, this.volume)).isEqualTo(Tier.DMA));
		assertThat(this.rig.mappings().find(this.buffer.declaration(), this.volume)).get()
			.satisfies((mapped) -> assertThat(mapped.members().getFirst().fallbacks()).isPositive());
	}

	@Test
	@DisplayName("Rule 6: mapping to a second device adds a member, and one buffer is premapped to a device once")
	void shouldShareWhatIsPremapped() {
		VolumeHandle second = this.rig.volume("acme", "v2", "d0");
		VolumeHandle elsewhere = this.rig.volume("acme", "v3", "d1");
		map(this.buffer, this.volume, AUTO);
		map(this.buffer, second, AUTO);
		assertThat(this.rig.premapping().live()).isEqualTo(1);
		assertThat(this.rig.mappings().premappedBytes("acme")).isEqualTo(MIB);
		map(this.buffer, elsewhere, AUTO);
		assertThat(this.rig.premapping().live()).isEqualTo(2);
		this.rig.mappings().delete(this.buffer.declaration(), this.volume, Precondition.none());
		assertThat(via(this.buffer, second)).isEqualTo(Tier.DMA);
		this.rig.mappings().delete(this.buffer.declaration(), second, Precondition.none());
		assertThat(this.rig.premapping().live()).isEqualTo(1);
	}

	@Test
	@DisplayName("Rule 7: several are mapped, or none; what was done is undone")
	void shouldMapAllOrNone() {
		VolumeHandle second = this.rig.volume("acme", "v2", "d1");
		this.rig.premapping().refuse("d1", "its driver cannot");
		Refusals.of(Problem.NOT_SUPPORTED,
				() -> this.rig.mappings()
					.declare(List.of(new WantedMapping(this.buffer, this.volume, AUTO),
							new WantedMapping(this.buffer, second, DMA))));
		assertThat(this.rig.mappings().list(this.buffer.declaration())).isEmpty();
		assertThat(this.rig.premapping().live()).isZero();
		assertThat(this.rig.premapping().made()).isEqualTo(1);
	}

	@Test
	@DisplayName("Rule 8: mapping again the same way is a no-op, another way is a conflict")
	void shouldRefuseToMapAgainInAnotherWay() {
		map(this.buffer, this.volume, AUTO);
		List<DeclaredMapping> again = this.rig.mappings()
			.declare(List.of(new WantedMapping(this.buffer, this.volume, AUTO)));
		assertThat(again.getFirst().created()).isFalse();
		assertThat(this.rig.premapping().made()).isEqualTo(1);
		Refusals.of(Problem.ALREADY_MAPPED, () -> map(this.buffer, this.volume, NONE));
		assertThat(via(this.buffer, this.volume)).isEqualTo(Tier.DMA);
	}

	@Test
	@DisplayName("Rule 9: a buffer that is deleted is unmapped first")
	void shouldUnmapWhenABufferIsDeleted() {
		map(this.buffer, this.volume, AUTO);
		assertThat(this.rig.buffers().delete(new BufferKey("acme", "b1"), Duration.ofSeconds(10))).isTrue();
		assertThat(this.rig.premapping().live()).isZero();
		assertThat(this.rig.mappings().premappedBytes("acme")).isZero();
		BufferHandle next = this.rig.buffer("acme", "b1", MIB);
		assertThat(this.rig.mappings().list(next.declaration())).isEmpty();
	}

	@Test
	@DisplayName("Rule 9: a mapping that is being made keeps the buffer's memory")
	void shouldWaitForAMappingThatIsBeingMade() {
		CompletableFuture<Void> gate = new CompletableFuture<>();
		this.rig.premapping().gate(gate);
		map(this.buffer, this.volume, new MappingSpec(TierChoice.AUTO, OnStale.FALLBACK));
		assertThat(this.rig.buffers().delete(new BufferKey("acme", "b1"), Duration.ofMillis(100))).isFalse();
		assertThat(this.rig.buffers().find(new BufferKey("acme", "b1"))).isPresent();
		gate.complete(null);
		await().until(() -> this.rig.buffers().find(new BufferKey("acme", "b1")).isEmpty());
		assertThat(this.rig.premapping().live()).isZero();
	}

	@ParameterizedTest
	@EnumSource(names = { "AUTO", "BVEC" })
	@DisplayName("Rule 9: a mapping ends only after the I/O in flight that uses it")
	void shouldWaitForTheIoThatUsesAMapping(TierChoice tier) {
		map(this.buffer, this.volume, new MappingSpec(tier, OnStale.FALLBACK));
		CompletableFuture<MappingEnding> ending;
		try (Route inFlight = this.rig.mappings().route(this.buffer, this.volume)) {
			inFlight.via(this.rig.device(0));
			ending = CompletableFuture.supplyAsync(this::unmap);
			await().until(() -> found().state() == MemberState.UNMAPPING);
			assertThat(via(this.buffer, this.volume)).as("new I/O does not find it").isEqualTo(Tier.BVEC);
			Refusals.of(Problem.IN_USE, () -> map(this.buffer, this.volume, AUTO));
			Refusals.of(Problem.NOT_FOUND, () -> this.rig.mappings().remap(this.buffer.declaration(), this.volume));
			assertThat(ending.join().gone()).isNotDone();
		}
		ending.join().gone().join();
		assertThat(this.rig.mappings().find(this.buffer.declaration(), this.volume)).isEmpty();
		assertThat(map(this.buffer, this.volume, AUTO).tier()).isEqualTo(Tier.DMA);
	}

	private MappingEnding unmap() {
		return this.rig.mappings().delete(this.buffer.declaration(), this.volume, Precondition.none());
	}

	private MappingStatus found() {
		return this.rig.mappings().find(this.buffer.declaration(), this.volume).orElseThrow();
	}

	@Test
	@DisplayName("Rule 10: an explicit dma that cannot be had is refused, auto falls back with the same reason")
	void shouldRefuseAnExplicitTierAndFallBackOtherwise() {
		this.rig.premapping().refuse("d0", "its driver cannot");
		Refusals.of(Problem.NOT_SUPPORTED, () -> map(this.buffer, this.volume, DMA));
		assertThat(this.rig.mappings().list(this.buffer.declaration())).isEmpty();
		MappingStatus status = map(this.buffer, this.volume, AUTO);
		assertThat(status.tier()).isEqualTo(Tier.BVEC);
		assertThat(status.reason()).isEqualTo(new Reason(Reason.Code.NOT_SUPPORTED, "its driver cannot"));
	}

	@Test
	@DisplayName("Rule 10: a tenant that may not premap is told so")
	void shouldRefuseATenantThatMayNotPremap() {
		this.rig.mayPremap("acme", 0);
		Refusals.of(Problem.PREMAP_NOT_PERMITTED, () -> map(this.buffer, this.volume, DMA));
		assertThat(map(this.buffer, this.volume, AUTO).reason().code()).isEqualTo(Reason.Code.PREMAP_NOT_PERMITTED);
	}

	@Test
	@DisplayName("Rule 10: what does not fit into the budget is refused")
	void shouldRefuseWhatDoesNotFit() {
		BufferHandle large = this.rig.buffer("acme", "large", 5 * MIB);
		Refusals.of(Problem.QUOTA_EXCEEDED, () -> map(large, this.volume, DMA));
		assertThat(map(large, this.volume, AUTO).reason().code()).isEqualTo(Reason.Code.QUOTA_EXCEEDED);
	}

	@Test
	void shouldFallBackWhenPremappingFails() {
		this.rig.premapping().fail("the IOMMU is full");
		Refusals.of(Problem.NOT_SUPPORTED, () -> map(this.buffer, this.volume, DMA));
		assertThat(this.rig.mappings().premappedBytes("acme")).isZero();
		MappingStatus status = map(this.buffer, this.volume, AUTO);
		assertThat(status.tier()).isEqualTo(Tier.BVEC);
		assertThat(status.reason().detail()).contains("the IOMMU is full");
		this.rig.premapping().fail(null);
		assertThat(this.rig.mappings().remap(this.buffer.declaration(), this.volume).tier()).isEqualTo(Tier.DMA);
	}

	@Test
	void shouldKeepAMappingWhoseChangeIsRefused() {
		map(this.buffer, this.volume, NONE);
		this.rig.mayPremap("acme", 0);
		Refusals.of(Problem.PREMAP_NOT_PERMITTED, () -> this.rig.mappings()
			.change(this.buffer.declaration(), this.volume, Precondition.none(), (before) -> DMA));
		assertThat(via(this.buffer, this.volume)).isEqualTo(Tier.NONE);
		assertThat(this.rig.mappings().find(this.buffer.declaration(), this.volume)).get()
			.satisfies((status) -> assertThat(status.declaration().spec()).isEqualTo(NONE));
	}

	@Test
	@DisplayName("Rule 4: a mapping follows a volume that grows to another device")
	void shouldFollowAVolumeThatGrows() {
		VolumeHandle wide = this.rig.volume("acme", "wide");
		map(this.buffer, wide, AUTO);
		this.rig.volumes().grow(new VolumeKey("acme", "wide"), 80 * MIB, new ScrubProgress() {
		});
		assertThat(wide.devices()).hasSize(2);
		await().untilAsserted(
				() -> assertThat(this.rig.mappings().find(this.buffer.declaration(), wide).orElseThrow().members())
					.extracting(MemberStatus::deviceName, MemberStatus::tier)
					.containsExactlyInAnyOrder(tuple("d0", Tier.DMA), tuple("d1", Tier.DMA)));
	}

	@Test
	void shouldEndTheMappingsOfAVolumeThatIsDeleted() {
		map(this.buffer, this.volume, AUTO);
		this.rig.volumes().delete(new VolumeKey("acme", "v1"));
		await().until(() -> this.rig.premapping().live() == 0);
		assertThat(this.rig.mappings().list(this.buffer.declaration())).isEmpty();
		VolumeHandle next = this.rig.volume("acme", "v1", "d0");
		assertThat(this.rig.mappings().find(this.buffer.declaration(), next)).isEmpty();
	}

	@Test
	void shouldBeThereAgainAfterARestart() throws IOException {
		map(this.buffer, this.volume, DMA);
		this.rig.restart();
		BufferHandle again = this.rig.buffer("acme", "b1");
		VolumeHandle volumeAgain = this.rig.existing("acme", "v1");
		await().untilAsserted(() -> assertThat(via(again, volumeAgain)).isEqualTo(Tier.DMA));
		assertThat(this.rig.mappings().list(again.declaration())).singleElement()
			.satisfies((status) -> assertThat(status.declaration().spec()).isEqualTo(DMA));
	}

	@Test
	void shouldForgetWhatACrashLeftOfAVolumeThatIsGone() throws IOException {
		UUID buffer = this.buffer.declaration().uuid();
		this.rig.restart(() -> this.rig.declareOnly(buffer, UUID.randomUUID(), AUTO));
		assertThat(this.rig.stored()).isZero();
		assertThat(this.rig.mappings().count("acme")).isZero();
	}

	@Test
	void shouldNotBeThereAgainOnceDeleted() throws IOException {
		map(this.buffer, this.volume, AUTO);
		assertThat(this.rig.mappings().delete(this.buffer.declaration(), this.volume, Precondition.none()).gone())
			.isDone();
		Refusals.of(Problem.NOT_FOUND,
				() -> this.rig.mappings().delete(this.buffer.declaration(), this.volume, Precondition.none()));
		this.rig.restart();
		assertThat(this.rig.mappings().list(this.rig.buffer("acme", "b1").declaration())).isEmpty();
	}

	@Test
	@DisplayName("Rule 3: a member that is made anew serves until the new one is complete")
	void shouldServeWhileItIsMadeAnew() {
		map(this.buffer, this.volume, AUTO);
		CompletableFuture<Void> gate = new CompletableFuture<>();
		this.rig.premapping().gate(gate);
		CompletableFuture<MappingStatus> remapped = CompletableFuture
			.supplyAsync(() -> this.rig.mappings().remap(this.buffer.declaration(), this.volume));
		await().until(() -> via(this.buffer, this.volume) == Tier.BVEC);
		gate.complete(null);
		assertThat(remapped.join().tier()).isEqualTo(Tier.DMA);
		assertThat(this.rig.premapping().made()).isEqualTo(2);
		assertThat(this.rig.premapping().live()).isEqualTo(1);
	}

	@Test
	@DisplayName("Rule 11: a full tenant's budget demotes what has been idle longest of its own")
	void shouldDemoteTheIdlestOfTheTenant() {
		VolumeHandle[] volumes = new VolumeHandle[5];
		BufferHandle[] buffers = new BufferHandle[5];
		for (int i = 0; i < 5; i++) {
			volumes[i] = this.rig.volume("acme", "x" + i, "d" + i % 2);
			buffers[i] = this.rig.buffer("acme", "x" + i, MIB);
		}
		for (int i = 0; i < 4; i++) {
			map(buffers[i], volumes[i], AUTO);
		}
		via(buffers[0], volumes[0]);
		assertThat(map(buffers[4], volumes[4], AUTO).tier()).isEqualTo(Tier.DMA);
		assertThat(via(buffers[0], volumes[0])).isEqualTo(Tier.DMA);
		assertThat(via(buffers[1], volumes[1])).isEqualTo(Tier.BVEC);
		assertThat(this.rig.mappings().find(buffers[1].declaration(), volumes[1]).orElseThrow().reason().code())
			.isEqualTo(Reason.Code.DEMOTED);
		assertThat(this.rig.mappings().premappedBytes("acme")).isEqualTo(4 * MIB);
		await().until(() -> this.rig.premapping().live() == 4);
	}

	@Test
	@DisplayName("Rule 11: what had to go without for want of room has it again when there is room, used last first")
	void shouldTryAgainWhenThereIsRoom() {
		this.rig.mayPremap("acme", 2 * MIB);
		BufferHandle[] buffers = new BufferHandle[4];
		for (int i = 0; i < 4; i++) {
			buffers[i] = this.rig.buffer("acme", "x" + i, MIB);
			map(buffers[i], this.volume, AUTO);
		}
		assertThat(via(buffers[1], this.volume)).isEqualTo(Tier.BVEC);
		assertThat(via(buffers[0], this.volume)).isEqualTo(Tier.BVEC);
		this.rig.mappings().delete(buffers[3].declaration(), this.volume, Precondition.none());
		await().until(() -> via(buffers[0], this.volume) == Tier.DMA);
		assertThat(via(buffers[1], this.volume)).as("nobody made room for it").isEqualTo(Tier.BVEC);
		assertThat(this.rig.mappings().premappedBytes("acme")).isEqualTo(2 * MIB);
		this.rig.buffers().delete(buffers[2].key(), Duration.ofSeconds(10));
		await().until(() -> via(buffers[1], this.volume) == Tier.DMA);
	}

	@Test
	@DisplayName("Rule 10: what did not fit is tried again when the tenant may have more")
	void shouldTryAgainWhenTheQuotaIsLarger() {
		this.rig.mayPremap("acme", 0);
		assertThat(map(this.buffer, this.volume, AUTO).reason().code()).isEqualTo(Reason.Code.PREMAP_NOT_PERMITTED);
		quotaBecomes(MIB / 2);
		await().until(() -> found().reason().code() == Reason.Code.QUOTA_EXCEEDED);
		quotaBecomes(MIB);
		await().until(() -> via(this.buffer, this.volume) == Tier.DMA);
		assertThat(found().reason()).isNull();
	}

	private void quotaBecomes(long bytes) {
		this.rig.mayPremap("acme", bytes);
		Quotas quotas = new Quotas(null, null, bytes, null, null, null, null);
		this.rig.mappings().waiting().changed(new Tenant("acme", quotas, Instant.EPOCH));
	}

	@Test
	@DisplayName("Rule 11: what was asked for by name is not demoted")
	void shouldNotDemoteWhatWasAskedForByName() {
		for (int i = 0; i < 4; i++) {
			map(this.rig.buffer("acme", "x" + i, MIB), this.volume, DMA);
		}
		assertThat(map(this.buffer, this.volume, AUTO).reason().code()).isEqualTo(Reason.Code.QUOTA_EXCEEDED);
		Refusals.of(Problem.QUOTA_EXCEEDED, () -> this.rig.mappings()
			.change(this.buffer.declaration(), this.volume, Precondition.none(), (before) -> DMA));
	}

	@Test
	@DisplayName("Rule 11: a full device demotes one of a tenant above its equal share, and nobody below")
	void shouldDemoteOnADeviceOnlyWhoHasMoreThanTheirShare() {
		VolumeHandle others = this.rig.volume("other", "v1", "d0");
		for (int i = 0; i < 8; i++) {
			map(this.rig.buffer("other", "o" + i, MIB), others, AUTO);
		}
		for (int i = 0; i < 4; i++) {
			assertThat(map(this.rig.buffer("acme", "x" + i, MIB), this.volume, AUTO).tier()).isEqualTo(Tier.DMA);
		}
		assertThat(this.rig.mappings().premappedBytes("other")).isEqualTo(4 * MIB);
		this.rig.mayPremap("acme", 8 * MIB);
		map(this.rig.buffer("acme", "x4", MIB), this.volume, AUTO);
		assertThat(this.rig.mappings().premappedBytes("other")).as("those at their share keep it").isEqualTo(4 * MIB);
		assertThat(this.rig.mappings().premappedBytes("acme")).isEqualTo(4 * MIB);
	}

	@Test
	@DisplayName("Rule 11: whether a tier is asked for by name can change")
	void shouldFollowHowATierIsAskedFor() {
		BufferHandle[] buffers = new BufferHandle[4];
		for (int i = 0; i < 4; i++) {
			buffers[i] = this.rig.buffer("acme", "x" + i, MIB);
			map(buffers[i], this.volume, AUTO);
			this.rig.mappings().change(buffers[i].declaration(), this.volume, Precondition.none(), (before) -> DMA);
		}
		assertThat(map(this.buffer, this.volume, AUTO).reason().code()).isEqualTo(Reason.Code.QUOTA_EXCEEDED);
		this.rig.mappings().change(buffers[2].declaration(), this.volume, Precondition.none(), (before) -> AUTO);
		assertThat(this.rig.mappings().remap(this.buffer.declaration(), this.volume).tier()).isEqualTo(Tier.DMA);
		assertThat(via(buffers[2], this.volume)).isEqualTo(Tier.BVEC);
	}

	@Test
	@DisplayName("Rule 11: what is still being made can be demoted")
	void shouldDemoteWhatIsBeingMade() {
		this.rig.mayPremap("acme", MIB);
		CompletableFuture<Void> gate = new CompletableFuture<>();
		this.rig.premapping().gate(gate);
		BufferHandle second = this.rig.buffer("acme", "second", MIB);
		map(this.buffer, this.volume, AUTO);
		map(second, this.volume, AUTO);
		gate.complete(null);
		await().until(() -> via(second, this.volume) == Tier.DMA);
		assertThat(via(this.buffer, this.volume)).isEqualTo(Tier.BVEC);
		assertThat(this.rig.mappings().find(this.buffer.declaration(), this.volume).orElseThrow().reason())
			.isEqualTo(PremapBudget.DEMOTED);
		assertThat(this.rig.premapping().live()).isEqualTo(1);
	}

}
