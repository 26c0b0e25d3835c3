package dev.holdfast.volume;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceState;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.Segment;
import dev.holdfast.device.VolumeRecord;
import org.jspecify.annotations.Nullable;

/**
 * Decides which devices give extents to a volume.
 */
final class Allocator {

	private static final int FEWEST_COLUMNS = 2;

	private final Map<UUID, DeviceSpace> spaces;

	Allocator(Map<UUID, DeviceSpace> spaces) {
		this.spaces = spaces;
	}

	/**
	 * Takes extents for a new volume.
	 * @param avoided names of devices that it does not use unless they were asked for
	 * @throws ProblemException {@link Problem#NO_SPACE}, {@link Problem#NOT_SUPPORTED},
	 * {@link Problem#DEVICE_NOT_ONLINE}
	 */
	Placement place(VolumeKey key, VolumeSpec spec, Set<String> avoided) {
		List<DeviceSpace> candidates = candidates(spec, avoided);
		long extents = Math.ceilDiv(spec.sizeBytes(), Geometry.EXTENT_SIZE);
		if (spec.layoutOrDefault() == VolumeRecord.Layout.LINEAR) {
			return Placement.linear(candidates, key, extents, null);
		}
		if (candidates.size() < FEWEST_COLUMNS) {
			throw new ProblemException(Problem.NOT_SUPPORTED,
					"A striped volume needs at least two devices, and it could use %d".formatted(candidates.size()));
		}
		int fewest = spec.devices().isEmpty() ? FEWEST_COLUMNS : candidates.size();
		return Placement.striped(candidates, key, extents, fewest, 0, null);
	}

	/**
	 * Takes more extents for a volume: first on the devices that it has, then on those
	 * that were named for it, or on any if none were.
	 * @param declared what it was asked for as, if that is known
	 */
	Placement placeMore(VolumeRecord before, @Nullable VolumeSpec declared, long extents) {
		VolumeKey key = new VolumeKey(before.tenant(), before.name());
		List<UUID> own = before.devices();
		List<String> named = (declared != null) ? declared.devices() : List.of();
		List<DeviceSpace> candidates = fitting(before.blockSize()).stream()
			.filter((space) -> named.isEmpty() || named.contains(space.device().name()) || own.contains(space.uuid()))
			.sorted(Comparator.comparingInt((space) -> own.contains(space.uuid()) ? 0 : 1))
			.toList();
		if (before.layout() == VolumeRecord.Layout.LINEAR) {
			return Placement.linear(candidates, key, extents, before);
		}
		int next = 1 + before.segments().stream().mapToInt(Segment::set).max().orElse(0);
		return Placement.striped(candidates, key, extents, FEWEST_COLUMNS, next, before);
	}

	/**
	 * Takes extents for some of a volume's that are to leave a device.
	 * @param from that device
	 * @param to the one to move them to; {@code null} for any others, first those that
	 * the volume is not on
	 * @throws ProblemException {@link Problem#NO_SPACE}, {@link Problem#NOT_SUPPORTED}
	 */
	Placement placeElsewhere(VolumeRecord before, DeviceSpace from, @Nullable DeviceSpace to, long extents) {
		List<UUID> own = before.devices();
		List<DeviceSpace> holders = this.spaces.values()
			.stream()
			.filter((space) -> own.contains(space.uuid()))
			.sorted(DeviceSpace.BY_NAME)
			.toList();
		List<DeviceSpace> targets;
		if (to != null) {
			requireBlockSize(to, before.blockSize());
			targets = List.of(to);
		}
		else {
			boolean striped = before.layout() == VolumeRecord.Layout.STRIPED;
			targets = fitting(before.blockSize()).stream()
				.filter((space) -> space != from)
				.sorted(Comparator.comparing((space) -> own.contains(space.uuid()) == striped))
				.toList();
		}
		return Placement.moved(targets, holders, before, extents);
	}

	/**
	 * Devices that a new volume may use: those that were named, in that order, else all,
	 * those with most room first.
	 */
	private List<DeviceSpace> candidates(VolumeSpec spec, Set<String> avoided) {
		if (!spec.devices().isEmpty()) {
			List<DeviceSpace> named = spec.devices().stream().map(this::named).toList();
			named.forEach((space) -> requireBlockSize(space, spec.blockSizeOrDefault()));
			return named;
		}
		return fitting(spec.blockSizeOrDefault()).stream()
			.filter((space) -> !avoided.contains(space.device().name()))
			.toList();
	}

	private DeviceSpace named(String device) {
		return this.spaces.values()
			.stream()
			.filter((space) -> space.device().name().equals(device))
			.filter(Allocator::isOnline)
			.findAny()
			.orElseThrow(() -> new ProblemException(Problem.DEVICE_NOT_ONLINE,
					"There is no device %s online".formatted(device)));
	}

	private List<DeviceSpace> fitting(int blockSize) {
		List<DeviceSpace> online = byRoom(this.spaces.values()
			.stream()
			.filter(Allocator::isOnline)
			.sorted(Comparator.comparing((space) -> space.device().name()))
			.toList());
		if (online.isEmpty()) {
			throw new ProblemException(Problem.NO_SPACE, this.spaces.isEmpty()
					? "No device is attached: an administrator attaches one"
					: "All devices are away or being emptied: an administrator brings one back, or attaches another")
				.with("freeBytes", 0);
		}
		List<DeviceSpace> fitting = online.stream().filter((space) -> space.device().blockSize() <= blockSize).toList();
		if (fitting.isEmpty()) {
			requireBlockSize(online.getFirst(), blockSize);
		}
		return fitting;
	}

	private static boolean isOnline(DeviceSpace space) {
		return space.device().state() == DeviceState.ONLINE && !space.device().draining();
	}

	static void requireBlockSize(DeviceSpace space, int blockSize) {
		Device device = space.device();
		if (blockSize < device.blockSize()) {
			throw new ProblemException(Problem.NOT_SUPPORTED, "blockSize %d is not supported by device %s: it has %d"
				.formatted(blockSize, device.name(), device.blockSize()));
		}
	}

	/**
	 * Those with most room first, and else in the order that they were in. The room is
	 * looked at once: it changes meanwhile.
	 */
	static List<DeviceSpace> byRoom(Collection<DeviceSpace> spaces) {
		return spaces.stream()
			.map((space) -> new Room(space, space.available()))
			.sorted(Comparator.comparingLong(Room::extents).reversed())
			.map(Room::space)
			.toList();
	}

	private record Room(DeviceSpace space, long extents) {

	}

}
