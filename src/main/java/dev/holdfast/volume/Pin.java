package dev.holdfast.volume;

import java.util.List;

import dev.holdfast.device.Device;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a volume's blocks where they are while I/O to them is in flight: nothing frees,
 * moves or reuses them before it is closed (mapping contract, rule 15). Ranges resolved
 * with it are valid for as long. Closed once, on any thread.
 */
public final class Pin implements AutoCloseable {

	private final VolumeHandle volume;

	private final SegmentMap segments;

	private final @Nullable ChangedChunks changes;

	Pin(VolumeHandle volume, SegmentMap segments, @Nullable ChangedChunks changes) {
		this.volume = volume;
		this.segments = segments;
		this.changes = changes;
	}

	/**
	 * The one way from a range of a volume to ranges of devices, to read them.
	 * @param offset in the volume in bytes
	 * @param length in bytes, at least 1
	 * @return ranges of devices, in the volume's order, together as long
	 * @throws IndexOutOfBoundsException if the range is not inside the volume
	 */
	public List<DeviceRange> resolve(long offset, long length) {
		return this.segments.resolve(offset, length);
	}

	/**
	 * The same for who is about to write, zero or discard the range: where extents are
	 * being moved, that is taken note of.
	 * @see #resolve
	 */
	public List<DeviceRange> resolveToChange(long offset, long length) {
		List<DeviceRange> ranges = resolve(offset, length);
		if (this.changes != null) {
			ranges.forEach(this.changes::mark);
		}
		return ranges;
	}

	/**
	 * Where a range begins.
	 * @param offset in the volume in bytes
	 * @param length in bytes, at least 1
	 * @return the first of {@link #resolve}
	 */
	public DeviceRange first(long offset, long length) {
		return this.segments.first(offset, length);
	}

	/**
	 * Every device that the volume has a part on.
	 * @return each once
	 */
	public List<Device> devices() {
		return this.segments.devices();
	}

	@Override
	public void close() {
		this.volume.unpin();
	}

}
