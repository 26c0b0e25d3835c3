package dev.holdfast.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Function;

import dev.holdfast.buffer.Lease;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.volume.Volume;
import dev.holdfast.volume.VolumeHandle;
import org.jspecify.annotations.Nullable;

/**
 * One write: while a piece is received, the one before is written.
 * <p>
 * The right to write blocks is taken only once all their bytes are there: a slow client
 * must not keep others from them. Neither it nor memory is waited for while a piece is
 * flying that holds some: then that piece is awaited first.
 * <p>
 * Durability: a write of one piece asks for it with that piece ({@code RWF_DSYNC}, a
 * single command on drives with FUA); one of many pieces is written without and flushed
 * once at the end, since on drives with a volatile cache and no FUA each {@code DSYNC}
 * would be a flush.
 */
final class WriteStream {

	private static final byte[] NOTHING = {};

	private final Memory memory;

	private final BlockRanges ranges;

	private final VolumeHandle handle;

	private final Volume volume;

	private final TransferOptions options;

	private final Function<@Nullable Lease, Dispatch> dispatches;

	private final Chunks chunks;

	private final RatePass pass;

	private final Tally tally = new Tally();

	private final long offset;

	private final Arrivals source;

	private @Nullable Dispatch flying;

	/** Start and end of what is flying. */
	private long flyingFrom;

	private long flyingTo;

	/** Up to here all is written. */
	private long written;

	private boolean flushNeeded;

	/** There is more than one piece. */
	private boolean several;

	WriteStream(Memory memory, BlockRanges ranges, VolumeHandle handle, TransferOptions options,
			Function<@Nullable Lease, Dispatch> dispatches, RatePass pass, long offset, ByteSource source) {
		this.pass = pass;
		this.memory = memory;
		this.ranges = ranges;
		this.handle = handle;
		this.volume = handle.volume();
		this.options = options;
		this.dispatches = dispatches;
		this.chunks = new Chunks(this.volume.blockSize());
		this.offset = offset;
		this.source = new Arrivals(source);
		this.written = offset;
	}

	/**
	 * Runs the transfer.
	 * @param length of the range, or -1 for all that the source has
	 */
	Transfer run(long length) throws IOException {
		boolean open = length < 0;
		long end = open ? this.volume.sizeBytes() : this.offset + length;
		try {
			long received = pieces(end, open);
			awaitFlying();
			if (this.flushNeeded) {
				flush();
			}
			if (!open && received < end) {
				throw new ProblemException(Problem.LENGTH_MISMATCH,
						"The body ended after %d bytes of %d".formatted(received - this.offset, length));
			}
		}
		catch (ProblemException ex) {
			settle();
			ProblemException told = (this.several || this.written > this.offset) ? IoProblems.afterOthers(ex) : ex;
			throw told.with("bytesWritten", this.written - this.offset);
		}
		finally {
			settle();
		}
		return this.tally.transfer(this.written - this.offset);
	}

	/**
	 * Receives and writes piece after piece.
	 * @return up to where the source had bytes
	 */
	private long pieces(long end, boolean open) throws IOException {
		long position = this.offset;
		boolean ended = false;
		while (position < end && !ended && this.source.await()) {
			int room = this.chunks.first(position, end - position, this.memory.portion());
			this.several = position > this.offset;
			turn();
			Lease lease = lease(this.chunks.span(position, room));
			Dispatch piece = this.dispatches.apply(lease);
			boolean handedOver = false;
			try {
				int got = receive(lease.bytes(position - this.chunks.floor(position), room));
				this.pass.moves(got);
				ended = got < room;
				boolean last = ended || position + got == end;
				if (last && !ended) {
					requireEnd(open);
				}
				// Of a body that is cut short whole blocks are written.
				long to = (ended && !open) ? this.chunks.floor(position + got) : position + got;
				if (to > position) {
					write(piece, lease, position, to, last && position == this.offset);
					handedOver = true;
				}
				position += got;
			}
			finally {
				if (!handedOver) {
					piece.close();
				}
			}
		}
		if (this.offset == end) {
			requireEnd(open);
		}
		return position;
	}

	/**
	 * Waits for its turn only while it holds nothing.
	 */
	private void turn() {
		if (!this.pass.tryNext()) {
			awaitFlying();
			this.pass.next();
		}
	}

	private Lease lease(int span) {
		Lease lease = this.memory.tryTake(span);
		if (lease == null) {
			awaitFlying();
			lease = this.memory.take(span);
		}
		return lease;
	}

