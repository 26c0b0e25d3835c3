package dev.holdfast.powerloss;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * What a volume may be, and may hold. Each sector is full of one number, which says who
 * wrote it: the write, and which sector of the volume it was for. One thread writes at a
 * time.
 */
final class ExpectedVolume {

	/** The least that a device keeps whole, in bytes. */
	static final int SECTOR = 512;

	private static final int SECTOR_BITS = 20;

	private final int blockSize;

	private final Map<Long, ExpectedSector> sectors = new HashMap<>();

	private final Set<ExpectedSector> unsettled = new HashSet<>();

	/** Sizes that it may have instead, since growth to them was not answered. */
	private final Set<Long> otherSizes = new TreeSet<>();

	private long size;

	private Phase phase = Phase.CREATING;

	private @Nullable UUID uuid;

	private boolean seen = true;

	ExpectedVolume(long size) {
		this(size, 4096);
	}

	ExpectedVolume(long size, int blockSize) {
		this.size = size;
		this.blockSize = blockSize;
	}

	long size() {
		return this.size;
	}

	int blockSize() {
		return this.blockSize;
	}

	/**
	 * A growth begins: from now on it may have that size.
	 */
	void growing(long to) {
		this.otherSizes.add(to);
	}

	/**
	 * Whether it may have that size.
	 */
	boolean mayHave(long bytes) {
		return bytes == this.size || this.otherSizes.contains(bytes);
	}

	/**
	 * It has that size, and will.
	 */
	void grown(long to) {
		this.size = to;
		this.otherSizes.clear();
	}

	Phase phase() {
		return this.phase;
	}

	void in(Phase next) {
		this.phase = next;
	}

	/**
	 * It was answered, or found.
	 */
	void live(@Nullable UUID as) {
		this.phase = Phase.LIVE;
		this.uuid = as;
	}

	/**
	 * Identity, once that is known.
	 */
	@Nullable UUID uuid() {
		return this.uuid;
	}

	/**
	 * Whether it has been checked since the last restart.
	 */
	boolean seen() {
		return this.seen;
	}

	void seen(boolean checked) {
		this.seen = checked;
	}

	/**
	 * A write begins: from now on the volume may hold it.
	 * @param stamp number of the write, not 0
	 * @return the bytes to write
	 */
	byte[] write(long offset, int length, long stamp) {
		ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
		for (long at = offset; at < offset + length; at += SECTOR) {
			long value = stamp << SECTOR_BITS | at / SECTOR;
			sector(at).write(value);
			for (int i = 0; i < SECTOR; i += Long.BYTES) {
				bytes.putLong(value);
			}
		}
		return bytes.array();
	}

	/**
	 * Zeroing begins.
	 */
	void zero(long offset, int length) {
		for (long at = offset; at < offset + length; at += SECTOR) {
			sector(at).write(0);
		}
	}

	/**
	 * What was begun last in this range failed, or is a discard: what was there before
	 * may be there still.
	 */
	void doubt(long offset, int length) {
		for (long at = offset; at < offset + length; at += SECTOR) {
			sector(at).doubt();
		}
	}

	private ExpectedSector sector(long at) {
		ExpectedSector sector = this.sectors.computeIfAbsent(at / SECTOR, (number) -> new ExpectedSector());
		this.unsettled.add(sector);
		return sector;
	}

	/**
	 * What was begun last in its range was answered as durable.
	 */
	void settle(long offset, int length) {
		for (long at = offset; at < offset + length; at += SECTOR) {
			ExpectedSector sector = this.sectors.get(at / SECTOR);
			if (sector != null) {
				sector.settle();
				this.unsettled.remove(sector);
			}
		}
	}

	/**
	 * A flush was answered.
	 */
	void settle() {
		this.unsettled.forEach(ExpectedSector::settle);
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
			ExpectedSector sector = this.sectors.get(number);
			boolean expected = (sector == null) ? value == 0
					: sector.isNow(value) || (afterRestart && sector.mayBe(value));
			if (!expected) {
				throw new Violation("%s, sector %d: %s".formatted(what, number, describe(sector, value)));
			}
			if (afterRestart && sector != null) {
				sector.found(value);
				this.unsettled.remove(sector);
			}
		}
	}

	private static String describe(@Nullable ExpectedSector sector, long value) {
		boolean own = sector != null && (value == 0 || sector.hasBeen(value));
		String found = own ? "lost what was durable: found" : "holds old bytes of another:";
		return "%s write %d for sector %d, expected %s".formatted(found, stamp(value), value & ((1 << SECTOR_BITS) - 1),
				(sector == null) ? "zeroes" : sector.describe());
	}

	static long stamp(long value) {
		return value >>> SECTOR_BITS;
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

}
