package dev.holdfast.powerloss;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a sector of a volume may hold. More than one thing if a write failed or the sector
 * was discarded, and after a restart.
 */
final class ExpectedSector {

	private static final Set<Long> ZERO = Set.of(0L);

	/** One of them is durable. */
	private Set<Long> durable = ZERO;

	/** One of them is read. */
	private Set<Long> now = ZERO;

	private Set<Long> before = ZERO;

	/** Written since, and perhaps durable. */
	private final List<Long> later = new ArrayList<>(2);

	/** What the volume has held here before. */
	private final Set<Long> ever = new HashSet<>();

	void write(long value) {
		this.before = this.now;
		this.now = Set.of(value);
		this.later.add(value);
	}

	void doubt() {
		Set<Long> either = new TreeSet<>(this.before);
		either.addAll(this.now);
		this.now = either;
	}

	boolean isNow(long value) {
		return this.now.contains(value);
	}

	boolean mayBe(long value) {
		return this.durable.contains(value) || this.later.contains(value);
	}

	boolean hasBeen(long value) {
		return this.ever.contains(value);
	}

	void settle() {
		this.ever.addAll(this.durable);
		this.ever.addAll(this.later);
		this.durable = this.now;
		this.later.clear();
	}

	/**
	 * It was read after a restart.
	 */
	void found(long value) {
		this.now = Set.of(value);
		settle();
	}

	String describe() {
		return "write %s or one of %s".formatted(this.durable.stream().map(ExpectedVolume::stamp).toList(),
				this.later.stream().map(ExpectedVolume::stamp).toList());
	}

}