	private int receive(ByteBuffer into) throws IOException {
		boolean ended = false;
		while (into.hasRemaining() && !ended) {
			ended = this.source.read(into) < 0;
		}
		return into.position();
	}

	private void requireEnd(boolean open) throws IOException {
		ByteBuffer one = ByteBuffer.allocate(1);
		int got;
		do {
			got = this.source.read(one);
		}
		while (got == 0);
		if (got > 0) {
			throw open ? IoProblems.outside(this.volume.sizeBytes())
					: new ProblemException(Problem.LENGTH_MISMATCH, "The body is longer than was said");
		}
	}

	/**
	 * Starts writing a piece; the one before it is awaited after that.
	 */
	private void write(Dispatch piece, Lease lease, long from, long to, boolean whole) {
		piece.holds(grant(from, to));
		completeBlocks(piece, lease, from, to);
		boolean fua = this.options.fua() && whole;
		this.flushNeeded |= this.options.fua() && !whole;
		piece.write(this.chunks.floor(from), this.chunks.span(from, to - from), 0, fua);
		piece.noMore();
		awaitFlying();
		this.flying = piece;
		this.flyingFrom = from;
		this.flyingTo = to;
	}

	private BlockRanges.Grant grant(long from, long to) {
		long first = from / this.chunks.blockSize();
		long last = (to - 1) / this.chunks.blockSize();
		boolean partOfFirst = from != this.chunks.floor(from);
		boolean partOfLast = to != this.chunks.floor(to);
		BlockRanges.Grant grant = this.ranges.tryAcquire(this.handle.uuid(), first, last, partOfFirst, partOfLast);
		if (grant == null) {
			awaitFlying();
			grant = this.ranges.acquire(this.handle.uuid(), first, last, partOfFirst, partOfLast,
					this.options.deadline());
		}
		return grant;
	}

	/**
	 * Where only a part of the first or last block was received, puts what is on the
	 * device around it.
	 */
	private void completeBlocks(Dispatch piece, Lease lease, long from, long to) {
		long floor = this.chunks.floor(from);
		long lastBlock = this.chunks.floor(to - 1);
		boolean partOfFirst = from != floor;
		boolean partOfLast = to != this.chunks.ceiling(to) && !(partOfFirst && lastBlock == floor);
		if (!partOfFirst && !partOfLast) {
			return;
		}
		ByteBuffer memory = lease.bytes(0, this.chunks.span(from, to - from));
		int headEnd = (int) (Math.min(to, floor + this.chunks.blockSize()) - floor);
		byte[] head = partOfFirst ? copy(memory, (int) (from - floor), headEnd) : NOTHING;
		byte[] tail = partOfLast ? copy(memory, (int) (lastBlock - floor), (int) (to - floor)) : NOTHING;
		if (partOfFirst) {
			piece.read(floor, this.chunks.blockSize(), 0);
		}
		if (partOfLast) {
			piece.read(lastBlock, this.chunks.blockSize(), lastBlock - floor);
		}
		try {
			piece.await(this.tally);
		}
		catch (IncompleteException ex) {
			throw ex.problem();
		}
		memory.put((int) (from - floor), head);
		memory.put((int) (lastBlock - floor), tail);
	}

	private static byte[] copy(ByteBuffer from, int start, int end) {
		byte[] bytes = new byte[end - start];
		from.get(start, bytes);
		return bytes;
	}

	private void awaitFlying() {
		Dispatch piece = this.flying;
		if (piece == null) {
			return;
		}
		this.flying = null;
		try (piece) {
			piece.await(this.tally);
			this.written = this.flyingTo;
		}
		catch (IncompleteException ex) {
			long intact = Math.min(this.flyingTo, this.chunks.floor(this.flyingFrom) + ex.intact());
			this.written = Math.max(this.written, this.chunks.floor(intact));
			throw ex.problem();
		}
	}

	/**
	 * Awaits what is flying for the sake of {@link #written}; there is another failure to
	 * report already.
	 */
	private void settle() {
		try {
			awaitFlying();
		}
		catch (ProblemException ex) {
			// It ended what is written, which is all that is asked here.
		}
	}

	private void flush() {
		try (Dispatch flush = this.dispatches.apply(null)) {
			flush.flush();
			flush.await(new Tally());
		}
		catch (IncompleteException ex) {
			throw ex.problem();
		}
	}

}
