package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.IoFailedException;
import org.jspecify.annotations.Nullable;

/**
 * The order in which a change of a volume reaches the labels of its devices. The volume's
 * first device is its home and decides: what home's label says is so, and whatever
 * another label says beyond that is void. So claims go to the other labels first and to
 * home last, which is the commit; and what is given up goes from the other labels only
 * once home has given it up.
 */
final class VolumeLabels {

	private final Map<UUID, DeviceSpace> spaces;

	VolumeLabels(Map<UUID, DeviceSpace> spaces) {
		this.spaces = spaces;
	}

	/**
	 * Makes a volume of a placement whose extents are all zero.
	 * @throws IoFailedException if a label could not be written; then there is no such
	 * volume, unless the power goes before home's label is written again
	 */
	void create(VolumeRecord record, Placement placement) throws IoFailedException {
		DeviceSpace home = space(record.home());
		List<DeviceSpace> others = others(placement, home);
		try {
			for (DeviceSpace other : others) {
				put(other, record.in(VolumeRecord.State.CREATING), placement);
			}
			commit(others);
		}
		catch (IoFailedException | RuntimeException | Error ex) {
			others.forEach((other) -> other.remove(record.uuid()));
			throw ex;
		}
		put(home, record, placement);
		try {
			home.commit();
		}
		catch (IoFailedException | RuntimeException | Error ex) {
			home.remove(record.uuid());
			home.afterNextCommit(() -> others.forEach((other) -> other.remove(record.uuid())));
			throw ex;
		}
		others.forEach((other) -> other.replace(record));
	}

	/**
	 * Adds a placement to a volume.
	 * @param after with the placement's segments and the next epoch
	 * @throws IoFailedException if a label could not be written; then nothing has
	 * changed, unless the power goes before home's label is written again
	 */
	void grow(VolumeRecord before, VolumeRecord after, @Nullable Placement placement) throws IoFailedException {
		DeviceSpace home = space(before.home());
		home.commitIfBehind();
		List<DeviceSpace> others = (placement != null) ? others(placement, home) : List.of();
		try {
			for (DeviceSpace other : others) {
				put(other, after, placement);
			}
			commit(others);
		}
		catch (IoFailedException | RuntimeException | Error ex) {
			others.forEach((other) -> revert(other, before));
			throw ex;
		}
		put(home, after, placement);
		try {
			home.commit();
		}
		catch (IoFailedException | RuntimeException | Error ex) {
			home.replace(before);
			home.afterNextCommit(() -> others.forEach((other) -> revert(other, before)));
			throw ex;
		}
		online(before).forEach((space) -> space.replace(after));
	}

	/**
	 * Ends a volume whose devices are all here. Nothing may be using its extents.
	 * @throws IoFailedException if a label could not be written; the volume is
	 * {@code deleting} until this is called again
	 */
	void delete(VolumeRecord record) throws IoFailedException {
		DeviceSpace home = space(record.home());
		List<DeviceSpace> others = new ArrayList<>(online(record));
		others.remove(home);
		if (others.isEmpty()) {
			home.commitRemoval(record);
			return;
		}
		home.replace(record.in(VolumeRecord.State.DELETING));
		home.commit();
		others.forEach((other) -> other.remove(record.uuid()));
		commit(others);
		home.remove(record.uuid());
		home.commit();
	}

	/**
	 * Gives other names to volumes of one home, whose label alone decides about that.
	 * @return the device whose label has no room for them (nothing has changed then), or
	 * {@code null}
	 * @throws IoFailedException if the label could not be written
	 */
	@Nullable DeviceSpace rename(UUID home, List<VolumeRecord> named) throws IoFailedException {
		Map<DeviceSpace, Integer> longer = new LinkedHashMap<>();
		try {
			for (VolumeRecord record : named) {
				for (DeviceSpace space : having(record.uuid())) {
					VolumeRecord before = space.record(record.uuid());
					int more = (before != null) ? record.labelBytes() - before.labelBytes() : 0;
					if (!space.reserve(more)) {
						return space;
					}
					longer.merge(space, more, Integer::sum);
				}
			}
			named.forEach((record) -> having(record.uuid()).forEach((space) -> space.replace(record)));
		}
		finally {
			longer.forEach(DeviceSpace::release);
		}
		space(home).commit();
		return null;
	}

	private List<DeviceSpace> having(UUID volume) {
		return this.spaces.values().stream().filter((space) -> space.record(volume) != null).toList();
	}

	private DeviceSpace space(UUID device) {
		DeviceSpace space = this.spaces.get(device);
		if (space == null) {
			throw new IllegalStateException("device %s is not there".formatted(device));
		}
		return space;
	}

	private List<DeviceSpace> online(VolumeRecord record) {
		return record.devices().stream().map(this::space).toList();
	}

	private static List<DeviceSpace> others(Placement placement, DeviceSpace home) {
		return placement.parts().keySet().stream().filter((space) -> space != home).toList();
	}

	private static void put(DeviceSpace space, VolumeRecord record, @Nullable Placement placement) {
		Allocation allocation = (placement != null) ? placement.parts().get(space) : null;
		if (allocation != null) {
			space.put(record, allocation);
		}
		else {
			space.replace(record);
		}
	}

	private static void revert(DeviceSpace space, VolumeRecord before) {
		if (before.devices().contains(space.uuid())) {
			space.replace(before);
		}
		else {
			space.remove(before.uuid());
		}
	}

	private static void commit(List<DeviceSpace> spaces) throws IoFailedException {
		for (DeviceSpace space : spaces) {
			space.commit();
		}
	}

}
