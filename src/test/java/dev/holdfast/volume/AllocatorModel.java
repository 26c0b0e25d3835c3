package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
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
import dev.holdfast.device.VolumeRecord;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * The room on some devices, and beside it what each single extent should be.
 */
final class AllocatorModel {

	/** What an extent is that nobody has; who has one is in its place otherwise. */
	private static final String FREE = "free";

	private static final String DIRTY = "dirty";

	private static final String SCRUBBING = "scrubbing";

	private final Map<DeviceSpace, Object[]> extents = new LinkedHashMap<>();

	private final Map<DeviceSpace, ExtentRange> scrubs = new HashMap<>();

	private final Allocator allocator;

	private final List<Taken> taken = new ArrayList<>();

	private final List<VolumeRecord> volumes = new ArrayList<>();

	/** What those volumes were before they grew last. */
	private final Map<UUID, VolumeRecord> smaller = new HashMap<>();

	private int names;

	AllocatorModel(List<Device> devices) {
		Map<UUID, DeviceSpace> spaces = new HashMap<>();
		for (Device device : devices) {
			DeviceSpace space = new DeviceSpace(device);
			space.open();
			Object[] all = new Object[device.geometry().extentCount()];
			Arrays.fill(all, FREE);
			this.extents.put(space, all);
			spaces.put(device.uuid(), space);
		}
		this.allocator = new Allocator(spaces);
	}

	/**
	 * Asks for room for a volume.
	 * @param named a bit for each device that it may use, or 0 for all
	 */
	void place(boolean striped, int count, int named) {
		List<DeviceSpace> candidates = this.extents.keySet().stream().filter((space) -> named(space, named)).toList();
		List<String> names = (named != 0) ? candidates.stream().map((space) -> space.device().name()).toList()
				: List.of();
		VolumeSpec spec = new VolumeSpec(count * Geometry.EXTENT_SIZE - 4096, null,
				striped ? VolumeRecord.Layout.STRIPED : VolumeRecord.Layout.LINEAR, null, names);
		candidates = candidates.isEmpty() ? List.copyOf(this.extents.keySet()) : candidates;
		VolumeKey key = new VolumeKey("acme", "v" + this.names++);
		VolumeRecord record = new VolumeRecord(UUID.randomUUID(), key.tenant(), key.name(), 1, spec.sizeBytes(), 4096,
				VolumeRecord.State.LIVE, spec.layoutOrDefault(), spec.stripeBytesOrDefault(), List.of());
		Problem refusal = null;
		Placement placement = null;
		try {
			placement = this.allocator.place(key, spec, Set.of());
		}
		catch (ProblemException ex) {
			refusal = ex.problem();
		}
		if (striped && candidates.size() < 2) {
			assertThat(refusal).isEqualTo(Problem.NOT_SUPPORTED);
			return;
		}
		int fewest = names.isEmpty() ? 2 : candidates.size();
		took(placement, refusal, candidates, striped ? fewest : 0, count, record, null);
	}

	/**
	 * Asks for more room for a volume that is not growing yet.
	 */
	void grow(int which, int count) {
		if (this.volumes.isEmpty()) {
			return;
		}
		VolumeRecord before = this.volumes.get(which % this.volumes.size());
		if (growing(before)) {
			return;
		}
		long size = (before.extents() + count) * Geometry.EXTENT_SIZE;
		Placement placement = null;
		Problem refusal = null;
		try {
			placement = this.allocator.placeMore(before, null, count);
		}
		catch (ProblemException ex) {
			refusal = ex.problem();
		}
		boolean striped = before.layout() == VolumeRecord.Layout.STRIPED;
		took(placement, refusal, List.copyOf(this.extents.keySet()), striped ? 2 : 0, count,
				before.grown(size, List.of()), before);
	}

	private boolean growing(VolumeRecord record) {
		return this.taken.stream().anyMatch((each) -> record.equals(each.before));
	}

