package dev.holdfast.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import dev.holdfast.block.BlockService;
import dev.holdfast.block.Rates;
import dev.holdfast.block.TransferOptions;
import dev.holdfast.buffer.Staging;
import dev.holdfast.buffer.StagingPool;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.AttachRequest;
import dev.holdfast.device.Device;
import dev.holdfast.device.ExtentRun;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.LabelContent;
import dev.holdfast.device.RecordingEngine;
import dev.holdfast.device.Rig;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.mapping.Routes;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A machine with several drives, all of them files, that is switched off and on again.
 * What it remembers of volumes outlives that, as a catalog does.
 */
final class Shelf implements AutoCloseable {

	static final long EXTENT = Geometry.EXTENT_SIZE;

	private static final long LABELS = 2L << 20;

	private final Path directory;

	private final Rig.Kind kind;

	private final Map<String, Path> files = new LinkedHashMap<>();

	private final Map<String, Device> online = new LinkedHashMap<>();

	private final Set<String> missingTenants = new HashSet<>();

	private VolumeIndex index = new MemoryIndex();

	private UUID installation = Rig.INSTALLATION;

	private @Nullable Power power;

	Shelf(Path directory, Rig.Kind kind) {
		this.directory = directory;
		this.kind = kind;
	}

	Shelf(Path directory) {
		this(directory, Rig.Kind.PSYNC);
	}

	/**
	 * The same drives in another machine, which knows nothing of them.
	 */
	Shelf elsewhere() {
		Shelf other = new Shelf(this.directory, this.kind);
		other.files.putAll(this.files);
		other.installation = UUID.randomUUID();
		return other;
	}

	Shelf with(VolumeIndex other) {
		this.index = other;
		return this;
	}

	/**
	 * Adds a drive that is known to be zero.
	 */
	Shelf with(String name, int extents) throws IOException {
		this.files.put(name, Rig.sparse(this.directory, name + ".img", LABELS + extents * EXTENT));
		return this;
	}

	/**
	 * Adds a drive that is there already.
	 */
	Shelf with(String name, Path drive) {
		this.files.put(name, drive);
		return this;
	}

	/**
	 * Adds a drive that is full of what somebody has left.
	 */
	Shelf withSoiled(String name, int extents) throws IOException {
		this.files.put(name, Rig.soiled(this.directory, name + ".img", (int) (LABELS + extents * EXTENT)));
		return this;
	}

	/**
	 * Adds a drive whose label has room for a single block.
	 */
	Shelf withSmallLabel(String name, int extents) throws Exception {
		with(name, extents);
		Rig.formatWithSlots(file(name), 4096, extents);
		return this;
	}

	/**
	 * Tenants that do not exist here; all others do.
	 */
	Set<String> missingTenants() {
		return this.missingTenants;
	}

	/**
	 * Switches on, with these drives in this order.
	 */
	Shelf start(String... names) throws IOException {
		this.power = new Power();
		for (String name : names) {
			attach(name);
		}
		return this;
	}

	/**
	 * Switches on, with no drive yet.
	 */
	Shelf startBare() throws IOException {
		return start(new String[0]);
	}

	/**
	 * Switches on, with all drives.
	 */
	Shelf start() throws IOException {
		return start(this.files.keySet().toArray(String[]::new));
	}

	/**
	 * Switches off and on again, with these drives in this order.
	 */
	Shelf restart(String... names) throws IOException {
		close();
		return start(names);
	}

	/**
	 * Switches off and on again, with all drives.
	 */
	Shelf restart() throws IOException {
		close();
		return start();
	}

	Device attach(String name) throws IOException {
		return attach(AttachRequest.of(name, file(name)));
	}

	Device adopt(String name) throws IOException {
		return adopt(name, Map.of());
	}

	Device adopt(String name, Map<String, String> rename) throws IOException {
		return attach(adoption(name, rename));
	}

	private AttachRequest adoption(String name, Map<String, String> rename) {
		return new AttachRequest(name, file(name), false, true, rename, null);
	}

