package dev.holdfast.powerloss;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What a volume may hold. Each sector is full of one number, which says who wrote it: the
 * write, and which sector of the volume it was for. One thread writes at a time.
 */
final class ExpectedVolume {

	/** The least that a device keeps whole, in bytes. */
	static final int SECTOR = 512;

	private static final int SECTOR_BITS = 20;

	private final long size;

	private final Map<Long, Sector> sectors = new HashMap<>();

	private final Set<Sector> unsettled = new HashSet<>();

	private Phase phase = Phase.CREATING;

	ExpectedVolume(long size) {
		this.size = size;
	}

	long size() {
		return this.size;
	}

	Phase phase() {
		return this.phase;
	}

	void in(Phase next) {
		this.phase = next;
	}

	/**
	 * A write begins: from now on the volume may hold it.
	 * @param stamp number of the write, not 0
	 * @return the bytes to write
	 */
	byte[] write(long offset, int length, long stamp) {
		ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
		for (long at = offset; at < offset + length; at += SECTOR) {
			long number = at / SECTOR;
			long value = stamp << SECTOR_BITS | number;
			Sector sector = this.sectors.computeIfAbsent(number, (n) -> new Sector());
			sector.later.add(value);
			this.unsettled.add(sector);
			for (int i = 0; i < SECTOR; i += Long.BYTES) {
				bytes.putLong(value);
			}
		}
		return bytes.array();
	}

	/**
	 * The write, the last in its range, was answered as durable.
	 */
	void settle(long offset, int length) {
		for (long at = offset; at < offset + length; at += SECTOR) {
			Sector sector = this.sectors.get(at / SECTOR);
			if (sector != null) {
				sector.settle(sector.latest());
				this.unsettled.remove(sector);
			}
		}
	}

	/**
	 * A flush was answered.
	 */
	void settle() {
		this.unsettled.forEach((sector) -> sector.settle(sector.latest()));
		this.unsettled.clear();
	}

	/**
	 * Checks bytes of the volume.
	 * @param afterRestart whether writes that are not known to be durable may be missing;
	 * what is found is durable then
	 */
	void check(String what, long offset, byte[] bytes, boolean afterRestart) {
		LongBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
		int wordsEach = SECTOR / Long.BYTES;
		for (int index = 0; index < words.limit(); index += wordsEach) {
			long number = (offset / SECTOR) + index / wordsEach;
			long value = words.get(index);
			for (int i = 1; i < wordsEach; i++) {
				if (words.get(index + i) != value) {
					throw new Violation("%s, sector %d: torn inside the sector".formatted(what, number));
				}
			}
			Sector sector = this.sectors.get(number);
			boolean expected = (sector == null) ? value == 0
					: value == sector.latest() || (afterRestart && sector.mayBe(value));
			if (!expected) {
				throw new Violation("%s, sector %d: %s".formatted(what, number, describe(sector, value)));
			}
			if (afterRestart && sector != null) {
				sector.settle(value);
				this.unsettled.remove(sector);
			}
		}
	}

	private static String describe(@Nullable Sector sector, long value) {
		boolean own = sector != null && (value == 0 || sector.ever.contains(value));
		String found = own ? "lost what was durable: found" : "holds old bytes of another:";
		return "%s write %d for sector %d, expected %s".formatted(found, value >>> SECTOR_BITS,
				value & ((1 << SECTOR_BITS) - 1), (sector == null) ? "zeroes" : sector.describe());
	}

	/**
	 * Where in its life the volume is.
	 */
	enum Phase {

		/** May be there, whole and zero, or not. */
		CREATING,
		/** Is there. */
		LIVE,
		/** May be there, whole, or not. */
		DELETING

	}

	private static final class Sector {

		private long durable;

		private final List<Long> later = new ArrayList<>(2);

		/** What the volume has held here before. */
		private final Set<Long> ever = new HashSet<>();

		long latest() {
			return this.later.isEmpty() ? this.durable : this.later.getLast();
		}

		boolean mayBe(long value) {
			return value == this.durable || this.later.contains(value);
		}

		void settle(long value) {
			this.ever.add(this.durable);
			this.ever.addAll(this.later);
			this.durable = value;
			this.later.clear();
		}

		String describe() {
			return "write %d or one of %s".formatted(this.durable >>> SECTOR_BITS,
					this.later.stream().map((value) -> value >>> SECTOR_BITS).toList());
		}

	}

}