	/**
	 * What there was room for must have been given, of extents that nobody has.
	 * @param fewest devices to stripe over, or 0
	 */
	private void took(@Nullable Placement placement, @Nullable Problem refusal, List<DeviceSpace> candidates,
			int fewest, int count, VolumeRecord record, @Nullable VolumeRecord before) {
		List<Long> room = candidates.stream()
			.map(this::available)
			.sorted((one, two) -> Long.compare(two, one))
			.toList();
		int columns = (fewest == 0) ? 1 : candidates.size();
		while (fewest > 0 && columns >= fewest && room.get(columns - 1) < Math.ceilDiv(count, columns)) {
			columns--;
		}
		boolean fits = (fewest == 0) ? room.stream().mapToLong(Long::longValue).sum() >= count : columns >= fewest;
		if (placement == null) {
			assertThat(refusal).isEqualTo(Problem.NO_SPACE);
			assertThat(fits).as("%d extents of %s refused", count, room).isFalse();
			return;
		}
		assertThat(fits).as("%d extents of %s granted", count, room).isTrue();
		Map<DeviceSpace, Allocation> parts = placement.parts();
		assertThat(candidates).containsAll(parts.keySet());
		if (fewest == 0) {
			assertThat(parts.values().stream().mapToInt(AllocatorModel::size).sum()).isEqualTo(count);
			assertThat(parts.size() > 1 && room.getFirst() >= count).as("one device had room").isFalse();
			boolean clean = candidates.stream().anyMatch((space) -> count(space, FREE) >= count);
			assertThat(parts.values().stream().allMatch((part) -> part.dirty().isEmpty()) || !clean)
				.as("one device had clean room")
				.isTrue();
			if (before != null && parts.size() == 1) {
				List<DeviceSpace> own = candidates.stream()
					.filter((space) -> before.devices().contains(space.uuid()))
					.filter((space) -> (clean ? count(space, FREE) : available(space)) >= count)
					.toList();
				assertThat(own.isEmpty() || own.containsAll(parts.keySet())).as("where it is already").isTrue();
			}
		}
		else {
			assertThat(parts).as("as wide as possible").hasSize(columns);
			int each = Math.ceilDiv(count, columns);
			assertThat(parts.values()).allMatch((part) -> size(part) == each);
		}
		Taken by = new Taken(placement, record, before);
		parts.forEach((space, part) -> {
			assertThat(part.dirty().isEmpty()
					|| part.free().stream().mapToInt(ExtentRange::count).sum() == count(space, FREE))
				.as("clean extents first")
				.isTrue();
			part.free().forEach((range) -> set(space, range, by, FREE));
			part.dirty().forEach((range) -> set(space, range, by, DIRTY, SCRUBBING));
		});
		this.taken.add(by);
	}

	/**
	 * Makes what was taken a volume's.
	 */
	void complete(int which) {
		if (this.taken.isEmpty()) {
			return;
		}
		Taken by = this.taken.remove(which % this.taken.size());
		VolumeRecord before = by.before;
		VolumeRecord after = (before != null) ? before.grown(by.record.sizeBytes(), by.placement.segments())
				: by.record.grown(by.record.sizeBytes(), by.placement.segments());
		by.placement.parts().forEach((space, part) -> {
			space.put(after, part);
			replace(space, by, after.uuid());
		});
		if (before != null) {
			this.extents.keySet().forEach((space) -> space.replace(after));
			this.volumes.remove(before);
			this.smaller.put(after.uuid(), before);
		}
		this.volumes.add(after);
		// Always called, and does nothing any more.
		by.placement.giveBack();
	}

	/**
	 * Gives back what was taken.
	 */
	void giveBack(int which) {
		if (this.taken.isEmpty()) {
			return;
		}
		Taken by = this.taken.remove(which % this.taken.size());
		by.placement.giveBack();
		by.placement.parts().forEach((space, part) -> {
			part.free().forEach((range) -> set(space, range, FREE, by));
			part.dirty().forEach((range) -> set(space, range, DIRTY, by));
		});
	}

	/**
	 * Ends a volume, or takes back its last growth.
	 */
	void delete(int which, boolean revert) {
		if (this.volumes.isEmpty()) {
			return;
		}
		VolumeRecord record = this.volumes.get(which % this.volumes.size());
		if (growing(record)) {
			return;
		}
		VolumeRecord before = revert ? this.smaller.remove(record.uuid()) : null;
		this.volumes.remove(record);
		this.extents.forEach((space, all) -> {
			if (before != null && before.devices().contains(space.uuid())) {
				space.replace(before);
			}
			else {
				space.remove(record.uuid());
			}
			replace(space, record.uuid(), DIRTY);
			if (before != null) {
				before.segments()
					.stream()
					.filter((segment) -> segment.device().equals(space.uuid()))
					.forEach((segment) -> Arrays.fill(all, segment.start(), segment.start() + segment.count(),
							before.uuid()));
			}
		});
		if (before != null) {
			this.volumes.add(before);
		}
		else {
			this.smaller.remove(record.uuid());
		}
	}

	void beginScrub(int which, int most) {
		DeviceSpace space = space(which);
		if (this.scrubs.containsKey(space)) {
			return;
		}
		long dirty = count(space, DIRTY);
		ExtentRange range = space.beginScrub(most);
		assertThat(range == null).isEqualTo(dirty == 0);
		if (range != null) {
			assertThat(range.count()).isBetween(1, most);
			set(space, range, SCRUBBING, DIRTY);
			this.scrubs.put(space, range);
		}
	}