	/**
	 * Asks for a drive that is attached, with new names for what is on it.
	 */
	void attachAgain(String name, Map<String, String> rename) {
		volumes().attachedAgain(device(name), adoption(name, rename));
	}

	private Device attach(AttachRequest request) throws IOException {
		Device device = power().rig.attacher(this.installation)
			.attach(request, (label, both, ours) -> volumes().review(label, request, ours));
		try {
			volumes().attached(device);
		}
		catch (RuntimeException ex) {
			device.close();
			throw ex;
		}
		this.online.put(request.name(), device);
		return device;
	}

	private Power power() {
		Power present = this.power;
		if (present == null) {
			throw new IllegalStateException("switched off");
		}
		return present;
	}

	/**
	 * Of all drives, whether they are attached or not.
	 */
	Set<String> names() {
		return this.files.keySet();
	}

	Path file(String name) {
		return this.files.get(name);
	}

	Device device(String name) {
		return this.online.get(name);
	}

	UUID uuid(String name) {
		return device(name).uuid();
	}

	Volumes volumes() {
		return power().volumes;
	}

	private BlockService blocks() throws IOException {
		Power present = power();
		BlockService blocks = present.blocks;
		if (blocks == null) {
			StagingPool pool = Staging.open(present.rig.engine(), 16 << 20, Duration.ofSeconds(10));
			present.pool = pool;
			blocks = new BlockService(present.rig.engine(), present.volumes, pool, Routes.unmapped(pool.buffer()),
					Rates.NONE);
			present.blocks = blocks;
		}
		return blocks;
	}

	RecordingEngine engine() {
		return power().engine;
	}

	SpaceUsage usage(String name) {
		return volumes().usage(uuid(name));
	}

	/**
	 * What is remembered of volumes.
	 */
	List<VolumeIndex.Entry> remembered() {
		return this.index.load();
	}

	/**
	 * Extents that volumes have on a drive.
	 */
	int used(String name) {
		return (int) (usage(name).used() / EXTENT);
	}

	/**
	 * Extents of a drive that may hold anything.
	 */
	int dirty(String name) {
		return (int) (usage(name).dirty() / EXTENT);
	}

	Volume create(VolumeKey key, VolumeSpec spec) {
		return volumes().create(key, spec).volume();
	}

	/**
	 * Makes volumes of one extent until there is no room on the label, not even for one
	 * with a short name.
	 */
	List<VolumeKey> fillLabel(String name) {
		List<VolumeKey> made = new ArrayList<>();
		for (int length = 60; length > 0; length--) {
			try {
				while (true) {
					VolumeKey key = new VolumeKey("t".repeat(length), "v" + made.size());
					create(key, new VolumeSpec(EXTENT, null, null, null, List.of(name)));
					made.add(key);
				}
			}
			catch (ProblemException ex) {
				assertThat(ex.detail()).contains("label of device " + name + " is full");
			}
		}
		return made;
	}

	Volume find(VolumeKey key) {
		return volumes().find(key).orElseThrow();
	}

	void write(VolumeKey key, long offset, byte[] bytes) throws IOException {
		ByteBuffer rest = ByteBuffer.wrap(bytes);
		blocks().write(key, offset, bytes.length, TransferOptions.DEFAULT, (into) -> {
			if (!rest.hasRemaining()) {
				return -1;
			}
			int length = Math.min(rest.remaining(), into.remaining());
			into.put(rest.slice(rest.position(), length));
			rest.position(rest.position() + length);
			return length;
		});
	}

