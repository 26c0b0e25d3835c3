package dev.holdfast.block;

import java.util.function.Supplier;

/**
 * Zeroing or discarding whole blocks of a volume, a piece at a time: others get their
 * turn in between, and a delete does not wait for more than one.
 */
final class BlockClearing {

	/** Bytes: what the device is busy with at a time. */
	static final long PIECE = 64L << 20;

	private final BlockRights rights;

	private final Supplier<Dispatch> dispatches;

	private final RatePass pass;

	BlockClearing(BlockRights rights, Supplier<Dispatch> dispatches, RatePass pass) {
		this.pass = pass;
		this.rights = rights;
		this.dispatches = dispatches;
	}

	/**
	 * Clears blocks.
	 * @param from first byte, where a block begins
	 * @param to one behind the last byte, where a block ends
	 * @param start starts it for a piece
	 * @param tally to add it to
	 */
	void run(long from, long to, Start start, Tally tally) throws IncompleteException {
		for (long at = from; at < to; at += PIECE) {
			this.pass.next();
			try (Dispatch piece = begin(at, to, start)) {
				piece.await(tally);
			}
		}
	}

	/**
	 * Starts with the first piece.
	 * @return to be awaited and closed
	 */
	Dispatch begin(long from, long to, Start start) {
		long length = Math.min(PIECE, to - from);
		Dispatch piece = this.dispatches.get();
		boolean started = false;
		try {
			piece.holds(this.rights.acquire(from, length));
			start.on(piece, from, length);
			piece.noMore();
			started = true;
			return piece;
		}
		finally {
			if (!started) {
				piece.close();
			}
		}
	}

	/**
	 * Starts what is to be done.
	 */
	@FunctionalInterface
	interface Start {

		void on(Dispatch piece, long offset, long length);

	}

}
