package dev.holdfast.block;

import java.util.EnumSet;
import java.util.Set;

import dev.holdfast.engine.IoOperation;
import dev.holdfast.engine.Tier;
import org.jspecify.annotations.Nullable;

/**
 * What the operations of one transfer add up to. One thread.
 */
final class Tally {

	private final Set<Tier> tiers = EnumSet.noneOf(Tier.class);

	private long queueNanos;

	private long deviceNanos;

	private long tookNanos;

	void add(IoOperation operation) {
		this.tiers.add(operation.tier());
		this.queueNanos += operation.queueNanos();
		this.deviceNanos += operation.deviceNanos();
	}

	/**
	 * Operations that went together have ended.
	 * @param longest time of any of them, from its submission to its answer
	 */
	void round(long longest) {
		this.tookNanos += longest;
	}

	/**
	 * How long the rounds took, added up.
	 */
	long tookNanos() {
		return this.tookNanos;
	}

	/**
	 * The lowest tier that was used.
	 * @return its name in the API, or {@code null} if there was nothing
	 */
	@Nullable String lowestTier() {
		return this.tiers.isEmpty() ? null : this.tiers.iterator().next().label();
	}

	Transfer transfer(long bytes) {
		return new Transfer(bytes, this.tiers, this.queueNanos, this.deviceNanos);
	}

}
