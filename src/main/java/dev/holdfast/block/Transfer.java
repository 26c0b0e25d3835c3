package dev.holdfast.block;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.holdfast.engine.Tier;

/**
 * What a transfer did.
 *
 * @param bytes moved
 * @param tiers that were used
 * @param queueNanos time that its operations waited before the device had them, added up
 * @param deviceNanos time that its operations were with the device, added up
 */
public record Transfer(long bytes, Set<Tier> tiers, long queueNanos, long deviceNanos) {

	/** One that moved no bytes. */
	public static final Transfer NOTHING = new Transfer(0, Set.of(), 0, 0);

	/**
	 * Both together.
	 * @param other done after this one
	 * @return their sums
	 */
	public Transfer plus(Transfer other) {
		Set<Tier> both = new HashSet<>(this.tiers);
		both.addAll(other.tiers);
		return new Transfer(this.bytes + other.bytes, both, this.queueNanos + other.queueNanos,
				this.deviceNanos + other.deviceNanos);
	}

	/**
	 * The tiers by their names in the API.
	 * @return in no particular order, each once
	 */
	public List<String> tierLabels() {
		return this.tiers.stream().map(Tier::label).toList();
	}

}
