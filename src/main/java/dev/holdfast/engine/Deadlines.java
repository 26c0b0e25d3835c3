package dev.holdfast.engine;

import java.util.List;

import dev.holdfast.uring.sys.Errno;

/**
 * Ends the wait of operations whose deadline has passed, wherever they are: what only
 * waited is released too, what the kernel has stays with its device as
 * {@link LoopDevice#expired} until it comes back. On the loop's thread.
 */
final class Deadlines {

	private static final long NEVER = Long.MAX_VALUE;

	private final Pieces pieces;

	private final Answers answers;

	private final OperationQueue due = new OperationQueue();

	Deadlines(Pieces pieces, Answers answers) {
		this.pieces = pieces;
		this.answers = answers;
	}

	/**
	 * Answers what has passed its deadline.
	 * @return the earliest deadline of what is left
	 */
	long expire(List<LoopDevice> devices, long time) {
		long[] earliest = { NEVER };
		for (LoopDevice device : devices) {
			device.forEachQueue((queue) -> queue.removeIf((operation) -> {
				boolean late = !operation.progress.answered && isLate(operation, time, earliest);
				if (late && queue != device.flushRunning) {
					this.due.add(operation);
					return true;
				}
				return false;
			}));
		}
		for (IoOperation late = this.due.poll(); late != null; late = this.due.poll()) {
			late.progress.stopped = true;
			this.answers.answer(late, Errno.ETIMEDOUT, 0, false);
			if (late.progress.pieces == 0) {
				this.answers.release(late);
			}
			else {
				Answers.deviceOf(late).expired.add(late);
			}
		}
		for (Piece piece : this.pieces.all()) {
			IoOperation operation = piece.operation;
			if (operation != null && !operation.progress.answered && isLate(operation, time, earliest)) {
				operation.progress.stopped = true;
				this.answers.answer(operation, Errno.ETIMEDOUT, 0, false);
				if (operation.kind != IoKind.FLUSH) {
					Answers.deviceOf(operation).expired.add(operation);
				}
			}
		}
		for (LoopDevice device : devices) {
			expireFlushes(device, time);
		}
		return earliest[0];
	}

	private void expireFlushes(LoopDevice device, long time) {
		for (IoOperation flush = device.flushRunning.peek(); flush != null; flush = flush.progress.next) {
			if (!flush.progress.answered && flush.deadlineNanos <= time) {
				this.answers.answer(flush, Errno.ETIMEDOUT, 0, false);
			}
		}
	}

	private static boolean isLate(IoOperation operation, long time, long[] earliest) {
		if (operation.deadlineNanos <= time) {
			return true;
		}
		earliest[0] = Math.min(earliest[0], operation.deadlineNanos);
		return false;
	}

}
