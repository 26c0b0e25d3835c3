package dev.holdfast.device;

import dev.holdfast.engine.IoFailedException;
import org.jspecify.annotations.Nullable;

/**
 * What is found where the two copies of a label are kept.
 *
 * @param label the newest whole one, or {@code null}
 * @param slot where that one is
 * @param magic whether either slot begins like a label
 */
record LabelScan(@Nullable Label label, int slot, boolean magic) {

	/**
	 * Looks at both slots. The second is where the first says; where there is no first,
	 * where it would be on a device of this size.
	 */
	static LabelScan of(DeviceBytes bytes, long deviceSize, int blockSize)
			throws IoFailedException, NewerLabelException, DeviceException {
		Geometry geometry = Geometry.of(deviceSize);
		LabelScan first = slot(bytes, 0, 0, geometry.slotSize(), blockSize);
		Label label = first.label;
		Geometry actual = (label != null) ? label.geometry() : geometry;
		if (actual.deviceSize() > deviceSize) {
			throw new DeviceException(
					"The device has shrunk: its label is for %d bytes and it has %d. Give it back its size"
						.formatted(actual.deviceSize(), deviceSize));
		}
		LabelScan second = slot(bytes, 1, actual.secondSlot(), actual.slotSize(), blockSize);
		return first.or(second);
	}

	private LabelScan or(LabelScan other) throws DeviceException {
		boolean anyMagic = this.magic || other.magic;
		Label mine = this.label;
		Label others = other.label;
		if (mine == null || others == null) {
			LabelScan whole = (mine != null) ? this : other;
			return new LabelScan(whole.label, whole.slot, anyMagic);
		}
		if (!mine.device().equals(others.device())) {
			throw new DeviceException(
					"The device has the labels of two devices (%s and %s): erase the one that does not belong there"
						.formatted(mine.device(), others.device()));
		}
		return (mine.sequence() >= others.sequence()) ? this : other;
	}

	private static LabelScan slot(DeviceBytes bytes, int slot, long offset, long slotSize, int blockSize)
			throws IoFailedException, NewerLabelException {
		byte[] start = bytes.read(offset, blockSize);
		if (!LabelFormat.hasMagic(start)) {
			return new LabelScan(null, slot, false);
		}
		try {
			long length = Math.ceilDiv(LabelDecoder.length(start), (long) blockSize) * blockSize;
			if (length > slotSize) {
				return new LabelScan(null, slot, true);
			}
			byte[] whole = (length > blockSize) ? bytes.read(offset, (int) length) : start;
			return new LabelScan(LabelDecoder.decode(whole), slot, true);
		}
		catch (LabelException ex) {
			return new LabelScan(null, slot, true);
		}
	}

}
