package dev.holdfast.block;

import java.util.Objects;

import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.buffer.BufferKey;
import dev.holdfast.buffer.Buffers;
import dev.holdfast.buffer.Region;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.mapping.Mappings;
import dev.holdfast.volume.Volume;
import dev.holdfast.volume.VolumeHandle;
import org.jspecify.annotations.Nullable;

/**
 * Takes what the operations of one batch need. One thread.
 */
final class BatchSteps {

	private final BlockService blocks;

	private final Buffers buffers;

	private final Mappings mappings;

	private final VolumeHandle handle;

	private final TransferOptions options;

	/** Of all of them, if they go together. */
	private final @Nullable Countdown countdown;

	private final BlockRights rights;

	private final RatePass pass;

	/** Memory needs no more than what the devices' own blocks need. */
	private final int alignment;

	BatchSteps(BlockService blocks, Buffers buffers, Mappings mappings, VolumeHandle handle, TransferOptions options,
			@Nullable Countdown countdown, RatePass pass) {
		this.blocks = blocks;
		this.buffers = buffers;
		this.mappings = mappings;
		this.handle = handle;
		this.options = options;
		this.countdown = countdown;
		this.pass = pass;
		this.rights = blocks.rights(handle, options);
		this.alignment = handle.devices().stream().mapToInt((device) -> device.io().blockSize()).max().orElse(1);
	}

	/**
	 * Makes a step of an operation.
	 * @return to be closed; it has its region of memory
	 * @throws ProblemException if it cannot be done as it is, or not now
	 */
	BatchStep of(BatchOperation operation) {
		if (operation.kind() == BatchOperation.Kind.FLUSH) {
			return new FlushStep(dispatch(null));
		}
		requireBlocks(operation);
		return operation.kind().names() ? new TransferStep(operation, dispatch(region(operation)), this.rights)
				: new ClearingStep(operation, new BlockClearing(this.rights, () -> dispatch(null), this.pass),
						() -> dispatch(null));
	}

	private void requireBlocks(BatchOperation operation) {
		Volume volume = this.handle.volume();
		BlockService.requireInside(volume, operation.offset(), operation.length());
		if (operation.length() == 0 || (operation.offset() | operation.length()) % volume.blockSize() != 0) {
			throw new ProblemException(Problem.UNALIGNED_RANGE,
					"Offset and length have to be multiples of the volume's block size, %d, and length not 0"
						.formatted(volume.blockSize()));
		}
	}

	private IoMemory region(BatchOperation operation) {
		String tenant = this.handle.volume().key().tenant();
		String name = Objects.requireNonNull(operation.buffer(), "a read or write names a buffer");
		requireAligned(operation.bufferOffset());
		BufferHandle buffer = this.buffers.open(new BufferKey(tenant, name));
		boolean changes = operation.kind() == BatchOperation.Kind.READ;
		Region region = buffer.take(operation.bufferOffset(), operation.length(), changes);
		return new IoMemory(region, this.mappings.route(buffer, this.handle));
	}

	private void requireAligned(long bufferOffset) {
		if (bufferOffset % this.alignment != 0) {
			throw new ProblemException(Problem.UNALIGNED_RANGE,
					"bufferOffset has to be a multiple of %d for the devices of this volume".formatted(this.alignment));
		}
	}

	private Dispatch dispatch(@Nullable IoMemory memory) {
		return this.blocks.dispatch(this.handle, this.options, memory).counted(this.countdown);
	}

}
