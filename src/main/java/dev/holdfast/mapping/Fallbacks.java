package dev.holdfast.mapping;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts, by device and reason. Any thread.
 */
final class Fallbacks {

	private final Map<Key, LongAdder> counts = new ConcurrentHashMap<>();

	void count(String device, Reason.Code reason) {
		Key key = new Key(device, reason);
		LongAdder count = this.counts.get(key);
		((count != null) ? count : this.counts.computeIfAbsent(key, (name) -> new LongAdder())).increment();
	}

	Map<Key, Long> snapshot() {
		Map<Key, Long> sums = new TreeMap<>();
		this.counts.forEach((key, count) -> sums.put(key, count.sum()));
		return sums;
	}

	/**
	 * What is counted.
	 *
	 * @param device name of the device
	 * @param reason why
	 */
	public record Key(String device, Reason.Code reason) implements Comparable<Key> {

		@Override
		public int compareTo(Key other) {
			int order = this.device.compareTo(other.device);
			return (order != 0) ? order : this.reason.compareTo(other.reason);
		}

	}

}
