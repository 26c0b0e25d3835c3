package dev.holdfast.engine;

import java.util.List;

import dev.holdfast.uring.sys.Errno;
import org.jspecify.annotations.Nullable;

/**
 * Turns operations into pieces and results of pieces into answers. On its loop's thread
 * only.
 * <p>
 * An operation is cut into pieces of at most {@link #PIECE}, so that a large one does not
 * keep others waiting; it is answered when all of its pieces are done. A piece that came
 * back short asks for the rest, from the last whole block; one that came back without
 * progress is never simply issued again. After a failure no further piece goes out, those
 * that are out are awaited, and the answer says how much is intact.
 * <p>
 * A passed deadline answers the operation at once and leaves its pieces alone: the kernel
 * still owns the memory and may still write the blocks. Until the last piece has come
 * back the operation is kept in {@link LoopDevice#expired}, and operations that overlap
 * it wait.
 */
final class Dispatcher {

	/** Fairness size in bytes (contract rule 13). */
	static final long PIECE = 1L << 20;

	/** Zeroes and discards are cut into these. */
	static final long EXCLUSIVE_PIECE = 64L << 20;

	private static final int MOST_INTERRUPTIONS = 64;

	private final Pieces pieces;

	private final Answers answers;

	private final OperationQueue due = new OperationQueue();

	/** Pieces that go out again as soon as there is room. */
	private @Nullable Piece restartHead;

	private @Nullable Piece restartTail;

	Dispatcher(Pieces pieces, Answers answers) {
		this.pieces = pieces;
		this.answers = answers;
	}

	Pieces pieces() {
		return this.pieces;
	}

	void accept(IoOperation operation) {
		operation.progress.active = true;
		LoopDevice device = Answers.deviceOf(operation);
		switch (operation.kind) {
			case READ, WRITE -> device.enqueue(operation);
			case FLUSH -> device.flushWaiting.add(operation);
			case ZERO, DISCARD -> device.exclusive.add(operation);
		}
	}

	/**
	 * Sends as much as the device's window, the slots and the backend have room for.
	 */
	void fill(LoopDevice device, Backend backend) {
		restart(backend);
		if (device.flushRunning.isEmpty() && !device.flushWaiting.isEmpty() && room(backend)) {
			startFlush(device, backend);
		}
		while (!device.exclusiveRunning && room(backend)) {
			IoOperation operation = device.exclusive.peek();
			if (operation == null) {
				break;
			}
			if (device.isFenced(operation)) {
				device.exclusive.poll();
				device.fenced.add(operation);
				continue;
			}
			device.exclusiveRunning = true;
			if (startPiece(device, operation, EXCLUSIVE_PIECE, backend)) {
				device.exclusive.poll();
			}
		}
		while (device.running() < device.limits.window() && room(backend)) {
			IoOperation operation = device.turn();
			if (operation == null) {
				break;
			}
			if (device.isFenced(operation)) {
				device.took(true);
				device.fenced.add(operation);
				continue;
			}
			device.starts(operation);
			device.took(startPiece(device, operation, PIECE, backend));
		}
	}

	private boolean room(Backend backend) {
		return this.pieces.available() && backend.room();
	}

	private void startFlush(LoopDevice device, Backend backend) {
		device.flushRunning.addAll(device.flushWaiting);
		IoOperation first = device.flushRunning.peek();
		Piece piece = this.pieces.take();
		piece.kind = IoKind.FLUSH;
		piece.operation = first;
		piece.device = device;
		for (IoOperation flush = first; flush != null; flush = flush.progress.next) {
			flush.dispatchedNanos = this.answers.now();
		}
		backend.start(piece);
	}

