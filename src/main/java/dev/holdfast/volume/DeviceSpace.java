package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

import dev.holdfast.device.Device;
import dev.holdfast.device.ExtentRun;
import dev.holdfast.device.ExtentState;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.LabelContent;
import dev.holdfast.device.LabelSource;
import dev.holdfast.device.SharedCommit;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.IoFailedException;
import org.jspecify.annotations.Nullable;

/**
 * Who has which extents of one device: what its label says, and what it is going to say.
 * <p>
 * A change is made here under the lock, then committed without it, so that changes share
 * commits. Any extent is, at any time, in exactly one of: {@code free}, {@code dirty},
 * {@code scrubbing}, an allocation in {@code preparing}, {@code retiring}, or the
 * segments of a volume.
 */
final class DeviceSpace implements LabelSource {

	/** An order that is the same each time, unlike that of identities. */
	static final Comparator<DeviceSpace> BY_NAME = Comparator.comparing((space) -> space.device().name());

	private final Device device;

	private final SharedCommit commits;

	private final Scrubber scrubber;

	private final ExtentSet free = new ExtentSet();

	private final ExtentSet dirty = new ExtentSet();

	/** Dirty as well: the background scrub is at it, unless somebody needs it first. */
	private final ExtentSet scrubbing = new ExtentSet();

	private final Set<Allocation> preparing = new HashSet<>();

	private final Set<ExtentRange> retiring = new HashSet<>();

	private final Map<UUID, VolumeRecord> volumes = new LinkedHashMap<>();

	private final AfterCommit after = new AfterCommit();

	private long recordBytes;

	private int segmentCount;

	private boolean open;

	/** Whether the label could not be written the last time. */
	private volatile boolean behind;

	private boolean closed;

	private Consumer<DeviceSpace> whenDirty = (space) -> {
	};

	/**
	 * Takes over what the label says. Extents that were only being filled are dirty.
	 * Nobody gets any before {@link #open()}.
	 */
	DeviceSpace(Device device) {
		this.device = device;
		this.commits = new SharedCommit(device.labels(), this);
		this.scrubber = new Scrubber(device);
		LabelContent content = device.labels().label().content();
		content.volumes().forEach(this::put);
		for (ExtentRun run : content.runs()) {
			ExtentRange range = new ExtentRange(run.start(), run.count());
			switch (run.state()) {
				case FREE -> this.free.add(range);
				case DIRTY, INCOMING -> this.dirty.add(range);
				case USED -> {
				}
			}
		}
	}

	/**
	 * Whom to tell when extents have become dirty, and now if some are. Must not block or
	 * call back.
	 */
	synchronized void whenDirty(Consumer<DeviceSpace> listener) {
		this.whenDirty = listener;
		soiled();
	}

	/**
	 * Has dirty extents zeroed, if there are any.
	 */
	synchronized void wakeScrub() {
		soiled();
	}

	private void soiled() {
		if (this.dirty.count() > 0 && !this.closed && !this.device.draining()) {
			this.whenDirty.accept(this);
		}
	}

	/**
	 * What is on the device is settled: extents can be had from now on.
	 */
	synchronized void open() {
		this.open = true;
	}

	Device device() {
		return this.device;
	}

	UUID uuid() {
		return this.device.uuid();
	}

	Scrubber scrubber() {
		return this.scrubber;
	}

	synchronized List<VolumeRecord> records() {
		return List.copyOf(this.volumes.values());
	}

	synchronized @Nullable VolumeRecord record(UUID volume) {
		return this.volumes.get(volume);
	}

	/**
	 * Extents that can be had: free ones, and dirty ones that have to be zeroed first.
	 */
	synchronized long available() {
		return handsOut() ? this.free.count() + this.dirty.count() + this.scrubbing.count() : 0;
	}

	synchronized long clean() {
		return handsOut() ? this.free.count() : 0;
	}

	private boolean handsOut() {
		return this.open && !this.closed && !this.device.draining();
	}

	/**
	 * Takes extents: free ones first, then dirty ones, and what is being scrubbed last.
	 * @return {@code null} if there are not as many any more
	 */
	synchronized @Nullable Allocation tryAllocate(int extents) {
		if (extents > available()) {
			return null;
		}
		List<ExtentRange> clean = this.free.take((int) Math.min(extents, this.free.count()));
		long left = extents - clean.stream().mapToLong(ExtentRange::count).sum();
		long later = Math.max(0, left - this.dirty.count());
		List<ExtentRange> soiled = new ArrayList<>(this.dirty.take((int) (left - later)));
		soiled.addAll(this.scrubbing.take((int) later));
		Allocation allocation = new Allocation(clean, soiled);
		this.preparing.add(allocation);
		return allocation;
	}

