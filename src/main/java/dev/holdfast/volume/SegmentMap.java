package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.holdfast.device.Device;
import dev.holdfast.device.VolumeRecord;

/**
 * The resolver of one volume: from a range of the volume to ranges of devices (mapping
 * contract, rule 5). Immutable.
 */
abstract sealed class SegmentMap permits LinearMap, StripedMap {

	private final long size;

	SegmentMap(long size) {
		this.size = size;
	}

	/**
	 * Maps a volume.
	 * @param record what the label says of it; its size may end inside the last segment
	 * @param online all devices that it names
	 */
	static SegmentMap of(VolumeRecord record, Map<UUID, Device> online) {
		return (record.layout() == VolumeRecord.Layout.STRIPED) ? new StripedMap(record, online)
				: new LinearMap(record, online);
	}

	/**
	 * Resolves a range.
	 * @param offset in the volume
	 * @param length at least 1; the range must be inside the volume
	 * @return ranges of devices, in the volume's order, together as long
	 */
	final List<DeviceRange> resolve(long offset, long length) {
		if (offset < 0 || length <= 0 || offset > this.size - length) {
			throw new IndexOutOfBoundsException("%d bytes at %d of %d".formatted(length, offset, this.size));
		}
		DeviceRange first = first(offset, length);
		if (first.length() == length) {
			return List.of(first);
		}
		List<DeviceRange> ranges = new ArrayList<>();
		ranges.add(first);
		for (long done = first.length(); done < length; done += ranges.getLast().length()) {
			ranges.add(first(offset + done, length - done));
		}
		return ranges;
	}

	/**
	 * Where a range begins.
	 * @param offset in the volume
	 * @param length at least 1; the range must be inside the volume
	 * @return as much of the range as is in one piece
	 */
	abstract DeviceRange first(long offset, long length);

	/**
	 * Every device that the volume has a part on.
	 * @return each once, home first
	 */
	abstract List<Device> devices();

}
