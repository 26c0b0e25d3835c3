package dev.holdfast.api.rest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import dev.holdfast.block.ByteSource;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;

/**
 * A body that is received as a whole before anything is done with it. Memory is taken as
 * it comes, not as it was announced. One thread.
 */
final class HeldBody implements AutoCloseable {

	private static final int PIECE = 256 << 10;

	private final HeldMemory memory;

	private final String tenant;

	private final List<HeldMemory.Room> rooms = new ArrayList<>();

	private final List<ByteBuffer> content = new ArrayList<>();

	private long length;

	HeldBody(HeldMemory memory, String tenant) {
		this.memory = memory;
		this.tenant = tenant;
	}

	/**
	 * Whether a body of a length that is known can be held at all.
	 * @throws ProblemException {@link Problem#TOO_LARGE}
	 */
	void requireRoom(long announced) {
		if (announced > this.memory.limit()) {
			throw tooLarge();
		}
	}

	private ProblemException tooLarge() {
		return new ProblemException(Problem.TOO_LARGE,
				"A digest is verified of at most %d bytes: send it in parts, or without a digest"
					.formatted(this.memory.limit()))
			.with("limit", this.memory.limit());
	}

	/**
	 * Receives it.
	 * @param announced its length, or -1
	 * @throws ProblemException {@link Problem#TOO_LARGE}, {@link Problem#OVERLOADED},
	 * {@link Problem#LENGTH_MISMATCH}
	 */
	void receive(ByteSource source, long announced) throws IOException {
		long most = (announced >= 0) ? announced : this.memory.limit();
		boolean ended = false;
		while (!ended && this.length < most) {
			HeldMemory.Room room = this.memory.tryTake(this.tenant, Math.min(PIECE, most - this.length));
			if (room == null) {
				throw new ProblemException(Problem.OVERLOADED,
						"There is no memory to hold the body until its digest is verified: try again");
			}
			this.rooms.add(room);
			ByteBuffer piece = ByteBuffer.wrap(room.bytes());
			while (!ended && piece.hasRemaining()) {
				ended = source.read(piece) < 0;
			}
			this.content.add(piece.flip());
			this.length += piece.remaining();
		}
		if (!ended && source.read(ByteBuffer.allocate(1)) > 0) {
			throw (announced < 0) ? tooLarge()
					: new ProblemException(Problem.LENGTH_MISMATCH, "The body is longer than was said");
		}
		if (this.length < announced) {
			throw new ProblemException(Problem.LENGTH_MISMATCH,
					"The body ended after %d bytes of %d, none of them written".formatted(this.length, announced));
		}
	}

	List<ByteBuffer> content() {
		return this.content;
	}

	long length() {
		return this.length;
	}

	/**
	 * The same bytes again, once.
	 */
	ByteSource source() {
		Iterator<ByteBuffer> pieces = this.content.iterator();
		ByteBuffer[] current = { ByteBuffer.allocate(0) };
		return (into) -> {
			while (!current[0].hasRemaining()) {
				if (!pieces.hasNext()) {
					return -1;
				}
				current[0] = pieces.next().duplicate();
			}
			int count = Math.min(into.remaining(), current[0].remaining());
			into.put(current[0].slice(current[0].position(), count));
			current[0].position(current[0].position() + count);
			return count;
		};
	}

	@Override
	public void close() {
		this.rooms.forEach(HeldMemory.Room::close);
	}

}
