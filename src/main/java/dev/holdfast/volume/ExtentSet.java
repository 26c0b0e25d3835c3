package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * A set of extents, kept as ranges that never touch each other. Not thread-safe.
 */
final class ExtentSet {

	/** Start to count. */
	private final TreeMap<Integer, Integer> ranges = new TreeMap<>();

	private long count;

	long count() {
		return this.count;
	}

	int rangeCount() {
		return this.ranges.size();
	}

	List<ExtentRange> ranges() {
		List<ExtentRange> list = new ArrayList<>(this.ranges.size());
		this.ranges.forEach((start, length) -> list.add(new ExtentRange(start, length)));
		return list;
	}

	/**
	 * Adds a range of which nothing is in the set.
	 */
	void add(ExtentRange range) {
		int start = range.start();
		int length = range.count();
		Map.Entry<Integer, Integer> before = this.ranges.floorEntry(start);
		if (before != null) {
			int end = before.getKey() + before.getValue();
			requireApart(end <= start, range);
			if (end == start) {
				start = before.getKey();
				length += before.getValue();
			}
		}
		Map.Entry<Integer, Integer> after = this.ranges.ceilingEntry(range.start());
		if (after != null) {
			requireApart(after.getKey() >= range.end(), range);
			if (after.getKey() == range.end()) {
				length += after.getValue();
				this.ranges.remove(after.getKey());
			}
		}
		this.ranges.put(start, length);
		this.count += range.count();
	}

	/**
	 * Takes extents out: from the first range that is long enough, else from as many as
	 * it takes, in ascending order.
	 * @param wanted how many
	 * @return ranges with that many, or with all there are
	 */
	List<ExtentRange> take(int wanted) {
		if (wanted == 0) {
			return List.of();
		}
		for (Map.Entry<Integer, Integer> range : this.ranges.entrySet()) {
			if (range.getValue() >= wanted) {
				return List.of(cut(range.getKey(), range.getValue(), wanted));
			}
		}
		List<ExtentRange> taken = new ArrayList<>();
		int left = wanted;
		while (left > 0 && !this.ranges.isEmpty()) {
			Map.Entry<Integer, Integer> first = this.ranges.firstEntry();
			ExtentRange part = cut(first.getKey(), first.getValue(), Math.min(left, first.getValue()));
			left -= part.count();
			taken.add(part);
		}
		return taken;
	}

	/**
	 * Takes extents out of the first range.
	 * @param most how many
	 * @return {@code null} if the set is empty
	 */
	@Nullable ExtentRange takeFirst(int most) {
		Map.Entry<Integer, Integer> first = this.ranges.firstEntry();
		return (first != null) ? cut(first.getKey(), first.getValue(), Math.min(most, first.getValue())) : null;
	}

	boolean contains(ExtentRange range) {
		Map.Entry<Integer, Integer> before = this.ranges.floorEntry(range.start());
		return before != null && range.end() <= before.getKey() + before.getValue();
	}

	/**
	 * Takes out what of a range is in the set.
	 * @return what that was
	 */
	List<ExtentRange> remove(ExtentRange range) {
		List<ExtentRange> removed = new ArrayList<>();
		for (ExtentRange part : overlapping(range)) {
			int start = Math.max(part.start(), range.start());
			removed.add(new ExtentRange(start, Math.min(part.end(), range.end()) - start));
			this.ranges.remove(part.start());
			this.count -= part.count();
			if (part.start() < range.start()) {
				add(new ExtentRange(part.start(), range.start() - part.start()));
			}
			if (part.end() > range.end()) {
				add(new ExtentRange(range.end(), part.end() - range.end()));
			}
		}
		return removed;
	}

	private List<ExtentRange> overlapping(ExtentRange range) {
		Integer first = this.ranges.floorKey(range.start());
		List<ExtentRange> parts = new ArrayList<>();
		this.ranges.subMap((first != null) ? first : range.start(), range.end()).forEach((start, length) -> {
			if (start + length > range.start()) {
				parts.add(new ExtentRange(start, length));
			}
		});
		return parts;
	}

	private ExtentRange cut(int start, int whole, int length) {
		this.ranges.remove(start);
		if (whole > length) {
			this.ranges.put(start + length, whole - length);
		}
		this.count -= length;
		return new ExtentRange(start, length);
	}

	private static void requireApart(boolean apart, ExtentRange range) {
		if (!apart) {
			throw new IllegalStateException("%s is in the set already".formatted(range));
		}
	}

}
