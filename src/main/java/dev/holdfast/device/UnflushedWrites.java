package dev.holdfast.device;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Writes that were answered and that no flush has made durable, by volume. If a drive
 * with a volatile cache loses its power it may lose them, and the next flush of each
 * volume has to say so, once (mapping contract, Hotplug). Any thread.
 */
public final class UnflushedWrites {

	/** Since the last flush began. */
	private volatile Map<UUID, LongAdder> current = new ConcurrentHashMap<>();

	/** From before flushes that have not ended. Guarded by this. */
	private final Map<Long, Map<UUID, LongAdder>> sealed = new HashMap<>();

	/** Guarded by this. */
	private long marks;

	private final Set<UUID> lost = ConcurrentHashMap.newKeySet();

	private final LongAdder total = new LongAdder();

	/**
	 * A write was answered.
	 */
	public void answered(UUID volume) {
		this.current.computeIfAbsent(volume, (key) -> new LongAdder()).increment();
	}

	/**
	 * A flush is about to begin.
	 * @return names what was answered before
	 */
	public synchronized long mark() {
		this.marks++;
		this.sealed.put(this.marks, this.current);
		this.current = new ConcurrentHashMap<>();
		return this.marks;
	}

	/**
	 * A flush has succeeded.
	 * @param mark from before it
	 */
	public synchronized void flushed(long mark) {
		this.sealed.keySet().removeIf((other) -> other <= mark);
	}

	/**
	 * The drive has gone, with what was not flushed. Counting starts again.
	 * @return how many writes of each volume may be lost; empty if none
	 */
	synchronized Map<UUID, Long> lose() {
		Map<UUID, Long> losses = new HashMap<>();
		mark();
		this.sealed.values()
			.forEach((writes) -> writes.forEach((volume, count) -> losses.merge(volume, count.sum(), Long::sum)));
		this.sealed.clear();
		this.lost.addAll(losses.keySet());
		losses.values().forEach(this.total::add);
		return losses;
	}

	/**
	 * Everything is durable.
	 */
	synchronized void forget() {
		this.sealed.clear();
		this.current = new ConcurrentHashMap<>();
	}

	/**
	 * Whether writes of a volume may be lost of which no flush has told yet. After this
	 * it has been told.
	 */
	public boolean tell(UUID volume) {
		return !this.lost.isEmpty() && this.lost.remove(volume);
	}

	/**
	 * How many writes may have been lost since the start.
	 */
	public long total() {
		return this.total.sum();
	}

}