	/**
	 * Ends a scrub. What somebody has taken meanwhile is his.
	 */
	void endScrub(int which, boolean clean) {
		DeviceSpace space = space(which);
		ExtentRange range = this.scrubs.remove(space);
		if (range != null) {
			space.endScrub(range, clean);
			replace(space, SCRUBBING, clean ? FREE : DIRTY);
		}
	}

	/**
	 * The label would say of each extent what the model does.
	 */
	void check() {
		this.extents.forEach((space, all) -> {
			LabelContent content = space.content();
			int next = 0;
			for (ExtentRun run : content.runs()) {
				assertThat(run.start()).as("every extent once").isEqualTo(next);
				for (; next < run.end(); next++) {
					Object expected = all[next];
					Object said = (run.state() == ExtentState.USED) ? content.volumes().get(run.volume()).uuid()
							: run.state();
					if (!said.equals(label(expected, space, next))) {
						fail("extent %d of %s is %s on the label", next, space.device().name(), said);
					}
				}
			}
			assertThat(next).isEqualTo(all.length);
			long free = count(space, FREE);
			assertThat(space.clean()).isEqualTo(free);
			assertThat(space.available()).isEqualTo(available(space));
			SpaceUsage usage = space.usage();
			assertThat(usage.free()).isEqualTo(free * Geometry.EXTENT_SIZE);
			assertThat(usage.dirty()).isEqualTo((available(space) - free) * Geometry.EXTENT_SIZE);
			assertThat(usage.used()).isEqualTo(usage.total() - available(space) * Geometry.EXTENT_SIZE);
		});
	}

	private static Object label(Object model, DeviceSpace space, int extent) {
		if (model instanceof Taken by) {
			Allocation part = by.placement.parts().get(space);
			return part.free().stream().anyMatch((range) -> range.start() <= extent && extent < range.end())
					? ExtentState.FREE : ExtentState.DIRTY;
		}
		if (model instanceof UUID) {
			return model;
		}
		return FREE.equals(model) ? ExtentState.FREE : ExtentState.DIRTY;
	}

	/**
	 * Everything comes back: extents, in one piece, and room on the labels.
	 */
	void endAll() {
		while (!this.taken.isEmpty()) {
			giveBack(0);
		}
		while (!this.volumes.isEmpty()) {
			delete(0, false);
		}
		for (int i = 0; i < this.extents.size(); i++) {
			endScrub(i, false);
			while (count(space(i), DIRTY) > 0) {
				beginScrub(i, Integer.MAX_VALUE);
				endScrub(i, true);
			}
		}
		check();
		this.extents.forEach((space, all) -> {
			assertThat(space.content()).isEqualTo(new DeviceSpace(space.device()).content());
			assertThat(space.content().volumes()).isEmpty();
			assertThat(space.content().runs()).hasSize(1);
			int most = (int) space.device().geometry().slotSize();
			int room = most - (int) LabelContent.labelBytes(1, 0, 1);
			assertThat(space.reserve(room + 1)).as("more than the label holds").isFalse();
			assertThat(space.reserve(room)).as("all that the label holds").isTrue();
		});
	}

	private DeviceSpace space(int which) {
		return List.copyOf(this.extents.keySet()).get(which % this.extents.size());
	}

	private boolean named(DeviceSpace space, int named) {
		return (named >> List.copyOf(this.extents.keySet()).indexOf(space) & 1) == 1;
	}

	private long available(DeviceSpace space) {
		return count(space, FREE) + count(space, DIRTY) + count(space, SCRUBBING);
	}

	private long count(DeviceSpace space, String state) {
		return Arrays.stream(this.extents.get(space)).filter(state::equals).count();
	}

	private static int size(Allocation part) {
		return part.free().stream().mapToInt(ExtentRange::count).sum()
				+ part.dirty().stream().mapToInt(ExtentRange::count).sum();
	}

	private void set(DeviceSpace space, ExtentRange range, Object now, Object... before) {
		Object[] all = this.extents.get(space);
		for (int i = range.start(); i < range.end(); i++) {
			if (!List.of(before).contains(all[i])) {
				fail("extent %d of %s was %s", i, space.device().name(), all[i]);
			}
			all[i] = now;
		}
	}

	private void replace(DeviceSpace space, Object before, Object now) {
		Arrays.asList(this.extents.get(space)).replaceAll((each) -> each.equals(before) ? now : each);
	}

	/**
	 * Extents for a volume that is not there yet, or for its growth. Identity counts.
	 */
	private static final class Taken {

		private final Placement placement;

		private final VolumeRecord record;

		private final @Nullable VolumeRecord before;

		Taken(Placement placement, VolumeRecord record, @Nullable VolumeRecord before) {
			this.placement = placement;
			this.record = record;
			this.before = before;
		}

	}

}
