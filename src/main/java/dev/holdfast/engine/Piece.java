package dev.holdfast.engine;

import org.jspecify.annotations.Nullable;

/**
 * A part of an operation that the kernel gets as one request, in a slot with a
 * generation: a completion that carries an older generation is not this piece's. Owned by
 * its loop's thread; a helper thread gets a copy of what it needs.
 */
final class Piece {

	final int slot;

	private int generation;

	IoKind kind = IoKind.READ;

	@Nullable IoOperation operation;

	@Nullable LoopDevice device;

	long offset;

	/** Where the piece begins in its operation. */
	long operationOffset;

	long address;

	/** Slot in the buffer table, or -1 for plain memory. */
	int bufferSlot;

	long length;

	/** Bytes that are in already; a retry asks for the rest. */
	long done;

	boolean durable;

	/** Retries after {@code EINTR} and {@code EAGAIN}. */
	int interruptions;

	@Nullable Piece next;

	Piece(int slot) {
		this.slot = slot;
	}

	LoopDevice device() {
		LoopDevice owner = this.device;
		if (owner == null) {
			throw new IllegalStateException("piece " + this.slot + " is free");
		}
		return owner;
	}

	long userData() {
		return (long) this.generation << 32 | this.slot;
	}

	void free() {
		this.generation = (this.generation + 1) & Integer.MAX_VALUE;
		this.operation = null;
		this.device = null;
		this.done = 0;
		this.interruptions = 0;
		this.durable = false;
		this.bufferSlot = -1;
		this.address = 0;
	}

}
