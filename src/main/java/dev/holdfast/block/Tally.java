package dev.holdfast.block;

import java.util.EnumSet;
import java.util.Set;

import dev.holdfast.engine.IoOperation;
import dev.holdfast.engine.Tier;

/**
 * What the operations of one transfer add up to. One thread.
 */
final class Tally {

	private final Set<Tier> tiers = EnumSet.noneOf(Tier.class);

	private long queueNanos;

	private long deviceNanos;

	void add(IoOperation operation) {
		this.tiers.add(operation.tier());
		this.queueNanos += operation.queueNanos();
		this.deviceNanos += operation.deviceNanos();
	}

	Transfer transfer(long bytes) {
		return new Transfer(bytes, this.tiers, this.queueNanos, this.deviceNanos);
	}

}
