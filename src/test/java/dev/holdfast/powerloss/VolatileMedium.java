package dev.holdfast.powerloss;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * What a device holds, in units that it never tears: of each the durable content and, in
 * order, what was written since. A cut leaves any one of these in each unit. Units that
 * nobody wrote are zero. One thread.
 */
final class VolatileMedium {

	private final int unitSize;

	private final TreeMap<Long, Unit> units = new TreeMap<>();

	/** Units with something that is not durable, in the order they became so. */
	private final Set<Unit> unsettled = new LinkedHashSet<>();

	private long writes;

	VolatileMedium(int unitSize) {
		this.unitSize = unitSize;
	}

	int unitSize() {
		return this.unitSize;
	}

	/**
	 * Writes whole units.
	 * @param answered when, for {@link #flush}
	 * @param durable whether it is so at once; then what was written there before is too
	 * late to matter
	 */
	void write(long offset, byte[] bytes, long answered, boolean durable) {
		long write = this.writes++;
		boolean zero = isZero(bytes);
		for (int done = 0; done < bytes.length; done += this.unitSize) {
			Long number = (offset + done) / this.unitSize;
			Unit unit = this.units.get(number);
			if (unit == null) {
				if (zero) {
					// It is so already, whether this is lost or not.
					continue;
				}
				unit = new Unit();
				this.units.put(number, unit);
			}
			put(unit, new Version(write, answered, bytes, done), durable);
		}
	}

	private static boolean isZero(byte[] bytes) {
		return bytes[0] == 0 && Arrays.mismatch(bytes, 0, bytes.length - 1, bytes, 1, bytes.length) < 0;
	}

	/**
	 * Writes zeroes.
	 */
	void zero(long offset, long length, long answered) {
		long write = this.writes++;
		Version zeroes = new Version(write, answered, null, 0);
		for (Unit unit : this.units.subMap(offset / this.unitSize, (offset + length) / this.unitSize).values()) {
			put(unit, zeroes, false);
		}
	}

	/**
	 * Forgets any part of a range: it reads as zeroes or as before.
	 */
	void discard(long offset, long length, long answered, Random random) {
		long write = this.writes++;
		Version zeroes = new Version(write, answered, null, 0);
		for (Unit unit : this.units.subMap(offset / this.unitSize, (offset + length) / this.unitSize).values()) {
			if (random.nextInt(3) > 0) {
				put(unit, zeroes, false);
			}
		}
	}

	private void put(Unit unit, Version version, boolean durable) {
		if (durable) {
			unit.later.clear();
			unit.durable = version;
			this.unsettled.remove(unit);
		}
		else {
			unit.later.add(version);
			this.unsettled.add(unit);
		}
	}

	/**
	 * Makes durable what was answered before.
	 * @param submitted when the flush was
	 */
	void flush(long submitted) {
		Iterator<Unit> remaining = this.unsettled.iterator();
		while (remaining.hasNext()) {
			Unit unit = remaining.next();
			while (!unit.later.isEmpty() && unit.later.getFirst().answered < submitted) {
				unit.durable = unit.later.removeFirst();
			}
			if (unit.later.isEmpty()) {
				remaining.remove();
			}
		}
	}

	/**
	 * Reads whole units as they were last written, durable or not.
	 */
	void read(long offset, MemorySegment into) {
		into.fill((byte) 0);
		long first = offset / this.unitSize;
		this.units.subMap(first, first + into.byteSize() / this.unitSize).forEach((number, unit) -> {
			Version version = unit.later.isEmpty() ? unit.durable : unit.later.getLast();
			byte[] bytes = version.bytes;
			if (bytes != null) {
				MemorySegment.copy(bytes, version.from, into, ValueLayout.JAVA_BYTE, (number - first) * this.unitSize,
						this.unitSize);
			}
		});
	}

	/**
	 * The power goes. Each write is kept, lost or torn: then each of its units is there
	 * or not. Of several in one unit any may be the one that is left.
	 */
	void cut(Random random) {
		Map<Long, Fate> fates = new HashMap<>();
		for (Unit unit : this.unsettled) {
			List<Version> candidates = new ArrayList<>();
			for (Version version : unit.later) {
				Fate fate = fates.computeIfAbsent(version.write, (write) -> Fate.of(random));
				if (fate == Fate.KEPT || (fate == Fate.TORN && random.nextBoolean())) {
					candidates.add(version);
				}
			}
			if (!candidates.isEmpty()) {
				unit.durable = candidates.get(random.nextInt(candidates.size()));
			}
			unit.later.clear();
		}
		this.unsettled.clear();
	}

	private enum Fate {

		KEPT, LOST, TORN;

		static Fate of(Random random) {
			return switch (random.nextInt(3)) {
				case 0 -> KEPT;
				case 1 -> LOST;
				default -> TORN;
			};
		}

	}

	private static final class Unit {

		private static final Version NEVER_WRITTEN = new Version(-1, -1, null, 0);

		private Version durable = NEVER_WRITTEN;

		private final List<Version> later = new ArrayList<>(2);

	}

	/**
	 * What a unit is to hold.
	 *
	 * @param bytes of the whole write; {@code null} for zeroes
	 * @param from where in them the unit begins
	 */
	@SuppressWarnings("ArrayRecordComponent")
	private record Version(long write, long answered, byte @Nullable [] bytes, int from) {

	}

}
