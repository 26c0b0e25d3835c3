package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.device.ExtentRun;
import dev.holdfast.device.ExtentState;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.LabelContent;
import dev.holdfast.device.LabelSource;
import dev.holdfast.device.Segment;
import dev.holdfast.device.SharedCommit;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.IoFailedException;

/**
 * Who has which extents of one device: what its label says, and what it is going to say.
 * <p>
 * A change is made here under the lock, then committed without it, so that changes share
 * commits; extents that a change gives up are handed out again only after its commit. Any
 * extent is, at any time, in exactly one of: {@code free}, {@code dirty}, an allocation
 * in {@code preparing}, {@code retiring}, or the segments of a volume.
 */
final class DeviceVolumes implements LabelSource {

	private final Device device;

	private final SharedCommit commits;

	private final ExtentSet free = new ExtentSet();

	private final ExtentSet dirty = new ExtentSet();

	private final Set<Allocation> preparing = new HashSet<>();

	private final Set<ExtentRange> retiring = new HashSet<>();

	private final Map<UUID, VolumeRecord> volumes = new LinkedHashMap<>();

	private long recordBytes;

	private int segmentCount;

	/**
	 * Takes over what the label says. Of what was not finished, creating is rolled back
	 * and deleting is completed; their extents, and those only being filled, are dirty.
	 */
	DeviceVolumes(Device device) throws IoFailedException {
		this.device = device;
		this.commits = new SharedCommit(device.labels(), this);
		LabelContent content = device.labels().label().content();
		boolean unfinished = false;
		for (VolumeRecord volume : content.volumes()) {
			if (volume.state() == VolumeRecord.State.LIVE) {
				put(volume);
			}
			else {
				unfinished = true;
			}
		}
		for (ExtentRun run : content.runs()) {
			ExtentRange range = new ExtentRange(run.start(), run.count());
			switch (run.state()) {
				case FREE -> this.free.add(range);
				case DIRTY, INCOMING -> this.dirty.add(range);
				case USED -> {
					if (content.volumes().get(run.volume()).state() != VolumeRecord.State.LIVE) {
						this.dirty.add(range);
					}
				}
			}
		}
		if (unfinished) {
			this.commits.commit();
		}
	}

	Device device() {
		return this.device;
	}

	synchronized List<VolumeRecord> records() {
		return List.copyOf(this.volumes.values());
	}

	/**
	 * Takes extents for a new volume: free ones first, then dirty ones.
	 * @throws ProblemException {@link Problem#NO_SPACE}
	 */
	synchronized Allocation allocate(VolumeKey key, long sizeBytes) {
		long wanted = Math.ceilDiv(sizeBytes, Geometry.EXTENT_SIZE);
		long available = this.free.count() + this.dirty.count();
		if (wanted > available) {
			throw new ProblemException(Problem.NO_SPACE,
					"The volume needs %d bytes and %d are free on device %s".formatted(wanted * Geometry.EXTENT_SIZE,
							available * Geometry.EXTENT_SIZE, this.device.name()))
				.with("freeBytes", available * Geometry.EXTENT_SIZE);
		}
		List<ExtentRange> clean = this.free.take((int) Math.min(wanted, this.free.count()));
		long left = wanted - clean.stream().mapToLong(ExtentRange::count).sum();
		List<ExtentRange> soiled = this.dirty.take((int) left);
		Allocation allocation = new Allocation(clean, soiled,
				VolumeRecord.labelBytes(key.tenant(), key.name(), clean.size() + soiled.size()));
		this.preparing.add(allocation);
		this.recordBytes += allocation.recordBytes();
		if (labelBytes() > this.device.geometry().slotSize()) {
			giveBack(allocation);
			throw new ProblemException(Problem.NO_SPACE,
					"The label of device %s is full: delete volumes, or use another device"
						.formatted(this.device.name()))
				.with("freeBytes", available * Geometry.EXTENT_SIZE);
		}
		return allocation;
	}

	/**
	 * At most what the label takes.
	 */
	private long labelBytes() {
		long runs = (long) this.free.rangeCount() + this.dirty.rangeCount() + this.retiring.size() + this.segmentCount;
		for (Allocation allocation : this.preparing) {
			runs += allocation.rangeCount();
		}
		return LabelContent.labelBytes(runs, this.recordBytes, this.device.blockSize());
	}

