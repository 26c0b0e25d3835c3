package dev.holdfast.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.buffer.Memlock;
import dev.holdfast.buffer.StagingPool;
import dev.holdfast.catalog.Catalog;
import dev.holdfast.device.DeviceRequest;
import dev.holdfast.device.DeviceSelector;
import dev.holdfast.device.Devices;
import dev.holdfast.device.Drives;
import dev.holdfast.device.KnownDevices;
import dev.holdfast.device.Rig;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.FakePremapping;
import dev.holdfast.engine.Tier;
import dev.holdfast.mapping.MappingKey;
import dev.holdfast.mapping.MappingQuota;
import dev.holdfast.mapping.MappingStatus;
import dev.holdfast.mapping.Mappings;
import dev.holdfast.mapping.MemberState;
import dev.holdfast.mapping.MemberStatus;
import dev.holdfast.mapping.Reason;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.volume.CatalogVolumeIndex;
import dev.holdfast.volume.MemoryLeases;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;
import dev.holdfast.volume.Volumes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Staging memory is mapped to devices as tenants' buffers are: on the real kernel, with a
 * premapping that only behaves as one, and tenants that may not premap.
 */
@RequiresIoUring
class StagingMappingTests {

	private static final int MIB = 1 << 20;

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	private final FakePremapping premapping = new FakePremapping();

	@TempDir
	Path directory;

	private Catalog catalog;

	private Rig rig;

	private Devices devices;

	private Volumes volumes;

	private Mappings mappings;

	private StagingPool pool;

	private BlockService blocks;

	@BeforeEach
	void open() {
		this.catalog = Catalog.open(this.directory.resolve("catalog.db"));
		this.rig = Rig.with(this.premapping.open(EngineOptions.DEFAULT));
		KnownDevices known = new KnownDevices(this.catalog);
		this.volumes = new Volumes(new CatalogVolumeIndex(this.catalog), (tenant) -> true, MemoryLeases.fences());
		this.devices = new Devices(this.rig.attacher(known.installation()), new Drives(), known, this.volumes);
		this.mappings = new Mappings(this.catalog, Clock.systemUTC(), this.rig.engine(), new Nothing(), 64 * MIB,
				Duration.ofMillis(100));
		this.volumes.follow(this.mappings);
		this.mappings.follow(this.devices);
		this.pool = StagingPool.open(this.rig.engine(), new Memlock(this.rig.engine(), Long.MAX_VALUE), this.mappings,
				4 * MIB, Duration.ofSeconds(10));
		this.blocks = new BlockService(this.rig.engine(), this.volumes, this.pool,
				this.mappings.route(this.pool.buffer()), Rates.NONE);
	}

	@AfterEach
	void close() throws IOException {
		this.pool.close();
		assertThat(this.premapping.live()).as("premappings that were left behind").isZero();
		this.mappings.close();
		this.devices.close();
		this.rig.close();
		this.catalog.close();
	}

	private UUID attach(String name) throws IOException {
		Path file = Rig.sparse(this.directory, name + ".img", 64 * MIB);
		this.devices.attach(name, DeviceRequest.of(DeviceSelector.at(file)));
		return this.devices.get(name).known().uuid();
	}

	private void makeVolume(String device) {
		this.volumes.create(DB, new VolumeSpec(4 * MIB, null, null, null, List.of(device)));
	}

	private void write() throws IOException {
		this.blocks.write(DB, 0, 4096, TransferOptions.DEFAULT, BlockRig.source(new byte[4096], 4096));
	}

	private void read() throws IOException {
		this.blocks.read(DB, 0, 4096, TransferOptions.DEFAULT, ByteBuffer.allocate(4096)::put);
	}

	private MemberStatus member(UUID device) {
		List<MappingStatus> there = this.mappings.onDevice(device);
		assertThat(there).singleElement()
			.satisfies((mapping) -> assertThat(mapping.key()).isEqualTo(new MappingKey("_system", "staging", "*")));
		return there.getFirst()
			.members()
			.stream()
			.filter((member) -> member.device().equals(device))
			.findFirst()
			.orElseThrow();
	}

	@Test
	@DisplayName("Rule 1: the tier of inline I/O is chosen at dispatch, for each device")
	void shouldUseTheBestTierOfEachDevice() throws Exception {
		UUID able = attach("able");
		this.premapping.refuse("unable", "the drive cannot");
		UUID unable = attach("unable");
		makeVolume("able");
		write();
		read();
		assertThat(member(able)).satisfies((member) -> {
			assertThat(member.state()).isEqualTo(MemberState.MAPPED);
			assertThat(member.tier()).isEqualTo(Tier.DMA);
			assertThat(member.reason()).isNull();
			assertThat(member.ios()).isEqualTo(2);
			assertThat(member.fallbacks()).isZero();
		});
		assertThat(member(unable)).satisfies((member) -> {
			assertThat(member.tier()).isEqualTo(Tier.BVEC);
			assertThat(member.reason()).isEqualTo(new Reason(Reason.Code.NOT_SUPPORTED, "the drive cannot"));
			assertThat(member.ios()).isZero();
		});
		assertThat(this.mappings.premappedBytes("acme")).isZero();
		assertThat(this.mappings.count("acme")).isZero();
	}

	@Test
	@DisplayName("Rule 2: a mapping that is half made fails no inline I/O, which is counted")
	void shouldFallBackWhileAMappingIsBeingMade() throws Exception {
		CompletableFuture<Void> gate = new CompletableFuture<>();
		this.premapping.gate(gate);
		UUID device = attach("d0");
		makeVolume("d0");
		write();
		assertThat(member(device).state()).isEqualTo(MemberState.PENDING);
		assertThat(member(device).fallbacks()).isEqualTo(1);
		gate.complete(null);
		await().until(() -> member(device).tier() == Tier.DMA);
		read();
		assertThat(member(device).ios()).isEqualTo(1);
		assertThat(member(device).fallbacks()).isEqualTo(1);
	}

	@Test
	@DisplayName("Rule 9: detaching a device unmaps first")
	void shouldUnmapFromADeviceThatGoesAndMapToItsNextGeneration() throws Exception {
		UUID first = attach("d0");
		UUID second = attach("d1");
		assertThat(this.premapping.live()).isEqualTo(2);
		this.devices.detach("d0");
		assertThat(this.mappings.onDevice(first)).isEmpty();
		assertThat(this.premapping.live()).isEqualTo(1);
		assertThat(member(second).tier()).isEqualTo(Tier.DMA);
		assertThat(attach("d0")).isEqualTo(first);
		assertThat(member(first).state()).isEqualTo(MemberState.MAPPED);
		assertThat(member(first).generation()).isEqualTo(2);
		makeVolume("d0");
		write();
		assertThat(member(first).ios()).isEqualTo(1);
	}

	@Test
	void shouldFindTheDevicesThatWereThereBeforeIt() throws Exception {
		this.pool.close();
		UUID device = attach("d0");
		assertThat(this.mappings.onDevice(device)).isEmpty();
		this.pool = StagingPool.open(this.rig.engine(), new Memlock(this.rig.engine(), Long.MAX_VALUE), this.mappings,
				4 * MIB, Duration.ofSeconds(10));
		assertThat(member(device).tier()).isEqualTo(Tier.DMA);
	}

	/** What tenants may have. */
	private static final class Nothing implements MappingQuota {

		@Override
		public void require(String tenant, int present, int more) {
			throw new IllegalStateException("nobody asks for a mapping");
		}

		@Override
		public long premappedBytes(String tenant) {
			return 0;
		}

	}

}
