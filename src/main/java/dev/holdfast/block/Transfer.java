package dev.holdfast.block;

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

	/**
	 * The tiers by their names in the API.
	 * @return in no particular order, each once
	 */
	public List<String> tierLabels() {
		return this.tiers.stream().map(Tier::label).toList();
	}

}
