package dev.holdfast.mapping;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.buffer.BufferKey;
import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
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

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of {@link MappingNews}, on the real kernel, with a premapping that only behaves
 * as one.
 */
@RequiresIoUring
class MappingNewsTests {

	private static final long MIB = MappingRig.MIB;

	private static final MappingSpec AUTO = MappingSpec.DEFAULT;

	private static final MappingSpec DMA = new MappingSpec(TierChoice.DMA, OnStale.FALLBACK);

	private static final MappingSpec NONE = new MappingSpec(TierChoice.NONE, OnStale.FALLBACK);

	private final RecordedNews news = new RecordedNews();

	@TempDir
	Path directory;

	private MappingRig rig;

	private BufferHandle buffer;

	private VolumeHandle volume;

	@BeforeEach
	void open() throws IOException {
		this.rig = new MappingRig(this.directory, 2, 8 * MIB).mayPremap("acme", 2 * MIB);
		this.buffer = this.rig.buffer("acme", "b1", MIB);
		this.volume = this.rig.volume("acme", "v1", "d0");
		this.rig.mappings().follow(this.news);
	}

	@AfterEach
	void close() throws IOException {
		this.rig.close();
	}

	private void map(BufferHandle from, MappingSpec spec) {
		this.rig.mappings().declare(List.of(new WantedMapping(from, this.volume, spec)));
	}

	private void change(MappingSpec spec) {
		this.rig.mappings().change(this.buffer.declaration(), this.volume, Precondition.none(), (before) -> spec);
	}

	@Test
	void shouldTellEachDifferenceOnce() {
		map(this.buffer, AUTO);
		map(this.buffer, AUTO);
		assertThat(this.news.take()).containsExactly("b1 created mapped dma of auto");
		change(NONE);
		assertThat(this.news.take()).containsExactly("b1 ready mapped none of auto", "b1 changed mapped none of none");
		change(NONE);
		assertThat(this.news.take()).isEmpty();
		this.rig.mappings().remap(this.buffer.declaration(), this.volume);
		assertThat(this.news.take()).containsExactly("b1 ready mapped none of none");
		this.rig.mappings().delete(this.buffer.declaration(), this.volume, Precondition.none());
		assertThat(this.news.take()).containsExactly("b1 deleted mapped none of none");
	}

	@Test
	void shouldTellNothingOfWhatIsRefused() {
		this.rig.premapping().refuse("d0", "its driver cannot");
		Refusals.of(Problem.NOT_SUPPORTED, () -> map(this.buffer, DMA));
		assertThat(this.news.take()).isEmpty();
		map(this.buffer, NONE);
		assertThat(this.news.take()).containsExactly("b1 created mapped none of none");
		Refusals.of(Problem.NOT_SUPPORTED, () -> change(DMA));
		assertThat(this.news.take()).isEmpty();
	}

	@Test
	@DisplayName("Rule 11: a demotion is told")
	void shouldTellADemotion() {
		map(this.buffer, AUTO);
		map(this.rig.buffer("acme", "b2", MIB), AUTO);
		map(this.rig.buffer("acme", "b3", MIB), AUTO);
		assertThat(this.news.take()).containsExactly("b1 created mapped dma of auto", "b2 created mapped dma of auto",
				"b1 demoted mapped bvec of auto", "b3 created mapped dma of auto");
	}

	@Test
	void shouldTellWhenWhatIsLateIsMade() {
		CompletableFuture<Void> gate = new CompletableFuture<>();
		this.rig.premapping().gate(gate);
		map(this.buffer, AUTO);
		assertThat(this.news.take()).containsExactly("b1 created pending null of auto");
		gate.complete(null);
		await().untilAsserted(() -> assertThat(this.news.told()).containsExactly("b1 ready mapped dma of auto"));
	}

	@Test
	@DisplayName("Rule 4: a mapping that follows a volume is told")
	void shouldTellThatAMappingFollows() {
		VolumeHandle wide = this.rig.volume("acme", "wide");
		this.rig.mappings().declare(List.of(new WantedMapping(this.buffer, wide, AUTO)));
		this.news.take();
		this.rig.volumes().grow(new VolumeKey("acme", "wide"), 80 * MIB, new ScrubProgress() {
		});
		await().untilAsserted(() -> assertThat(this.news.told()).endsWith("b1 ready mapped dma of auto"));
	}

	@Test
	void shouldTellOfMappingsThatEndWithTheirBufferOrVolume() {
		BufferHandle second = this.rig.buffer("acme", "b2", MIB);
		map(this.buffer, AUTO);
		map(second, AUTO);
		this.news.take();
		this.rig.buffers().delete(new BufferKey("acme", "b1"), Duration.ofSeconds(10));
		assertThat(this.news.take()).containsExactly("b1 deleted mapped dma of auto");
		this.rig.volumes().delete(new VolumeKey("acme", "v1"));
		assertThat(this.news.take()).containsExactly("b2 deleted mapped dma of auto");
	}

	@Test
	void shouldKnowWhatWasThereBeforeTheStart() throws IOException {
		map(this.buffer, AUTO);
		this.news.take();
		this.rig.restart();
		assertThat(this.news.take()).as("the stop is no news").isEmpty();
		this.rig.mappings().follow(this.news);
		BufferHandle again = this.rig.buffer("acme", "b1");
		this.rig.mappings().remap(again.declaration(), this.rig.existing("acme", "v1"));
		assertThat(this.news.take()).containsExactly("b1 ready mapped dma of auto");
		this.rig.buffers().delete(new BufferKey("acme", "b1"), Duration.ofSeconds(10));
		assertThat(this.news.take()).containsExactly("b1 deleted mapped dma of auto");
	}

	/** As it will be once devices come and go under a volume. */
	@Test
	@DisplayName("Members: pending -> mapped -> stale -> remapping -> mapped")
	void shouldTellThatADeviceWasLostAndIsMappedAgain() {
		MappingRegistry registry = new MappingRegistry();
		MappingNews alone = new MappingNews(registry);
		alone.follow(this.news);
		Mapping mapping = new Mapping(
				new MappingDeclaration(this.buffer.declaration().uuid(), this.volume.uuid(), AUTO, Instant.EPOCH));
		mapping.memory = this.buffer;
		mapping.reach = new VolumeReach(this.volume);
		Member member = new Member(this.rig.device(0));
		mapping.add(member);
		registry.of(mapping.buffer).buffer(this.buffer.declaration());
		alone.created(mapping);
		member.mapped(member.form().generation(), this.buffer.io(), null, null, Instant.EPOCH, 0);
		alone.made(mapping);
		member.stale();
		alone.made(mapping);
		alone.made(mapping);
		member.remapping(2);
		alone.made(mapping);
		member.mapped(2, this.buffer.io(), null, null, Instant.EPOCH, 0);
		alone.made(mapping);
		alone.deleted(mapping);
		alone.made(mapping);
		assertThat(this.news.take()).containsExactly("b1 created pending null of auto", "b1 ready mapped bvec of auto",
				"b1 stale stale null of auto", "b1 ready mapped bvec of auto", "b1 deleted mapped bvec of auto");
	}

}