	/** Returns whether it was the operation's last piece. */
	private boolean startPiece(LoopDevice device, IoOperation operation, long most, Backend backend) {
		Progress progress = operation.progress;
		if (progress.dispatched == 0) {
			operation.dispatchedNanos = this.answers.now();
		}
		long start = progress.dispatched;
		long length = Math.min(most, operation.length - start);
		Piece piece = this.pieces.take();
		if (operation.buffer instanceof LoopBuffer buffer) {
			long at = operation.bufferOffset + start;
			length = Math.min(length, buffer.contiguous(at));
			piece.bufferSlot = buffer.slotOf(at);
			piece.address = buffer.memory().address() + at;
		}
		piece.kind = operation.kind;
		piece.operation = operation;
		piece.device = device;
		piece.operationOffset = start;
		piece.offset = operation.offset + start;
		piece.length = length;
		piece.durable = operation.fua;
		progress.dispatched += length;
		progress.pieces++;
		backend.start(piece);
		return progress.dispatched == operation.length;
	}

	private void restart(Backend backend) {
		while (this.restartHead != null && backend.room()) {
			Piece piece = this.restartHead;
			this.restartHead = piece.next;
			if (this.restartHead == null) {
				this.restartTail = null;
			}
			piece.next = null;
			again(piece, backend);
		}
	}

	private void again(Piece piece, Backend backend) {
		IoOperation operation = piece.operation;
		if (operation != null && operation.kind != IoKind.FLUSH
				&& (operation.progress.answered || operation.progress.cancelled)) {
			// What was answered or cancelled is never sent again.
			finish(piece, Errno.ECANCELED, false);
			return;
		}
		if (backend.room()) {
			backend.start(piece);
			return;
		}
		piece.next = null;
		if (this.restartTail == null) {
			this.restartHead = piece;
		}
		else {
			this.restartTail.next = piece;
		}
		this.restartTail = piece;
	}

	/**
	 * Takes the result of a piece.
	 * @param result bytes, or a negative errno
	 */
	void completed(long userData, long result, Backend backend) {
		Piece piece = this.pieces.find(userData);
		if (piece == null) {
			return;
		}
		if ((result == -Errno.EINTR || result == -Errno.EAGAIN) && piece.interruptions++ < MOST_INTERRUPTIONS) {
			again(piece, backend);
			return;
		}
		switch (piece.kind) {
			case READ, WRITE -> transferred(piece, result, backend);
			case FLUSH -> flushed(piece, (int) Math.max(-result, 0));
			case ZERO -> zeroed(piece, result, backend);
			case DISCARD -> discarded(piece, result, backend);
		}
	}

	private void transferred(Piece piece, long result, Backend backend) {
		if (result < 0) {
			finish(piece, (int) -result, false);
			return;
		}
		long before = piece.done;
		long done = before + result;
		if (done < piece.length) {
			done -= done % piece.device().blockSize();
		}
		piece.done = done;
		if (done >= piece.length) {
			finish(piece, 0, false);
		}
		else if (done > before) {
			again(piece, backend);
		}
		else {
			finish(piece, Errno.EIO, true);
		}
	}

	private void zeroed(Piece piece, long result, Backend backend) {
		LoopDevice device = piece.device();
		if (result == -Errno.EOPNOTSUPP && !device.zeroByWriting) {
			device.zeroByWriting = true;
			again(piece, backend);
		}
		else if (device.zeroByWriting) {
			transferred(piece, result, backend);
		}
		else {
			piece.done = (result == 0) ? piece.length : 0;
			finish(piece, (int) -result, false);
		}
	}

	private void discarded(Piece piece, long result, Backend backend) {
		LoopDevice device = piece.device();
		if (result < 0 && device.file.blockDevice() && !device.discardByIoctl
				&& (result == -Errno.EOPNOTSUPP || result == -Errno.EINVAL)) {
			device.discardByIoctl = true;
			again(piece, backend);
			return;
		}
		// A device that cannot discard may leave the blocks as they are.
		boolean ignored = result == -Errno.EOPNOTSUPP;
		piece.done = (result == 0 || ignored) ? piece.length : 0;
		finish(piece, ignored ? 0 : (int) -result, false);
	}