	byte[] read(VolumeKey key, long offset, int length) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(length);
		blocks().read(key, offset, length, TransferOptions.DEFAULT, bytes::put);
		assertThat(bytes.hasRemaining()).isFalse();
		return bytes.array();
	}

	void flush(VolumeKey key) throws IOException {
		blocks().flush(key, TransferOptions.DEFAULT);
	}

	/**
	 * Where the extents of a volume are: for each extent's worth of bytes the drive and
	 * the extent there. Says nothing of the order inside a stripe set.
	 */
	Map<String, BitSet> extents(VolumeKey key) {
		Map<String, BitSet> extents = new HashMap<>();
		Volume volume = find(key);
		try (Pin pin = volumes().open(key).pin()) {
			for (DeviceRange range : pin.resolve(0, volume.sizeBytes())) {
				Geometry geometry = range.device().geometry();
				extents.computeIfAbsent(range.device().name(), (device) -> new BitSet())
					.set((int) ((range.offset() - geometry.dataOffset()) / EXTENT),
							(int) ((range.offset() + range.length() - 1 - geometry.dataOffset()) / EXTENT) + 1);
			}
		}
		return extents;
	}

	/**
	 * All drives must be here and nothing under way: each label is what it should be, no
	 * label says anything else than home's, every used extent belongs to a volume that
	 * somebody can find, and nothing is lost.
	 */
	void assertSound(VolumeKey... expected) {
		Map<UUID, List<String>> claims = new HashMap<>();
		Map<UUID, VolumeRecord> truth = new HashMap<>();
		this.online.forEach((name, device) -> {
			LabelContent content = device.labels().label().content();
			int used = 0;
			for (ExtentRun run : content.runs()) {
				used += (run.volume() != ExtentRun.NO_VOLUME) ? run.count() : 0;
			}
			SpaceUsage usage = usage(name);
			assertThat(usage.used()).as("used on %s", name).isEqualTo(used * EXTENT);
			assertThat(usage.used() + usage.free() + usage.dirty()).as("all of %s", name).isEqualTo(usage.total());
			for (VolumeRecord record : content.volumes()) {
				claims.computeIfAbsent(record.uuid(), (uuid) -> new ArrayList<>()).add(name);
				VolumeRecord other = truth.putIfAbsent(record.uuid(), record);
				assertThat(record).as("on %s", name).isEqualTo((other != null) ? other : record);
				assertThat(record.state()).isEqualTo(VolumeRecord.State.LIVE);
			}
		});
		assertThat(truth.values()).extracting((record) -> new VolumeKey(record.tenant(), record.name()))
			.containsExactlyInAnyOrder(expected);
		Map<String, BitSet> taken = new HashMap<>();
		truth.forEach((uuid, record) -> {
			VolumeKey key = new VolumeKey(record.tenant(), record.name());
			Volume volume = find(key);
			assertThat(volume.uuid()).isEqualTo(uuid);
			assertThat(volume.state()).as("%s", volume).isEqualTo(VolumeState.READY);
			assertThat(volume.sizeBytes()).isEqualTo(record.sizeBytes());
			assertThat(record.devices()).containsExactlyInAnyOrderElementsOf(
					claims.get(uuid).stream().map((name) -> device(name).uuid()).toList());
			extents(key).forEach((name, extents) -> {
				BitSet present = taken.computeIfAbsent(name, (device) -> new BitSet());
				assertThat(present.intersects(extents)).as("%s has another's extents on %s", key, name).isFalse();
				present.or(extents);
			});
		});
	}

	@Override
	public void close() throws IOException {
		Power present = this.power;
		this.power = null;
		if (present != null) {
			for (Device device : this.online.values()) {
				device.close();
			}
			this.online.clear();
			StagingPool pool = present.pool;
			if (pool != null) {
				assertThat(pool.usedRatio()).as("staging memory").isZero();
				pool.close();
			}
			present.rig.close();
		}
	}

	/**
	 * What is there between two starts.
	 */
	private final class Power {

		private final List<RecordingEngine> recording = new ArrayList<>();

		private final Rig rig;

		private final RecordingEngine engine;

		private final Volumes volumes;

		/** Once somebody reads or writes. */
		private @Nullable StagingPool pool;

		private @Nullable BlockService blocks;

		Power() {
			this.rig = Rig.open(Shelf.this.kind, (opened) -> {
				this.recording.add(new RecordingEngine(opened));
				return this.recording.getFirst();
			});
			this.engine = this.recording.getFirst();
			this.volumes = new Volumes(Shelf.this.index, (tenant) -> !Shelf.this.missingTenants.contains(tenant),
					MemoryLeases.fences(), Duration.ofSeconds(30));
		}

	}

}
