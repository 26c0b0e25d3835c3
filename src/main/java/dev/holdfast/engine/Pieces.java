package dev.holdfast.engine;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * The slots of one loop: as many pieces as it may have in the kernel. For one thread.
 */
final class Pieces {

	private final Piece[] slots;

	private final int[] free;

	private int freeCount;

	private long strangers;

	Pieces(int count) {
		this.slots = new Piece[count];
		Arrays.setAll(this.slots, Piece::new);
		this.free = new int[count];
		for (int i = 0; i < count; i++) {
			this.free[i] = count - 1 - i;
		}
		this.freeCount = count;
	}

	boolean available() {
		return this.freeCount > 0;
	}

	int inUse() {
		return this.slots.length - this.freeCount;
	}

	Piece take() {
		return this.slots[this.free[--this.freeCount]];
	}

	void give(Piece piece) {
		piece.free();
		this.free[this.freeCount++] = piece.slot;
	}

	/**
	 * The piece that a completion is for.
	 * @return {@code null}, and counts, if the slot has been given back since
	 */
	@Nullable Piece find(long userData) {
		int slot = (int) userData;
		if (slot >= 0 && slot < this.slots.length) {
			Piece piece = this.slots[slot];
			if (piece.operation != null && piece.userData() == userData) {
				return piece;
			}
		}
		this.strangers++;
		return null;
	}

	/**
	 * Completions that belonged to no piece.
	 */
	long strangers() {
		return this.strangers;
	}

	/**
	 * All slots, those in use having an operation.
	 */
	Piece[] all() {
		return this.slots;
	}

}
