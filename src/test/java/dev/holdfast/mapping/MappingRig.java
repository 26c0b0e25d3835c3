package dev.holdfast.mapping;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.buffer.BufferKey;
import dev.holdfast.buffer.BufferSpec;
import dev.holdfast.buffer.Buffers;
import dev.holdfast.buffer.Memlock;
import dev.holdfast.buffer.Pages;
import dev.holdfast.catalog.Catalog;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.device.Rig;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.FakePremapping;
import dev.holdfast.volume.Excursion;
import dev.holdfast.volume.MemoryIndex;
import dev.holdfast.volume.VolumeHandle;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;
import dev.holdfast.volume.Volumes;
import org.jspecify.annotations.Nullable;

/**
 * Buffers, volumes on devices, and mappings, on an engine that can premap. Restarted it
 * knows what the catalog and the devices know.
 */
final class MappingRig implements AutoCloseable {

	static final long MIB = 1 << 20;

	private static final long DEVICE_SIZE = 64 * MIB;

	private static final int MAPPINGS = 1000;

	private final FakePremapping premapping = new FakePremapping();

	private final Map<String, Long> premappedBytes = new ConcurrentHashMap<>();

	private final List<Path> files = new ArrayList<>();

	private final Catalog catalog;

	private final MemoryIndex index = new MemoryIndex();

	private final long deviceLimit;

	private final Duration patience;

	private @Nullable CompletableFuture<Void> held;

	private Rig rig;

	private Volumes volumes;

	private Buffers buffers;

	private Mappings mappings;

	private List<Device> devices;

	MappingRig(Path directory, int devices, long deviceLimit) throws IOException {
		this(directory, devices, deviceLimit, Duration.ofSeconds(2));
	}

	MappingRig(Path directory, int devices, long deviceLimit, Duration patience) throws IOException {
		this.deviceLimit = deviceLimit;
		this.patience = patience;
		this.catalog = Catalog.open(directory.resolve("catalog.db"));
		for (int i = 0; i < devices; i++) {
			this.files.add(Rig.sparse(directory, "drive" + i + ".img", DEVICE_SIZE));
		}
		start();
	}

	private void start() throws IOException {
		this.rig = Rig.with(this.premapping.open(EngineOptions.DEFAULT));
		this.mappings = new Mappings(this.catalog, Clock.systemUTC(), this.rig.engine(), new Quota(), this.deviceLimit,
				this.patience);
		this.devices = new ArrayList<>();
		for (int i = 0; i < this.files.size(); i++) {
			this.devices.add(this.rig.attach("d" + i, this.files.get(i)));
		}
		this.volumes = this.index.open(this.devices.toArray(Device[]::new));
		this.volumes.follow(this.mappings);
		this.mappings.volumesKnown();
		this.buffers = new Buffers(this.catalog, Clock.systemUTC(), this.rig.engine(),
				new Memlock(this.rig.engine(), Long.MAX_VALUE), (tenant, bytes, use) -> {
				}, this.mappings);
		this.buffers.start();
	}

	void restart() throws IOException {
		restart(() -> {
		});
	}

	/**
	 * With something done to what the catalog has, such as a crash may leave it.
	 */
	void restart(Runnable meanwhile) throws IOException {
		stop();
		meanwhile.run();
		start();
	}

	/** Buffers go first: their mappings are still declared. */
	void forgetOnlyBuffer(UUID buffer) {
		this.catalog.write((client) -> client.sql("DELETE FROM buffers WHERE uuid = :uuid")
			.param("uuid", buffer.toString())
			.update());
	}

	void declareOnly(UUID buffer, UUID volume, MappingSpec spec) {
		new MappingTable(this.catalog).insert(List.of(new MappingDeclaration(buffer, volume, spec, Instant.EPOCH)));
	}

	/**
	 * A device goes away and comes back as another generation.
	 */
	void leavesAndReturns(int number, Runnable meanwhile) throws IOException {
		Device old = device(number);
		List<VolumeHandle> on = this.premappedBytes.keySet()
			.stream()
			.flatMap((tenant) -> this.volumes.list(tenant).stream())
			.filter((volume) -> volume.devices().contains(old.uuid()))
			.map((volume) -> this.volumes.require(volume.key()))
			.toList();
		Excursion.begins(on);
		meanwhile.run();
		old.close();
		Device fresh = this.rig.attach(old.name(), this.files.get(number));
		this.devices.set(number, fresh);
		this.volumes.attached(fresh);
		Excursion.ends(on, this.devices.stream().collect(Collectors.toMap(Device::uuid, (device) -> device)));
	}

	long premappedLimit(String tenant) {
		return this.premappedBytes.getOrDefault(tenant, 0L);
	}

	private void stop() throws IOException {
		this.buffers.close();
		this.mappings.close();
		this.rig.close();
	}

	FakePremapping premapping() {
		return this.premapping;
	}

	/** From now on premapping takes as long as it is held. */
	synchronized void hold() {
		if (this.held == null) {
			this.held = new CompletableFuture<>();
			this.premapping.gate(this.held);
		}
	}

	synchronized void letGo() {
		CompletableFuture<Void> waiting = this.held;
		this.held = null;
		this.premapping.gate(null);
		if (waiting != null) {
			waiting.complete(null);
		}
	}

	Mappings mappings() {
		return this.mappings;
	}

	Volumes volumes() {
		return this.volumes;
	}

	Buffers buffers() {
		return this.buffers;
	}

	Device device(int number) {
		return this.devices.get(number);
	}

	/** From now on a tenant may premap so much. */
	MappingRig mayPremap(String tenant, long bytes) {
		this.premappedBytes.put(tenant, bytes);
		return this;
	}

	BufferHandle buffer(String tenant, String name, long bytes) {
		BufferKey key = new BufferKey(tenant, name);
		this.buffers.declare(key, new BufferSpec(bytes, Pages.SMALL));
		return this.buffers.open(key);
	}

	BufferHandle buffer(String tenant, String name) {
		return this.buffers.open(new BufferKey(tenant, name));
	}

	VolumeHandle volume(String tenant, String name, String... onDevices) {
		VolumeKey key = new VolumeKey(tenant, name);
		this.volumes.create(key, new VolumeSpec(4 * MIB * Math.max(1, onDevices.length), null,
				(onDevices.length > 1) ? VolumeRecord.Layout.STRIPED : null, null, List.of(onDevices)));
		return this.volumes.open(key);
	}

	/** Mappings that the catalog has. */
	int stored() {
		return new MappingTable(this.catalog).load().size();
	}

	VolumeHandle existing(String tenant, String name) {
		return this.volumes.open(new VolumeKey(tenant, name));
	}

	@Override
	public void close() throws IOException {
		stop();
		this.catalog.close();
	}

	/** What tests allow. */
	private final class Quota implements MappingQuota {

		@Override
		public void require(String tenant, int present, int more) {
			if (present + more > MAPPINGS) {
				throw new ProblemException(Problem.QUOTA_EXCEEDED, "too many");
			}
		}

		@Override
		public long premappedBytes(String tenant) {
			return premappedLimit(tenant);
		}

	}

}
