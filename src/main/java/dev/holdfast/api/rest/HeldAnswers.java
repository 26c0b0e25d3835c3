package dev.holdfast.api.rest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * Memory for answers that are held back until they are complete. Together they may take
 * the room of eight of the largest; beyond that an answer is streamed, which needs none,
 * so that slow readers cannot use it up.
 */
final class HeldAnswers {

	private static final int LARGEST_AT_A_TIME = 8;

	private final long limit;

	private final AtomicLong free;

	HeldAnswers(long limit) {
		this.limit = limit;
		this.free = new AtomicLong(limit * LARGEST_AT_A_TIME);
	}

	/**
	 * Takes room for an answer.
	 * @return {@code null} if it is too large to be held or there is no room now
	 */
	@Nullable Room tryTake(long length) {
		if (length > this.limit) {
			return null;
		}
		if (this.free.addAndGet(-length) < 0) {
			this.free.addAndGet(length);
			return null;
		}
		return new Room((int) length);
	}

	/**
	 * Room for one answer, until it is closed.
	 */
	final class Room implements AutoCloseable {

		private final byte[] bytes;

		private int filled;

		private Room(int length) {
			this.bytes = new byte[length];
		}

		void put(ByteBuffer piece) {
			int length = piece.remaining();
			piece.get(this.bytes, this.filled, length);
			this.filled += length;
		}

		void writeTo(OutputStream out) throws IOException {
			out.write(this.bytes, 0, this.filled);
		}

		@Override
		public void close() {
			HeldAnswers.this.free.addAndGet(this.bytes.length);
		}

	}

}
