package dev.holdfast.block;

import java.util.function.Supplier;

import dev.holdfast.volume.VolumeHandle;

/**
 * Zeroing or discarding whole blocks of a volume, a piece at a time: others get their
 * turn in between, and a delete does not wait for more than one.
 */
final class BlockClearing {

	/** Bytes: what the device is busy with at a time. */
	private static final long PIECE = 64L << 20;

	private final BlockRanges ranges;

	private final VolumeHandle handle;

	private final TransferOptions options;

	private final Supplier<Dispatch> dispatches;

	BlockClearing(BlockRanges ranges, VolumeHandle handle, TransferOptions options, Supplier<Dispatch> dispatches) {
		this.ranges = ranges;
		this.handle = handle;
		this.options = options;
		this.dispatches = dispatches;
	}

	/**
	 * Clears blocks.
	 * @param from first byte, where a block begins
	 * @param to one behind the last byte, where a block ends
	 * @param start starts it for a piece
	 */
	void run(long from, long to, Start start) {
		int blockSize = this.handle.volume().blockSize();
		for (long at = from; at < to; at += PIECE) {
			long length = Math.min(PIECE, to - at);
			try (Dispatch piece = this.dispatches.get()) {
				piece.holds(this.ranges.acquire(this.handle.uuid(), at / blockSize, (at + length - 1) / blockSize,
						false, false, this.options.deadline()));
				start.on(piece, at, length);
				piece.noMore();
				piece.await(new Tally());
			}
			catch (IncompleteException ex) {
				throw ex.problem();
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
