package dev.holdfast.device;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Writes to a drive that were answered and that no flush has made durable, by volume. If
 * it has a volatile cache and loses its power it may lose them (mapping contract,
 * Hotplug). Any thread.
 */
public final class UnflushedWrites {

	private final Consumer<UUID> lost;

	/** Since the last flush began. */
	private volatile Map<UUID, LongAdder> current = new ConcurrentHashMap<>();

	/** From before flushes that have not ended. Guarded by this. */
	private final Map<Long, Map<UUID, LongAdder>> sealed = new HashMap<>();

	/** Guarded by this. */
	private long marks;

	/** Of which operators have not been told. Guarded by this. */
	private final Map<UUID, Long> losses = new HashMap<>();

	private final LongAdder total = new LongAdder();

	/**
	 * Nothing yet.
	 * @param lost is told of volumes whose writes may be lost; must not block
	 */
	UnflushedWrites(Consumer<UUID> lost) {
		this.lost = lost;
	}

	/**
	 * A write was answered. At the moment of a flush or a loss it counts on both sides.
	 */
	@SuppressWarnings("ReferenceEquality")
	public void answered(UUID volume) {
		Map<UUID, LongAdder> counted;
		do {
			counted = this.current;
			counted.computeIfAbsent(volume, (key) -> new LongAdder()).increment();
		}
		while (counted != this.current);
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
	 */
	synchronized void lose() {
		mark();
		for (Map<UUID, LongAdder> writes : this.sealed.values()) {
			writes.forEach((volume, count) -> {
				this.lost.accept(volume);
				this.losses.merge(volume, count.sum(), Long::sum);
				this.total.add(count.sum());
			});
		}
		this.sealed.clear();
	}

	/**
	 * What may have been lost since this was asked the last time.
	 * @return writes by volume
	 */
	synchronized Map<UUID, Long> takeLosses() {
		Map<UUID, Long> taken = Map.copyOf(this.losses);
		this.losses.clear();
		return taken;
	}

	/**
	 * Nothing of a volume is on the drive any more.
	 */
	public synchronized void forget(UUID volume) {
		this.current.remove(volume);
		this.sealed.values().forEach((writes) -> writes.remove(volume));
	}

	/**
	 * How many writes may have been lost since the start.
	 */
	public long total() {
		return this.total.sum();
	}

}
