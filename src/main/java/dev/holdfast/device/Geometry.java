package dev.holdfast.device;

import dev.holdfast.contract.Problem;

/**
 * Where things are on a device: a label slot, the extents, the other label slot. All in
 * bytes, all from the start of the device. The first slot is at 0.
 *
 * @param deviceSize size that the label was made for
 * @param slotSize room for each of the two copies of the label, whole MiB
 * @param secondSlot where the second copy is
 * @param dataOffset where extent 0 is
 * @param extentCount extents between the two slots
 */
public record Geometry(long deviceSize, long slotSize, long secondSlot, long dataOffset, int extentCount) {

	/** Bytes of an extent. */
	public static final long EXTENT_SIZE = 4L << 20;

	private static final long MEBIBYTE = 1L << 20;

	private static final long SMALLEST = 2 * MEBIBYTE + EXTENT_SIZE;

	private static final long RUN_ROOM = 16;

	private static final long RECORD_ROOM = 256;

	private static final long RECORDS = 16_384;

	/**
	 * Lays out a device: 16 bytes a slot for each extent, and 256 for the record of each
	 * of up to 16,384 volumes.
	 * @param deviceSize in bytes
	 * @return the layout
	 * @throws DeviceException if there is no room for an extent
	 */
	public static Geometry of(long deviceSize) throws DeviceException {
		if (deviceSize == 0) {
			throw new DeviceException(Problem.NOT_SUPPORTED,
					"it has no bytes: there is no medium in it, or the file is empty");
		}
		if (deviceSize < SMALLEST) {
			throw new DeviceException(Problem.NOT_SUPPORTED,
					"its %d bytes are too few: the smallest device has %d".formatted(deviceSize, SMALLEST));
		}
		long most = deviceSize / EXTENT_SIZE;
		if (most > Integer.MAX_VALUE) {
			throw new DeviceException(Problem.NOT_SUPPORTED, "its %d bytes are too many: the largest device has %d"
				.formatted(deviceSize, Integer.MAX_VALUE * EXTENT_SIZE));
		}
		long room = LabelFormat.HEADER_SIZE + most * RUN_ROOM + Math.min(most, RECORDS) * RECORD_ROOM;
		long slotSize = Math.ceilDiv(room, MEBIBYTE) * MEBIBYTE;
		long secondSlot = deviceSize / MEBIBYTE * MEBIBYTE - slotSize;
		return new Geometry(deviceSize, slotSize, secondSlot, slotSize, (int) ((secondSlot - slotSize) / EXTENT_SIZE));
	}

	/**
	 * Where an extent is.
	 * @param extent its number
	 * @return offset on the device in bytes
	 */
	public long offsetOf(int extent) {
		return this.dataOffset + extent * EXTENT_SIZE;
	}

	/**
	 * Where a copy of the label is.
	 * @param slot 0 or 1
	 * @return offset on the device in bytes
	 */
	long slotOffset(int slot) {
		return (slot == 0) ? 0 : this.secondSlot;
	}

	/**
	 * Bytes that volumes can be made of.
	 * @return a multiple of the extent size
	 */
	public long capacity() {
		return this.extentCount * EXTENT_SIZE;
	}

}
