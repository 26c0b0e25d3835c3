package dev.holdfast.block;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.buffer.BufferKey;
import dev.holdfast.buffer.BufferSpec;
import dev.holdfast.buffer.Buffers;
import dev.holdfast.buffer.Memlock;
import dev.holdfast.buffer.Pages;
import dev.holdfast.buffer.Region;
import dev.holdfast.buffer.StagingPool;
import dev.holdfast.catalog.Catalog;
import dev.holdfast.device.Device;
import dev.holdfast.device.RecordingEngine;
import dev.holdfast.device.Rig;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.FakePremapping;
import dev.holdfast.mapping.MappingQuota;
import dev.holdfast.mapping.MappingSpec;
import dev.holdfast.mapping.MappingStatus;
import dev.holdfast.mapping.Mappings;
import dev.holdfast.mapping.WantedMapping;
import dev.holdfast.volume.Fences;
import dev.holdfast.volume.Leases;
import dev.holdfast.volume.MemoryIndex;
import dev.holdfast.volume.MemoryLeases;
import dev.holdfast.volume.VolumeHandle;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;
import dev.holdfast.volume.Volumes;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything under {@link Batches}: tenants' buffers, volumes and mappings, on an engine
 * that can premap. Closing it checks that nothing has leaked.
 */
final class BatchRig implements AutoCloseable {

	static final int MIB = 1 << 20;

	private static final Duration PATIENCE = Duration.ofSeconds(2);

	final FakePremapping premapping = new FakePremapping();

	private final Catalog catalog;

	private final Rig rig;

	final RecordingEngine engine;

	final List<Device> devices = new ArrayList<>();

	final Mappings mappings;

	final Volumes volumes;

	final Leases leases;

	final Buffers buffers;

	final StagingPool pool;

	final BlockService blocks;

	final Batches batches;

	/** Of every tenant. */
	volatile Rate rate = Rate.UNLIMITED;

	/**
	 * Opens it.
	 * @param directory of the catalog
	 * @param files that devices d0, d1, … are on
	 */
	BatchRig(Path directory, Path... files) throws IOException {
		this.catalog = Catalog.open(directory.resolve("catalog.db"));
		this.engine = new RecordingEngine(this.premapping.open(EngineOptions.DEFAULT));
		this.rig = Rig.with(this.engine);
		this.mappings = new Mappings(this.catalog, Clock.systemUTC(), this.engine, new Quota(), 4 * MIB, PATIENCE);
		for (Path file : files) {
			this.devices.add(this.rig.attach("d" + this.devices.size(), file));
		}
		Fences fences = MemoryLeases.fences();
		this.volumes = new MemoryIndex().open(fences, PATIENCE, this.devices.toArray(Device[]::new));
		this.volumes.follow(this.mappings);
		this.leases = new Leases(this.volumes, fences, PATIENCE);
		Memlock memlock = new Memlock(this.engine, Long.MAX_VALUE);
		this.buffers = new Buffers(this.catalog, Clock.systemUTC(), this.engine, memlock, (tenant, bytes, use) -> {
		}, this.mappings);
		this.buffers.start();
		this.pool = StagingPool.open(this.engine, memlock, this.mappings, 16L * MIB, PATIENCE);
		this.blocks = new BlockService(this.engine, this.volumes, this.pool, this.mappings.route(this.pool.buffer()),
				new Rates((tenant) -> this.rate, Duration.ofMillis(20)));
		this.batches = new Batches(this.blocks, this.buffers, this.mappings);
	}

	BufferHandle buffer(String name, long bytes) {
		BufferKey key = new BufferKey("acme", name);
		this.buffers.declare(key, new BufferSpec(bytes, Pages.SMALL));
		return this.buffers.open(key);
	}

	/** With stripes of a block, if it is on several devices. */
	VolumeHandle volume(String name, long bytes, String... onDevices) {
		VolumeKey key = new VolumeKey("acme", name);
		boolean striped = onDevices.length > 1;
		this.volumes.create(key, new VolumeSpec(bytes, null, striped ? VolumeRecord.Layout.STRIPED : null,
				striped ? (Integer) 4096 : null, List.of(onDevices)));
		return this.volumes.open(key);
	}

	MappingStatus map(BufferHandle buffer, VolumeHandle volume, MappingSpec spec) {
		return this.mappings.declare(List.of(new WantedMapping(buffer, volume, spec))).getFirst().status();
	}

	void fill(BufferHandle buffer, long offset, byte[] bytes) {
		try (Region region = buffer.take(offset, bytes.length, true)) {
			MemorySegment.copy(bytes, 0, buffer.bytes(region), ValueLayout.JAVA_BYTE, 0, bytes.length);
		}
	}

	byte[] content(BufferHandle buffer, long offset, int length) {
		try (Region region = buffer.take(offset, length, false)) {
			return buffer.bytes(region).toArray(ValueLayout.JAVA_BYTE);
		}
	}

	/** With so long to wait. */
	static TransferOptions options(int seconds) {
		return new TransferOptions(false, Duration.ofSeconds(seconds).toNanos());
	}

	byte[] read(VolumeKey key, long offset, int length) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(length);
		this.blocks.read(key, offset, length, TransferOptions.DEFAULT, bytes::put);
		return bytes.array();
	}

	void write(VolumeKey key, long offset, byte[] bytes) throws IOException {
		this.blocks.write(key, offset, bytes.length, TransferOptions.DEFAULT, BlockRig.source(bytes, bytes.length));
	}

	@Override
	public void close() throws IOException {
		assertThat(this.pool.usedRatio()).as("staging memory").isZero();
		assertThat(this.devices).as("operations").allSatisfy((device) -> assertThat(device.io().inFlight()).isZero());
		this.pool.close();
		this.buffers.close();
		this.mappings.close();
		this.rig.close();
		this.catalog.close();
		assertThat(this.premapping.live()).as("premappings").isZero();
	}

	/** Everybody may have all. */
	private static final class Quota implements MappingQuota {

		@Override
		public void require(String tenant, int present, int more) {
			// Never too many.
		}

		@Override
		public long premappedBytes(String tenant) {
			return Long.MAX_VALUE;
		}

	}

}
