package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.Segment;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.IoFailedException;
import org.jspecify.annotations.Nullable;

/**
 * Extents on one or more devices, taken for a volume: allocated, and with room for its
 * record on each label. Becomes part of the volume or is given back.
 */
final class Placement {

	private final Map<DeviceSpace, Allocation> parts = new LinkedHashMap<>();

	/** Room on labels of the volume whose devices give nothing, in bytes. */
	private final Map<DeviceSpace, Integer> longer = new LinkedHashMap<>();

	private final int stripeSet;

	/** Segments that the volume gets besides, because one is cut in two. */
	private final int cuts;

	private Placement(int stripeSet, int cuts) {
		this.stripeSet = stripeSet;
		this.cuts = cuts;
	}

	/**
	 * Takes extents of a linear volume: all on one device if one has as many, first one
	 * that has them clean; else on as few as it takes.
	 * @param candidates in order of preference, if any
	 * @param extents how many
	 * @param before the volume's record, or {@code null} if it has none yet
	 * @throws ProblemException {@link Problem#NO_SPACE}
	 */
	static Placement linear(List<DeviceSpace> candidates, VolumeKey key, long extents, @Nullable VolumeRecord before) {
		return take(candidates, candidates, key, 0, 0, before, (usable) -> linearShares(usable, extents));
	}

	/**
	 * Takes extents to move some of a volume's to: all on one device if one has as many.
	 * @param targets in order of preference
	 * @param holders of the volume now
	 * @param extents how many
	 */
	static Placement moved(List<DeviceSpace> targets, List<DeviceSpace> holders, VolumeRecord before, long extents) {
		return take(targets, holders, new VolumeKey(before.tenant(), before.name()), 0, 1, before,
				(usable) -> linearShares(usable, extents));
	}

	/**
	 * Takes extents of a stripe set: as many on each device, on as many devices as have
	 * room.
	 * @param fewest devices that will do
	 * @param number of the stripe set
	 */
	static Placement striped(List<DeviceSpace> candidates, VolumeKey key, long extents, int fewest, int number,
			@Nullable VolumeRecord before) {
		return take(candidates, candidates, key, number, 0, before, (usable) -> stripedShares(usable, extents, fewest));
	}

	private static Placement take(List<DeviceSpace> candidates, List<DeviceSpace> holders, VolumeKey key, int stripeSet,
			int cuts, @Nullable VolumeRecord before, Shares shares) {
		List<DeviceSpace> usable = new ArrayList<>(candidates);
		DeviceSpace full = null;
		while (true) {
			Map<DeviceSpace, Integer> wanted;
			try {
				wanted = shares.of(usable);
			}
			catch (ProblemException ex) {
				throw (full != null) ? labelFull(full) : ex;
			}
			Placement placement = new Placement(stripeSet, cuts);
			if (!placement.allocate(wanted)) {
				// Somebody else was quicker.
				continue;
			}
			DeviceSpace refusing = placement.reserve(holders, key, before);
			if (refusing == null) {
				return placement;
			}
			placement.giveBack();
			if (!placement.parts.containsKey(refusing)) {
				// It has a part of the volume already, so there is no way around it.
				throw labelFull(refusing);
			}
			usable.remove(refusing);
			full = refusing;
		}
	}

	private static Map<DeviceSpace, Integer> linearShares(List<DeviceSpace> usable, long extents) {
		DeviceSpace alone = first(usable, extents, true);
		alone = (alone != null) ? alone : first(usable, extents, false);
		if (alone != null) {
			return Map.of(alone, (int) extents);
		}
		Map<DeviceSpace, Integer> shares = new LinkedHashMap<>();
		long left = extents;
		for (DeviceSpace space : Allocator.byRoom(usable)) {
			int share = (int) Math.min(left, space.available());
			if (share > 0) {
				shares.put(space, share);
				left -= share;
			}
		}
		if (left > 0) {
			throw noSpace(extents, extents - left);
		}
		return shares;
	}

	private static @Nullable DeviceSpace first(List<DeviceSpace> usable, long extents, boolean clean) {
		return usable.stream()
			.filter((space) -> (clean ? space.clean() : space.available()) >= extents)
			.findFirst()
			.orElse(null);
	}

	private static Map<DeviceSpace, Integer> stripedShares(List<DeviceSpace> usable, long extents, int fewest) {
		List<DeviceSpace> ordered = Allocator.byRoom(usable);
		long most = 0;
		for (int columns = ordered.size(); columns >= fewest; columns--) {
			long each = Math.ceilDiv(extents, columns);
			long smallest = ordered.get(columns - 1).available();
			if (smallest >= each) {
				Map<DeviceSpace, Integer> shares = new LinkedHashMap<>();
				// In the order of preference.
				usable.stream()
					.filter(ordered.subList(0, columns)::contains)
					.forEach((space) -> shares.put(space, (int) each));
				return shares;
			}
			most = Math.max(most, smallest * columns);
		}
		throw noSpace(extents, most);
	}

