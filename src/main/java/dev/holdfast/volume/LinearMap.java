package dev.holdfast.volume;

import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.holdfast.device.Device;
import dev.holdfast.device.VolumeRecord;

/**
 * Segment after segment.
 */
final class LinearMap extends SegmentMap {

	private final Concatenation segments;

	LinearMap(VolumeRecord record, Map<UUID, Device> online) {
		super(record.sizeBytes());
		this.segments = new Concatenation(record.segments(), online);
	}

	@Override
	DeviceRange first(long offset, long length) {
		return this.segments.first(offset, length);
	}

	@Override
	List<Device> devices() {
		return this.segments.devices();
	}

}
