package dev.holdfast.powerloss;

import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.holdfast.device.Device;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.Segment;
import dev.holdfast.device.VolumeRecord;

/**
 * Whose extents are whose, as the labels say right after a start: no extent belongs to
 * two volumes, no label says anything else of a volume than its home, and nothing is
 * lost.
 */
final class ExtentCheck {

	private final Stack stack;

	private final Map<UUID, Device> devices = new LinkedHashMap<>();

	private final Map<UUID, BitSet> owned = new HashMap<>();

	private ExtentCheck(Stack stack) {
		this.stack = stack;
		for (Device device : stack.devices()) {
			this.devices.put(device.uuid(), device);
			this.owned.put(device.uuid(), new BitSet());
		}
	}

	static void run(Stack stack) {
		ExtentCheck check = new ExtentCheck(stack);
		Map<UUID, VolumeRecord> truth = check.truth();
		check.devices.values().forEach((device) -> check.compare(device, truth));
		truth.values().forEach(check::own);
		check.devices.values().forEach(check::requireNothingLost);
	}

	/**
	 * What the homes say, where they are here; else the first that says anything.
	 */
	private Map<UUID, VolumeRecord> truth() {
		Map<UUID, VolumeRecord> truth = new LinkedHashMap<>();
		for (Device device : this.devices.values()) {
			for (VolumeRecord record : records(device)) {
				boolean home = record.home().equals(device.uuid());
				if (home || !this.devices.containsKey(record.home())) {
					truth.merge(record.uuid(), record, (one, other) -> (one.epoch() >= other.epoch()) ? one : other);
				}
			}
		}
		return truth;
	}

	private static List<VolumeRecord> records(Device device) {
		return device.labels().label().content().volumes();
	}

	private void compare(Device device, Map<UUID, VolumeRecord> truth) {
		for (VolumeRecord record : records(device)) {
			VolumeRecord home = truth.get(record.uuid());
			if (home == null) {
				throw new Violation(
						"%s has a part of %s, and its home has none".formatted(device.name(), record.uuid()));
			}
			boolean complete = this.devices.keySet().containsAll(home.devices());
			if (this.devices.containsKey(home.home()) && (complete ? !record.equals(home)
					: record.state() != VolumeRecord.State.DELETING && !record.equals(home))) {
				throw new Violation("%s says %s, and home %s".formatted(device.name(), record, home));
			}
		}
		for (VolumeRecord home : truth.values()) {
			boolean missing = home.state() == VolumeRecord.State.LIVE && this.devices.containsKey(home.home())
					&& home.devices().contains(device.uuid())
					&& records(device).stream().noneMatch((record) -> record.uuid().equals(home.uuid()));
			if (missing) {
				throw new Violation("%s has lost its part of %s".formatted(device.name(), home.uuid()));
			}
		}
	}

	/**
	 * While home is away labels may disagree, after a move, and each keeps what it says.
	 */
	private void own(VolumeRecord record) {
		boolean decided = this.devices.containsKey(record.home());
		for (Device device : this.devices.values()) {
			records(device).stream()
				.filter((present) -> present.uuid().equals(record.uuid()))
				.forEach((present) -> own(device, decided ? record : present));
		}
	}

	private void own(Device device, VolumeRecord record) {
		BitSet extents = this.owned.get(device.uuid());
		for (Segment segment : record.segments()) {
			if (segment.device().equals(device.uuid())) {
				int end = segment.start() + segment.count();
				if (!extents.get(segment.start(), end).isEmpty() || end > device.geometry().extentCount()) {
					throw new Violation("extents of %s belong to another volume too".formatted(record.uuid()));
				}
				extents.set(segment.start(), end);
			}
		}
	}

	/**
	 * What no volume has can be had by one.
	 */
	private void requireNothingLost(Device device) {
		long used = this.stack.volumes().usage(device.uuid()).used() / Geometry.EXTENT_SIZE;
		int volumes = this.owned.get(device.uuid()).cardinality();
		if (used != volumes) {
			throw new Violation(
					"%d extents of %s are used, and volumes have %d".formatted(used, device.name(), volumes));
		}
	}

}
