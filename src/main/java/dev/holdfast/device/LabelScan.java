package dev.holdfast.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

import dev.holdfast.contract.Problem;
import dev.holdfast.engine.IoFailedException;
import org.jspecify.annotations.Nullable;

/**
 * What is found where the two copies of a label are kept.
 *
 * @param label the newest whole one, or {@code null}
 * @param slot where that one is
 * @param magic whether either slot begins like a label
 * @param both whether both are whole
 */
record LabelScan(@Nullable Label label, int slot, boolean magic, boolean both) {

	/**
	 * Looks at both slots. The second is where the first says; where there is no first,
	 * where it would be on a device of this size.
	 */
	static LabelScan of(DeviceBytes bytes, long deviceSize, int blockSize)
			throws IoFailedException, NewerLabelException, DeviceException {
		Geometry geometry = Geometry.of(deviceSize);
		LabelScan first = slot(bytes, 0, 0, geometry.slotSize(), blockSize);
		Label label = first.label;
		if (label != null) {
			requireSize(label.geometry(), deviceSize);
			return first.or(slot(bytes, 1, label.geometry().secondSlot(), label.geometry().slotSize(), blockSize));
		}
		LabelScan second = slot(bytes, 1, geometry.secondSlot(), geometry.slotSize(), blockSize);
		if (first.magic && second.label == null) {
			// Torn. But what the header says of the layout never changes, so it leads to
			// the other copy on a device that has grown.
			second = slotNamedBy(bytes, deviceSize, blockSize).orElse(second);
		}
		Label found = second.label;
		if (found != null) {
			requireSize(found.geometry(), deviceSize);
		}
		return first.or(second);
	}

	private static void requireSize(Geometry geometry, long deviceSize) throws DeviceException {
		if (geometry.deviceSize() > deviceSize) {
			throw new DeviceException(Problem.NOT_SUPPORTED,
					"it has shrunk: its label is for %d bytes and it has %d. Give it back its size"
						.formatted(geometry.deviceSize(), deviceSize));
		}
	}

	private static Optional<LabelScan> slotNamedBy(DeviceBytes bytes, long deviceSize, int blockSize)
			throws IoFailedException, NewerLabelException {
		ByteBuffer header = ByteBuffer.wrap(bytes.read(0, blockSize)).order(ByteOrder.LITTLE_ENDIAN);
		long offset = header.getLong(LabelFormat.SECOND_SLOT);
		long size = header.getLong(LabelFormat.SLOT_SIZE);
		boolean inside = size > 0 && offset >= size && offset <= deviceSize - size;
		if (!inside || offset % blockSize != 0) {
			return Optional.empty();
		}
		return Optional.of(slot(bytes, 1, offset, size, blockSize));
	}

	private LabelScan or(LabelScan other) throws DeviceException {
		boolean anyMagic = this.magic || other.magic;
		Label mine = this.label;
		Label others = other.label;
		if (mine == null || others == null) {
			LabelScan whole = (mine != null) ? this : other;
			return new LabelScan(whole.label, whole.slot, anyMagic, false);
		}
		if (!mine.device().equals(others.device())) {
			throw new DeviceException(Problem.FOREIGN_SIGNATURE,
					"it has the labels of two devices (%s and %s): erase the one that does not belong there"
						.formatted(mine.device(), others.device()));
		}
		LabelScan newest = (mine.sequence() >= others.sequence()) ? this : other;
		return new LabelScan(newest.label, newest.slot, true, true);
	}

	private static LabelScan slot(DeviceBytes bytes, int slot, long offset, long slotSize, int blockSize)
			throws IoFailedException, NewerLabelException {
		byte[] start = bytes.read(offset, blockSize);
		if (!LabelFormat.hasMagic(start)) {
			return new LabelScan(null, slot, false, false);
		}
		try {
			long length = Math.ceilDiv(LabelDecoder.length(start), (long) blockSize) * blockSize;
			if (length > slotSize) {
				return new LabelScan(null, slot, true, false);
			}
			byte[] whole = (length > blockSize) ? bytes.read(offset, (int) length) : start;
			return new LabelScan(LabelDecoder.decode(whole), slot, true, false);
		}
		catch (LabelException ex) {
			return new LabelScan(null, slot, true, false);
		}
	}

}
