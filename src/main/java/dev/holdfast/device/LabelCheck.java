package dev.holdfast.device;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Whether a label with a right checksum also makes sense: every extent is in one run, the
 * areas do not overlap, and the segments of the volumes are the used runs.
 */
final class LabelCheck {

	private LabelCheck() {
	}

	static void consistent(Label label) throws LabelException {
		geometry(label.geometry(), label.blockSize());
		int next = 0;
		for (ExtentRun run : label.content().runs()) {
			boolean owned = run.state() == ExtentState.USED;
			boolean known = run.volume() >= 0 && run.volume() < label.content().volumes().size();
			if (run.start() != next || run.count() <= 0 || (owned && !known)) {
				throw new LabelException("extent run " + run);
			}
			next = Math.addExact(run.start(), run.count());
		}
		if (next != label.geometry().extentCount()) {
			throw new LabelException("runs of %d extents of %d".formatted(next, label.geometry().extentCount()));
		}
		if (!owned(label.content()).equals(claimed(label))) {
			throw new LabelException("segments of volumes are not the used extents");
		}
	}

	private static void geometry(Geometry geometry, int blockSize) throws LabelException {
		boolean ordered = geometry.slotSize() > 0 && geometry.dataOffset() >= geometry.slotSize()
				&& geometry.extentCount() > 0 && geometry.offsetOf(geometry.extentCount()) <= geometry.secondSlot()
				&& geometry.secondSlot() + geometry.slotSize() <= geometry.deviceSize();
		if (!ordered || blockSize < 512 || Integer.bitCount(blockSize) != 1
				|| (geometry.dataOffset() | geometry.secondSlot() | geometry.slotSize()) % blockSize != 0) {
			throw new LabelException("geometry " + geometry);
		}
	}

	private static List<ExtentRun> owned(LabelContent content) {
		return joined(content.runs().stream().filter((run) -> run.state() == ExtentState.USED).toList());
	}

	private static List<ExtentRun> claimed(Label label) throws LabelException {
		List<ExtentRun> claims = new ArrayList<>();
		List<VolumeRecord> volumes = label.content().volumes();
		for (int i = 0; i < volumes.size(); i++) {
			VolumeRecord volume = volumes.get(i);
			long extents = 0;
			for (Segment segment : volume.segments()) {
				if (segment.count() <= 0 || segment.start() < 0) {
					throw new LabelException("segment " + segment);
				}
				extents += segment.count();
				if (segment.device().equals(label.device())) {
					claims.add(new ExtentRun(segment.start(), segment.count(), ExtentState.USED, i));
				}
			}
			if (volume.sizeBytes() <= 0 || volume.sizeBytes() > extents * Geometry.EXTENT_SIZE) {
				throw new LabelException("size of volume " + volume.uuid());
			}
		}
		claims.sort(Comparator.comparingInt(ExtentRun::start));
		return joined(claims);
	}

	private static List<ExtentRun> joined(List<ExtentRun> runs) {
		List<ExtentRun> joined = new ArrayList<>();
		for (ExtentRun run : runs) {
			ExtentRun last = joined.isEmpty() ? null : joined.getLast();
			if (last != null && last.end() == run.start() && last.volume() == run.volume()) {
				joined.set(joined.size() - 1,
						new ExtentRun(last.start(), last.count() + run.count(), last.state(), last.volume()));
			}
			else {
				joined.add(run);
			}
		}
		return joined;
	}

}