	private void flushed(Piece piece, int errno) {
		LoopDevice device = piece.device();
		this.pieces.give(piece);
		for (IoOperation flush = device.flushRunning.poll(); flush != null; flush = device.flushRunning.poll()) {
			if (!flush.progress.answered) {
				this.answers.answer(flush, errno, 0, false);
			}
			this.answers.release(flush);
		}
	}

	private void finish(Piece piece, int errno, boolean noProgress) {
		IoOperation operation = piece.operation;
		LoopDevice device = piece.device();
		if (operation == null) {
			throw new IllegalStateException("piece without an operation");
		}
		if (errno != 0) {
			if (!operation.progress.stopped && operation.progress.dispatched < operation.length) {
				device.withdraw(operation);
			}
			operation.progress.fail(piece.operationOffset + piece.done, errno, noProgress);
		}
		if (piece.kind == IoKind.READ || piece.kind == IoKind.WRITE) {
			device.ends(operation);
		}
		else {
			device.exclusiveRunning = false;
		}
		this.pieces.give(piece);
		operation.progress.pieces--;
		settle(operation);
	}

	private void settle(IoOperation operation) {
		Progress progress = operation.progress;
		if (progress.pieces > 0 || (!progress.stopped && progress.dispatched < operation.length)) {
			return;
		}
		if (!progress.answered) {
			if (progress.failure != 0) {
				this.answers.answer(operation, progress.failure, progress.failedAt, progress.failureNoProgress);
			}
			else {
				this.answers.answer(operation, 0, operation.length, false);
			}
			this.answers.release(operation);
			return;
		}
		LoopDevice device = Answers.deviceOf(operation);
		device.expired.remove(operation);
		this.answers.release(operation);
		readmit(device);
	}

	private void readmit(LoopDevice device) {
		for (IoOperation waiting = device.fenced.poll(); waiting != null; waiting = device.fenced.poll()) {
			accept(waiting);
			if (device.isFenced(waiting)) {
				device.withdraw(waiting);
				this.due.add(waiting);
			}
		}
		device.fenced.addAll(this.due);
	}

	/**
	 * Takes an operation back: what waits is answered, what the kernel has goes on unless
	 * it can be cancelled.
	 */
	void cancel(IoOperation operation, Backend backend) {
		Progress progress = operation.progress;
		if (progress.answered) {
			return;
		}
		progress.cancelled = true;
		boolean waited = Answers.deviceOf(operation).withdraw(operation);
		if (waited) {
			progress.fail(progress.dispatched, Errno.ECANCELED, false);
		}
		for (Piece piece : this.pieces.all()) {
			if (piece.operation == operation && operation.kind != IoKind.FLUSH) {
				backend.cancel(piece);
			}
		}
		if (waited) {
			settle(operation);
		}
	}

	/**
	 * Answers an operation that no loop will take any more.
	 */
	void refuse(IoOperation operation) {
		operation.progress.active = true;
		this.answers.answer(operation, Errno.EIO, 0, false);
		this.answers.release(operation);
	}

	/**
	 * Answers everything when the loop has failed. What the kernel has is not released:
	 * it may still use the memory.
	 */
	void abandon(List<LoopDevice> devices) {
		for (LoopDevice device : devices) {
			for (IoOperation flush = device.flushRunning.poll(); flush != null; flush = device.flushRunning.poll()) {
				if (!flush.progress.answered) {
					this.answers.answer(flush, Errno.EIO, 0, false);
				}
			}
			device.forEachQueue((queue) -> queue.removeIf((operation) -> {
				this.due.add(operation);
				return true;
			}));
		}
		for (IoOperation lost = this.due.poll(); lost != null; lost = this.due.poll()) {
			if (!lost.progress.answered) {
				this.answers.answer(lost, Errno.EIO, 0, false);
			}
			if (lost.progress.pieces == 0) {
				this.answers.release(lost);
			}
		}
		for (Piece piece : this.pieces.all()) {
			IoOperation operation = piece.operation;
			if (operation != null && !operation.progress.answered) {
				this.answers.answer(operation, Errno.EIO, 0, false);
			}
		}
	}

}