	/**
	 * Keeps room on the label for the record that an allocation is for.
	 * @return {@code false} if there is none; nothing is kept then
	 */
	synchronized boolean reserve(Allocation allocation, int bytes) {
		boolean kept = reserve(bytes);
		if (kept) {
			allocation.reserved(bytes);
		}
		return kept;
	}

	/**
	 * Keeps room on the label for a record that becomes longer, until
	 * {@link #release(int)}.
	 * @return {@code false} if there is none; nothing is kept then
	 */
	synchronized boolean reserve(int bytes) {
		this.recordBytes += bytes;
		if (labelBytes() > this.device.geometry().slotSize()) {
			this.recordBytes -= bytes;
			return false;
		}
		return true;
	}

	synchronized void release(int bytes) {
		this.recordBytes -= bytes;
	}

	/**
	 * At most what the label takes.
	 */
	private long labelBytes() {
		long runs = (long) this.free.rangeCount() + this.dirty.rangeCount() + this.retiring.size()
				+ this.scrubbing.rangeCount() + this.segmentCount;
		for (Allocation allocation : this.preparing) {
			runs += allocation.rangeCount();
		}
		return LabelContent.labelBytes(runs, this.recordBytes, this.device.blockSize());
	}

	/**
	 * Ends an allocation that comes to nothing.
	 */
	synchronized void giveBack(Allocation allocation) {
		if (end(allocation)) {
			allocation.free().forEach((allocation.incoming() ? this.dirty : this.free)::add);
			allocation.dirty().forEach(this.dirty::add);
			soiled();
		}
	}

	/**
	 * From the next commit on the label says that an allocation is being filled.
	 */
	synchronized void fill(Allocation allocation) {
		allocation.becomesIncoming();
	}

	/**
	 * Whether extents are being prepared for somebody.
	 */
	synchronized boolean isPreparing() {
		return !this.preparing.isEmpty();
	}

	private boolean end(Allocation allocation) {
		this.recordBytes -= allocation.reserved();
		allocation.reserved(0);
		return this.preparing.remove(allocation);
	}

	/**
	 * Makes an allocation part of a volume.
	 * @param record of the volume, with the allocation's extents
	 */
	synchronized void put(VolumeRecord record, Allocation allocation) {
		end(allocation);
		replace(record);
		put(record);
	}

	/**
	 * Says something else of a volume. Of the extents that it has no more nobody knows
	 * what is in there.
	 */
	synchronized void replace(VolumeRecord record) {
		VolumeRecord before = this.volumes.get(record.uuid());
		if (before != null) {
			ExtentSet left = new ExtentSet();
			ExtentRange.of(before, uuid()).forEach(left::add);
			put(record);
			ExtentRange.of(record, uuid()).forEach(left::remove);
			left.ranges().forEach(this.dirty::add);
			soiled();
		}
	}

	/**
	 * Says of a volume that some of its extents are elsewhere. They are handed out only
	 * once a label that says so is durable; until then {@link #takeBack} undoes it.
	 */
	synchronized void retire(VolumeRecord record) {
		VolumeRecord before = this.volumes.get(record.uuid());
		ExtentSet left = new ExtentSet();
		if (before != null) {
			ExtentRange.of(before, uuid()).forEach(left::add);
			forget(before);
		}
		if (record.devices().contains(uuid())) {
			put(record);
			ExtentRange.of(record, uuid()).forEach(left::remove);
		}
		this.retiring.addAll(left.ranges());
		afterNextCommit(() -> left.ranges().forEach(this::retired));
	}

	private synchronized void retired(ExtentRange range) {
		if (this.retiring.remove(range)) {
			this.dirty.add(range);
			soiled();
		}
	}

	/**
	 * Gives a volume the extents back that were retired.
	 */
	synchronized void takeBack(VolumeRecord record) {
		ExtentSet own = new ExtentSet();
		ExtentRange.of(record, uuid()).forEach(own::add);
		this.retiring.removeIf(own::contains);
		retire(record);
	}

	/**
	 * Ends a volume here. Nothing may be using its extents, and it must be decided: they
	 * may be handed out at once.
	 */
	synchronized void remove(UUID volume) {
		VolumeRecord record = this.volumes.get(volume);
		if (record != null) {
			forget(record);
			ExtentRange.of(record, uuid()).forEach(this.dirty::add);
			soiled();
		}
	}

	/**
	 * Ends a volume by the next commit: its extents are handed out only after that.
	 * @throws IoFailedException if the label could not be written; the volume stays, in
	 * state {@code deleting}
	 */
	void commitRemoval(VolumeRecord record) throws IoFailedException {
		List<ExtentRange> extents = ExtentRange.of(record, uuid());
		synchronized (this) {
			forget(record);
			this.retiring.addAll(extents);
		}
		try {
			commit();
		}
		catch (IoFailedException | RuntimeException | Error ex) {
			synchronized (this) {
				extents.forEach(this.retiring::remove);
				put(record.in(VolumeRecord.State.DELETING));
			}
			throw ex;
		}
		synchronized (this) {
			extents.forEach(this.retiring::remove);
			extents.forEach(this.dirty::add);
			soiled();
		}
	}