	private boolean allocate(Map<DeviceSpace, Integer> wanted) {
		for (Map.Entry<DeviceSpace, Integer> share : wanted.entrySet()) {
			Allocation allocation = share.getKey().tryAllocate(share.getValue());
			if (allocation == null) {
				giveBack();
				return false;
			}
			this.parts.put(share.getKey(), allocation);
		}
		return true;
	}

	/**
	 * Keeps room for the record on all labels that will have it, also those that have it
	 * already: it becomes longer there.
	 * @return the device whose label is full, or {@code null} if none is
	 */
	private @Nullable DeviceSpace reserve(List<DeviceSpace> holders, VolumeKey key, @Nullable VolumeRecord before) {
		List<Segment> all = new ArrayList<>((before != null) ? before.segments() : List.of());
		all.addAll(segments());
		int devices = (int) all.stream().map(Segment::device).distinct().count();
		int bytes = VolumeRecord.labelBytes(key.tenant(), key.name(), all.size() + this.cuts, devices);
		List<UUID> present = (before != null) ? before.devices() : List.of();
		int more = bytes - ((before != null) ? before.labelBytes() : 0);
		for (Map.Entry<DeviceSpace, Allocation> part : this.parts.entrySet()) {
			DeviceSpace space = part.getKey();
			if (!space.reserve(part.getValue(), present.contains(space.uuid()) ? more : bytes)) {
				return space;
			}
		}
		for (DeviceSpace space : holders) {
			if (present.contains(space.uuid()) && !this.parts.containsKey(space)) {
				if (!space.reserve(more)) {
					return space;
				}
				this.longer.put(space, more);
			}
		}
		return null;
	}

	/**
	 * What the volume gets.
	 * @return in the volume's order
	 */
	List<Segment> segments() {
		List<Segment> segments = new ArrayList<>();
		this.parts.forEach((space, allocation) -> segments.addAll(allocation.segments(space.uuid(), this.stripeSet)));
		return segments;
	}

	Map<DeviceSpace, Allocation> parts() {
		return this.parts;
	}

	/**
	 * Has the labels say that the extents are being filled, and waits for whoever may
	 * still be zeroing them.
	 */
	void fill() throws IoFailedException {
		this.parts.forEach(DeviceSpace::fill);
		for (DeviceSpace space : this.parts.keySet()) {
			space.commit();
			space.scrubber().awaitTurn();
		}
	}

	/**
	 * Zeroes what is dirty. Blocks for as long as the devices take.
	 * @param unwanted whether to give up
	 * @throws CancellationException if so
	 */
	void prepare(BooleanSupplier unwanted, ScrubProgress progress) throws IoFailedException {
		long total = dirtyBytes();
		if (total == 0) {
			return;
		}
		progress.begins(total);
		long done = 0;
		for (Map.Entry<DeviceSpace, Allocation> part : this.parts.entrySet()) {
			for (ExtentRange range : part.getValue().dirty()) {
				for (ExtentRange piece : Scrubber.pieces(range)) {
					if (unwanted.getAsBoolean() || progress.cancelled()) {
						throw new CancellationException("no longer wanted");
					}
					part.getKey().scrubber().scrub(piece);
					done += piece.count() * Geometry.EXTENT_SIZE;
					progress.done(done);
				}
			}
		}
	}

	private long dirtyBytes() {
		return this.parts.values()
			.stream()
			.flatMap((allocation) -> allocation.dirty().stream())
			.mapToLong((range) -> range.count() * Geometry.EXTENT_SIZE)
			.sum();
	}

	/**
	 * Does nothing to parts that have become the volume's. Always called in the end.
	 */
	void giveBack() {
		this.parts.forEach(DeviceSpace::giveBack);
		this.longer.forEach(DeviceSpace::release);
		this.longer.clear();
	}

	private static ProblemException noSpace(long wanted, long available) {
		return new ProblemException(Problem.NO_SPACE,
				"The volume needs %d bytes and %d are free on the devices that it may use"
					.formatted(wanted * Geometry.EXTENT_SIZE, available * Geometry.EXTENT_SIZE))
			.with("freeBytes", available * Geometry.EXTENT_SIZE);
	}

	private static ProblemException labelFull(DeviceSpace space) {
		return new ProblemException(Problem.NO_SPACE,
				"The label of device %s is full: delete volumes, or use another device"
					.formatted(space.device().name()));
	}

	/**
	 * How many extents each device is to give.
	 */
	@FunctionalInterface
	private interface Shares {

		Map<DeviceSpace, Integer> of(List<DeviceSpace> usable);

	}

}
