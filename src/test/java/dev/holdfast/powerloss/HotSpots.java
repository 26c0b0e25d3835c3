package dev.holdfast.powerloss;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.holdfast.device.Geometry;

/**
 * The parts of a volume that are written and checked: around where its extents meet,
 * which is also where a transfer is cut into pieces. So volumes may be large and a run is
 * quick all the same.
 */
final class HotSpots {

	static final int BEFORE = 16 << 10;

	static final int AFTER = 32 << 10;

	private static final int LONGEST = 24 << 10;

	private HotSpots() {
	}

	/**
	 * All of them in a volume.
	 */
	static List<Range> of(long size) {
		List<Range> spots = new ArrayList<>();
		for (long seam = 0; seam - BEFORE < size; seam += Geometry.EXTENT_SIZE) {
			long from = Math.max(0, seam - BEFORE);
			spots.add(new Range(from, (int) (Math.min(size, seam + AFTER) - from)));
		}
		return spots;
	}

	/**
	 * Whole sectors somewhere in them.
	 */
	static Range any(long size, Random random) {
		List<Range> spots = of(size);
		Range spot = spots.get(random.nextInt(spots.size()));
		int unit = (random.nextBoolean() || spot.length() < 4096) ? ExpectedVolume.SECTOR : 4096;
		int units = spot.length() / unit;
		int first = random.nextInt(units);
		int length = 1 + random.nextInt(Math.min(units - first, LONGEST / unit));
		return new Range(spot.offset() + (long) first * unit, length * unit);
	}

	/**
	 * A size, mostly of one extent.
	 */
	static long size(Random random) {
		return switch (random.nextInt(8)) {
			case 0 -> Geometry.EXTENT_SIZE;
			case 1 -> 2 * Geometry.EXTENT_SIZE + 4096L * random.nextInt(8);
			case 2, 3 -> Geometry.EXTENT_SIZE + 4096L * (1 + random.nextInt(8));
			default -> 4096L * (1 + random.nextInt(8));
		};
	}

	record Range(long offset, int length) {

	}

}
