package dev.holdfast.block;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;

import dev.holdfast.buffer.Lease;
import dev.holdfast.contract.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * One read: while a piece is passed on, the next two are on their way. Memory beyond the
 * first piece is taken only if there is some at once, so that streams which hold some do
 * not wait for each other.
 */
final class ReadStream {

	private static final int WINDOW = 3;

	private final Memory memory;

	private final Chunks chunks;

	private final Function<Lease, Dispatch> dispatches;

	private final RatePass pass;

	private final Tally tally = new Tally();

	private final Deque<Piece> flying = new ArrayDeque<>(WINDOW + 1);

	private long next;

	private boolean turn;

	ReadStream(Memory memory, int blockSize, Function<Lease, Dispatch> dispatches, RatePass pass) {
		this.pass = pass;
		this.memory = memory;
		this.chunks = new Chunks(blockSize);
		this.dispatches = dispatches;
	}

	Transfer run(long offset, long length, ByteSink sink) throws IOException {
		long end = offset + length;
		this.next = offset;
		try {
			while (this.next < end || !this.flying.isEmpty()) {
				ahead(end);
				Piece piece = this.flying.remove();
				try (Dispatch dispatch = piece.dispatch) {
					await(dispatch, piece.offset - offset);
					sink.accept(piece.lease.bytes(piece.offset - this.chunks.floor(piece.offset), piece.length)
						.asReadOnlyBuffer());
				}
			}
		}
		finally {
			this.flying.forEach((piece) -> piece.dispatch.close());
		}
		return this.tally.transfer(length);
	}

	private void ahead(long end) {
		while (this.next < end && this.flying.size() < WINDOW) {
			int length = this.chunks.first(this.next, end - this.next, this.memory.portion());
			int span = this.chunks.span(this.next, length);
			Lease lease = turn() ? lease(span) : null;
			if (lease == null) {
				return;
			}
			this.turn = false;
			this.pass.moves(length);
			Dispatch dispatch = this.dispatches.apply(lease);
			this.flying.add(new Piece(lease, dispatch, this.next, length));
			dispatch.read(this.chunks.floor(this.next), span, 0);
			dispatch.noMore();
			this.next += length;
		}
	}

	/**
	 * Waits for its turn only while it holds nothing. A turn that there was no memory for
	 * is kept.
	 */
	private boolean turn() {
		if (!this.turn && this.flying.isEmpty()) {
			this.pass.next();
			this.turn = true;
		}
		this.turn = this.turn || this.pass.tryNext();
		return this.turn;
	}

	private @Nullable Lease lease(int span) {
		return this.flying.isEmpty() ? this.memory.take(span) : this.memory.tryTake(span);
	}

	private void await(Dispatch dispatch, long before) {
		try {
			dispatch.await(this.tally);
		}
		catch (IncompleteException ex) {
			ProblemException problem = ex.problem();
			throw problem.with("bytes", before);
		}
	}

	/**
	 * A part of the range that is being read.
	 */
	private record Piece(Lease lease, Dispatch dispatch, long offset, int length) {

	}

}
