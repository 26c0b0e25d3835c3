package dev.holdfast.block;

import java.util.ArrayList;
import java.util.List;

import dev.holdfast.buffer.Buffers;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.mapping.Mappings;
import dev.holdfast.volume.VolumeHandle;
import dev.holdfast.volume.VolumeKey;
import org.jspecify.annotations.Nullable;

/**
 * Operations by reference, many in one request: they name regions of the tenant's
 * buffers, and no byte of theirs comes through this process. Each ends for itself: what
 * is wrong with one is its result and leaves the others alone. Any thread, which may be
 * virtual and is the only one for all operations of its batch.
 */
public final class Batches {

	private final BlockService blocks;

	private final Buffers buffers;

	private final Mappings mappings;

	public Batches(BlockService blocks, Buffers buffers, Mappings mappings) {
		this.blocks = blocks;
		this.buffers = buffers;
		this.mappings = mappings;
	}

	/**
	 * Does all operations at once. Regions of memory are taken for all of them before the
	 * first begins: of two that conflict it is always the later that is refused (mapping
	 * contract, rule 14).
	 * @param key of the volume
	 * @param operations in any order
	 * @param options for each of them; {@code fua} is that of the operation
	 * @return their results, in the same order
	 * @throws ProblemException {@link Problem#NOT_FOUND}, {@link Problem#DEVICE_LOST},
	 * {@link Problem#LEASE_LOST}, {@link Problem#RATE_LIMITED}: none was begun
	 */
	public List<BatchResult> atOnce(VolumeKey key, List<BatchOperation> operations, TransferOptions options) {
		VolumeHandle handle = this.blocks.open(key, options);
		Countdown countdown = this.blocks.countdown();
		RatePass pass = admit(handle, options);
		BatchSteps steps = steps(handle, options, countdown, pass);
		List<BatchRun> runs = new ArrayList<>(operations.size());
		try {
			for (BatchOperation operation : operations) {
				runs.add(new BatchRun(() -> steps.of(operation)));
			}
			takeOff(runs, operations, pass);
			runs.forEach(BatchRun::start);
			countdown.await();
			List<BatchResult> results = new ArrayList<>(operations.size());
			runs.forEach((run) -> results.add(run.finish()));
			return results;
		}
		finally {
			countdown.begin();
			runs.forEach(BatchRun::close);
		}
	}

	/**
	 * Does one operation after the other, up to the first that fails. The rest is not
	 * attempted.
	 * @param key of the volume
	 * @param operations in their order
	 * @param options for each of them; {@code fua} is that of the operation
	 * @return their results, in the same order
	 * @throws ProblemException as above
	 */
	public List<BatchResult> inTurn(VolumeKey key, List<BatchOperation> operations, TransferOptions options) {
		VolumeHandle handle = this.blocks.open(key, options);
		RatePass pass = admit(handle, options);
		BatchSteps steps = steps(handle, options, null, pass);
		List<BatchResult> results = new ArrayList<>(operations.size());
		boolean stopped = false;
		for (BatchOperation operation : operations) {
			BatchResult result = stopped ? BatchResult.NOT_ATTEMPTED : one(steps, operation, pass);
			results.add(result);
			stopped = !result.succeeded();
		}
		return results;
	}

	private static BatchResult one(BatchSteps steps, BatchOperation operation, RatePass pass) {
		try (BatchRun run = new BatchRun(() -> {
			pass.next();
			pass.moves(moved(operation));
			return steps.of(operation);
		})) {
			run.start();
			return run.finish();
		}
	}

	/** What is refused already costs nothing. */
	private static void takeOff(List<BatchRun> runs, List<BatchOperation> operations, RatePass pass) {
		long count = 0;
		long bytes = 0;
		for (int i = 0; i < runs.size(); i++) {
			if (runs.get(i).ready()) {
				long moved = moved(operations.get(i));
				count += RatePass.operations(moved);
				bytes += moved;
			}
		}
		pass.next();
		pass.moves(count, bytes);
	}

	private static long moved(BatchOperation operation) {
		return operation.kind().names() ? operation.length() : 0;
	}

	private RatePass admit(VolumeHandle handle, TransferOptions options) {
		return this.blocks.rates().admit(handle.volume().key().tenant(), options.caller());
	}

	private BatchSteps steps(VolumeHandle handle, TransferOptions options, @Nullable Countdown countdown,
			RatePass pass) {
		return new BatchSteps(this.blocks, this.buffers, this.mappings, handle, options, countdown, pass);
	}

}
