package dev.holdfast.device;

import java.util.List;

/**
 * The part of a label that changes: who has which extents.
 *
 * @param runs every extent of the device once, ascending
 * @param volumes those with a segment on the device
 */
public record LabelContent(List<ExtentRun> runs, List<VolumeRecord> volumes) {

	public LabelContent {
		runs = List.copyOf(runs);
		volumes = List.copyOf(volumes);
	}

	/**
	 * Room that a label takes on a device with volumes of its own only.
	 * @param runs number of runs
	 * @param recordBytes the volumes' records together
	 * @param blockSize logical block size of the device
	 * @return bytes, whole blocks
	 */
	public static long labelBytes(long runs, long recordBytes, int blockSize) {
		long bytes = LabelFormat.HEADER_SIZE + LabelFormat.UUID_SIZE + runs * LabelFormat.RUN_SIZE + recordBytes;
		return Math.ceilDiv(bytes, blockSize) * blockSize;
	}

	/**
	 * Whether it can take the place of what a label holds.
	 * @param label of the device
	 * @return {@code false} if it is too long
	 */
	public boolean fits(Label label) {
		long recordBytes = this.volumes.stream().mapToLong(VolumeRecord::labelBytes).sum();
		return labelBytes(this.runs.size(), recordBytes, label.blockSize()) <= label.geometry().slotSize();
	}

	static LabelContent empty(Geometry geometry, ExtentState state) {
		return new LabelContent(List.of(new ExtentRun(0, geometry.extentCount(), state)), List.of());
	}

}