	/**
	 * Ends an allocation that comes to nothing.
	 */
	synchronized void giveBack(Allocation allocation) {
		if (this.preparing.remove(allocation)) {
			this.recordBytes -= allocation.recordBytes();
			allocation.free().forEach(this.free::add);
			allocation.dirty().forEach(this.dirty::add);
		}
	}

	/**
	 * Makes a volume of an allocation whose extents are all zero. The commit's first
	 * flush makes the zeroes durable before the label refers to them.
	 * @throws IoFailedException if the label could not be written; the extents are taken
	 * back
	 */
	void commitNew(VolumeRecord volume, Allocation allocation) throws IoFailedException {
		synchronized (this) {
			this.preparing.remove(allocation);
			this.recordBytes -= allocation.recordBytes();
			put(volume);
		}
		try {
			this.commits.commit();
		}
		catch (IoFailedException | RuntimeException | Error ex) {
			synchronized (this) {
				// The label may have it all the same, so nobody knows what is in there.
				remove(volume).forEach(this.dirty::add);
			}
			throw ex;
		}
	}

	/**
	 * Ends a volume. Nothing may be using its extents.
	 * @throws IoFailedException if the label could not be written; the volume stays, in
	 * state {@code deleting}
	 */
	void commitDelete(VolumeRecord volume) throws IoFailedException {
		List<ExtentRange> extents;
		synchronized (this) {
			extents = remove(volume);
			this.retiring.addAll(extents);
		}
		try {
			this.commits.commit();
		}
		catch (IoFailedException | RuntimeException | Error ex) {
			synchronized (this) {
				this.retiring.removeAll(Set.copyOf(extents));
				put(volume.in(VolumeRecord.State.DELETING));
			}
			throw ex;
		}
		synchronized (this) {
			this.retiring.removeAll(Set.copyOf(extents));
			extents.forEach(this.dirty::add);
		}
	}

	private void put(VolumeRecord volume) {
		this.volumes.put(volume.uuid(), volume);
		this.recordBytes += volume.labelBytes();
		this.segmentCount += volume.segments().size();
	}

	private List<ExtentRange> remove(VolumeRecord volume) {
		this.volumes.remove(volume.uuid());
		this.recordBytes -= volume.labelBytes();
		this.segmentCount -= volume.segments().size();
		return ranges(volume.segments());
	}

	private List<ExtentRange> ranges(List<Segment> segments) {
		return segments.stream()
			.filter((segment) -> segment.device().equals(this.device.uuid()))
			.map((segment) -> new ExtentRange(segment.start(), segment.count()))
			.toList();
	}

	@Override
	public synchronized LabelContent content() {
		List<ExtentRun> runs = new ArrayList<>();
		add(runs, this.free.ranges(), ExtentState.FREE, ExtentRun.NO_VOLUME);
		add(runs, this.dirty.ranges(), ExtentState.DIRTY, ExtentRun.NO_VOLUME);
		add(runs, this.retiring, ExtentState.DIRTY, ExtentRun.NO_VOLUME);
		for (Allocation allocation : this.preparing) {
			add(runs, allocation.free(), ExtentState.FREE, ExtentRun.NO_VOLUME);
			add(runs, allocation.dirty(), ExtentState.DIRTY, ExtentRun.NO_VOLUME);
		}
		List<VolumeRecord> records = List.copyOf(this.volumes.values());
		for (int i = 0; i < records.size(); i++) {
			add(runs, ranges(records.get(i).segments()), ExtentState.USED, i);
		}
		runs.sort(Comparator.comparingInt(ExtentRun::start));
		return new LabelContent(runs, records);
	}

	private static void add(List<ExtentRun> runs, Collection<ExtentRange> ranges, ExtentState state, int volume) {
		for (ExtentRange range : ranges) {
			runs.add(new ExtentRun(range.start(), range.count(), state, volume));
		}
	}

	synchronized SpaceUsage usage() {
		long total = this.device.geometry().capacity();
		long freeBytes = this.free.count() * Geometry.EXTENT_SIZE;
		long dirtyBytes = this.dirty.count() * Geometry.EXTENT_SIZE;
		return new SpaceUsage(total, total - freeBytes - dirtyBytes, freeBytes, dirtyBytes);
	}

}
