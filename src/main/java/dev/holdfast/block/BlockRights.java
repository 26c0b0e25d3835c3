package dev.holdfast.block;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.volume.VolumeHandle;

/**
 * Rights to write whole blocks of one volume, for one request.
 *
 * @param ranges who is writing which blocks
 * @param handle of the volume
 * @param options how long to wait
 * @param engine that does what the rights are for
 */
record BlockRights(BlockRanges ranges, VolumeHandle handle, TransferOptions options, IoEngine engine) {

	/**
	 * Waits for whoever is writing parts of these blocks. Other rights to whole blocks
	 * that the caller has must be handed over to the engine already: they go back by
	 * themselves then, and nobody waits in a circle.
	 * @param offset in the volume, where a block begins
	 * @param length in bytes, of whole blocks
	 * @return to be closed
	 * @throws ProblemException {@link Problem#DEADLINE_EXCEEDED}
	 */
	BlockRanges.Grant acquire(long offset, long length) {
		int blockSize = this.handle.volume().blockSize();
		long first = offset / blockSize;
		long last = (offset + length - 1) / blockSize;
		BlockRanges.Grant free = this.ranges.tryAcquire(this.handle.uuid(), first, last, false, false);
		if (free != null) {
			return free;
		}
		this.engine.begin();
		return this.ranges.acquire(this.handle.uuid(), first, last, false, false, this.options.deadline());
	}

}