	/**
	 * Makes everything durable that was changed before the call. Its first flush does so
	 * with what was written to the extents.
	 */
	void commit() throws IoFailedException {
		boolean durable = false;
		try {
			this.commits.commit();
			durable = true;
		}
		finally {
			if (!durable) {
				this.behind = true;
			}
		}
	}

	/**
	 * Remembers what has to wait until the label no longer says what it may say now.
	 */
	synchronized void afterNextCommit(Runnable action) {
		this.after.next(action);
	}

	/**
	 * Writes the label if it could not be written the last time: what it says by now is
	 * not known, and what has been decided here since is not to be built upon before it
	 * is.
	 */
	void commitIfBehind() throws IoFailedException {
		if (this.behind) {
			commit();
		}
	}

	/**
	 * Whether the label may still say what it said before the last change.
	 */
	boolean isBehind() {
		return this.behind;
	}

	private void put(VolumeRecord record) {
		VolumeRecord before = this.volumes.get(record.uuid());
		if (before != null) {
			forget(before);
		}
		this.volumes.put(record.uuid(), record);
		this.recordBytes += record.labelBytes();
		this.segmentCount += ExtentRange.of(record, uuid()).size();
	}

	private void forget(VolumeRecord record) {
		this.volumes.remove(record.uuid());
		this.recordBytes -= record.labelBytes();
		this.segmentCount -= ExtentRange.of(record, uuid()).size();
	}

	/**
	 * Whether a volume has exactly these extents here.
	 */
	synchronized boolean has(VolumeRecord record) {
		VolumeRecord present = this.volumes.get(record.uuid());
		if (present == null) {
			return false;
		}
		ExtentSet extents = new ExtentSet();
		ExtentRange.of(present, uuid()).forEach(extents::add);
		return ExtentRange.of(record, uuid()).stream().allMatch(extents::contains);
	}

	/**
	 * Takes dirty extents to zero them at once.
	 * @param most how many
	 * @return {@code null} if there are none
	 */
	synchronized @Nullable ExtentRange beginScrub(int most) {
		ExtentRange range = this.dirty.takeFirst(most);
		if (range != null) {
			this.scrubbing.add(range);
		}
		return range;
	}

	/**
	 * Ends what was begun. What somebody has taken meanwhile is his.
	 */
	synchronized void endScrub(ExtentRange range, boolean clean) {
		this.scrubbing.remove(range).forEach((clean ? this.free : this.dirty)::add);
	}

	/**
	 * Hands out nothing any more, if nothing is here, and ends the scrub.
	 * @return {@code false} if volumes are, or are being made
	 */
	boolean close() {
		synchronized (this) {
			if (!this.volumes.isEmpty() || !this.preparing.isEmpty()) {
				return false;
			}
			this.closed = true;
		}
		this.scrubber.close();
		return true;
	}

	synchronized boolean isClosed() {
		return this.closed;
	}

	@Override
	public synchronized LabelContent content() {
		this.after.contentTaken();
		List<ExtentRun> runs = new ArrayList<>();
		ExtentRange.add(runs, this.free.ranges(), ExtentState.FREE, ExtentRun.NO_VOLUME);
		ExtentRange.add(runs, this.dirty.ranges(), ExtentState.DIRTY, ExtentRun.NO_VOLUME);
		ExtentRange.add(runs, this.scrubbing.ranges(), ExtentState.DIRTY, ExtentRun.NO_VOLUME);
		ExtentRange.add(runs, this.retiring, ExtentState.DIRTY, ExtentRun.NO_VOLUME);
		this.preparing.forEach((allocation) -> allocation.addTo(runs));
		List<VolumeRecord> records = List.copyOf(this.volumes.values());
		for (int i = 0; i < records.size(); i++) {
			ExtentRange.add(runs, ExtentRange.of(records.get(i), uuid()), ExtentState.USED, i);
		}
		runs.sort(Comparator.comparingInt(ExtentRun::start));
		return new LabelContent(runs, records);
	}

	@Override
	public void written() {
		List<Runnable> actions;
		synchronized (this) {
			actions = this.after.written();
			this.behind = false;
		}
		actions.forEach(Runnable::run);
	}

	synchronized SpaceUsage usage() {
		long total = this.device.geometry().capacity();
		long freeBytes = this.free.count() * Geometry.EXTENT_SIZE;
		long dirtyExtents = this.dirty.count() + this.scrubbing.count();
		long dirtyBytes = dirtyExtents * Geometry.EXTENT_SIZE;
		return new SpaceUsage(total, total - freeBytes - dirtyBytes, freeBytes, dirtyBytes);
	}

}
