package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.device.DeviceState;
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
			// Unless the volume has moved off that device meanwhile.
			home.afterNextCommit(() -> others.stream()
				.filter((other) -> after.equals(other.record(after.uuid())))
				.forEach((other) -> revert(other, before)));
			throw ex;
		}
		online(before).forEach((space) -> space.replace(after));
	}

	/**
	 * Has some of a volume's extents elsewhere from now on, with the same bytes. Where
	 * home moves with them, the higher epoch decides, also if the label of old home
	 * cannot be written any more. Nobody may be using the volume.
	 * @param after with the placement's segments and an epoch that no label has
	 * @param from device that the extents leave
	 * @throws IoFailedException if nothing has been begun
	 * @throws UndecidedException if it is not known which of the two is so, and nobody
	 * may use the volume before {@link #undo} has succeeded
	 */
	void move(VolumeRecord before, VolumeRecord after, Placement placement, DeviceSpace from)
			throws IoFailedException, UndecidedException {
		DeviceSpace home = space(after.home());
		home.commitIfBehind();
		for (DeviceSpace space : online(before)) {
			if (space != from) {
				space.commitIfBehind();
			}
		}
		try {
			for (DeviceSpace other : others(placement, home)) {
				put(other, after, placement);
				other.commit();
			}
			if (placement.parts().containsKey(home)) {
				put(home, after, placement);
			}
			else {
				home.retire(after);
			}
			home.commit();
		}
		catch (IoFailedException | RuntimeException ex) {
			throw new UndecidedException(ex);
		}
		bystanders(before, placement, home, from).forEach((space) -> space.retire(after));
		if (before.home().equals(after.home()) && home != from) {
			from.retire(after);
		}
	}

	/**
	 * Tells old home that home has moved, once all others know: should new home be
	 * missing at a start, the volume is not to be what it was before, and what old home
	 * does not know of any more would be void.
	 * @throws IoFailedException if a label could not be written; old home hears of it
	 * later then
	 */
	void follow(VolumeRecord before, VolumeRecord after, Placement placement, DeviceSpace from)
			throws IoFailedException {
		if (before.home().equals(after.home())) {
			return;
		}
		List<DeviceSpace> untold = new ArrayList<>(bystanders(before, placement, space(after.home()), from));
		Runnable last = () -> from.retire(after);
		if (untold.isEmpty()) {
			last.run();
		}
		AtomicInteger left = new AtomicInteger(untold.size());
		for (DeviceSpace space : untold) {
			space.afterNextCommit(() -> {
				if (left.decrementAndGet() == 0) {
					last.run();
				}
			});
		}
		commit(untold);
		from.commit();
	}

	/**
	 * Who has a part of the volume that stays.
	 */
	private List<DeviceSpace> bystanders(VolumeRecord before, Placement placement, DeviceSpace home, DeviceSpace from) {
		return online(before).stream()
			.filter((space) -> space != home && space != from && !placement.parts().containsKey(space))
			.toList();
	}

	/**
	 * Decides that a move did not take place: old home says so with an epoch that nothing
	 * else can have.
	 * @return the volume as it is now
	 * @throws IoFailedException if old home's label could not be written: still nobody
	 * may use the volume
	 */
	VolumeRecord undo(VolumeRecord before, VolumeRecord after, Placement placement) throws IoFailedException {
		VolumeRecord undone = before.instead(after.epoch());
		DeviceSpace oldHome = space(before.home());
		oldHome.takeBack(undone);
		oldHome.commit();
		for (DeviceSpace space : placement.parts().keySet()) {
			revert(space, undone);
		}
		online(undone).forEach((space) -> space.replace(undone));
		return undone;
	}

	/**
	 * Whether a volume's home is away, and is waited for.
	 */
	boolean isAway(VolumeRecord record) {
		return space(record.home()).device().state() == DeviceState.AWAY;
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
