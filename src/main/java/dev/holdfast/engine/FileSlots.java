package dev.holdfast.engine;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The slots of the loops' file tables. May be used by any thread.
 */
final class FileSlots {

	private final List<BitSet> taken = new ArrayList<>();

	private final int size;

	FileSlots(int loops, int size) {
		this.size = size;
		for (int i = 0; i < loops; i++) {
			this.taken.add(new BitSet());
		}
	}

	/**
	 * Takes a slot of the loop with the fewest devices.
	 * @throws IllegalStateException if all are taken
	 */
	synchronized Slot take() {
		int fewest = 0;
		for (int i = 1; i < this.taken.size(); i++) {
			if (this.taken.get(i).cardinality() < this.taken.get(fewest).cardinality()) {
				fewest = i;
			}
		}
		int number = this.taken.get(fewest).nextClearBit(0);
		if (number >= this.size) {
			throw new IllegalStateException("an engine of this size serves " + this.size + " devices a loop");
		}
		this.taken.get(fewest).set(number);
		return new Slot(fewest, number);
	}

	synchronized void give(Slot slot) {
		this.taken.get(slot.loop()).clear(slot.number());
	}

	record Slot(int loop, int number) {

	}

}
