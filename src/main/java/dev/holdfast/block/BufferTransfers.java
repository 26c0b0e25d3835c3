package dev.holdfast.block;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Set;

import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.buffer.Region;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;

/**
 * Bytes in and out of tenants' buffers, piece by piece: a region is in use only while
 * memory is copied, never while a client sends or takes. Stateless.
 */
public final class BufferTransfers {

	private static final int PIECE = 64 << 10;

	private BufferTransfers() {
	}

	/**
	 * Passes bytes of a buffer on. It is not a snapshot.
	 * @param offset in the buffer in bytes
	 * @param length in bytes, all of it inside
	 * @param sink gets the bytes, in order, on this thread
	 * @throws ProblemException {@link Problem#REGION_IN_FLIGHT} if the device writes to
	 * some of them; {@code bytes} is what the sink has had
	 */
	public static Transfer read(BufferHandle buffer, long offset, long length, ByteSink sink) throws IOException {
		ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, length));
		long done = 0;
		while (done < length) {
			piece.clear().limit((int) Math.min(PIECE, length - done));
			try (Region region = buffer.take(offset + done, piece.limit(), false)) {
				MemorySegment.ofBuffer(piece).copyFrom(buffer.bytes(region));
			}
			catch (ProblemException ex) {
				throw ex.with("bytes", done);
			}
			done += piece.limit();
			sink.accept(piece.asReadOnlyBuffer());
		}
		return moved(length);
	}

	/**
	 * Refuses what could not be written now, before there are bytes to write.
	 * @throws ProblemException as {@link #write}
	 */
	public static void check(BufferHandle buffer, long offset, long length) {
		buffer.take(offset, length, true).close();
	}

	/**
	 * Fills bytes of a buffer.
	 * @param offset in the buffer in bytes
	 * @param length of the range, or -1 for all that the source has
	 * @param source gives the bytes, on this thread
	 * @throws ProblemException {@link Problem#REGION_IN_FLIGHT} if somebody uses some of
	 * them, {@link Problem#LENGTH_MISMATCH}, {@link Problem#RANGE_NOT_SATISFIABLE};
	 * {@code bytesWritten} is the prefix that was
	 */
	public static Transfer write(BufferHandle buffer, long offset, long length, ByteSource source) throws IOException {
		boolean open = length < 0;
		long end = open ? buffer.size() - offset : length;
		ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, Math.max(1, end)));
		long done = 0;
		try {
			boolean ended = false;
			while (done < end && !ended) {
				piece.clear().limit((int) Math.min(piece.capacity(), end - done));
				while (piece.hasRemaining() && !ended) {
					ended = source.read(piece) < 0;
				}
				if (piece.flip().hasRemaining()) {
					try (Region region = buffer.take(offset + done, piece.limit(), true)) {
						buffer.bytes(region).copyFrom(MemorySegment.ofBuffer(piece));
					}
					done += piece.limit();
				}
			}
			if (!ended) {
				requireEnd(source, open, buffer.size());
			}
			else if (!open && done < length) {
				throw new ProblemException(Problem.LENGTH_MISMATCH,
						"The body ended after %d bytes of %d".formatted(done, length));
			}
			return moved(done);
		}
		catch (ProblemException ex) {
			throw ex.with("bytesWritten", done);
		}
	}

	private static void requireEnd(ByteSource source, boolean open, long size) throws IOException {
		if (source.read(ByteBuffer.allocate(1)) > 0) {
			throw open
					? new ProblemException(Problem.RANGE_NOT_SATISFIABLE,
							"The body goes behind the end: there are %d bytes".formatted(size))
						.with("size", size)
					: new ProblemException(Problem.LENGTH_MISMATCH, "The body is longer than was said");
		}
	}

	private static Transfer moved(long bytes) {
		return new Transfer(bytes, Set.of(), 0, 0);
	}

}
