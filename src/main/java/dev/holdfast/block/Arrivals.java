package dev.holdfast.block;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A source that can wait for its next bytes without a place for them, so that memory is
 * taken only once there is something to put into it: a client that says nothing, or a
 * byte now and then, holds nothing. For one thread.
 */
final class Arrivals implements ByteSource {

	private static final int AHEAD = 4096;

	private final ByteSource source;

	private final ByteBuffer ahead = ByteBuffer.allocate(AHEAD).limit(0);

	private boolean ended;

	Arrivals(ByteSource source) {
		this.source = source;
	}

	/**
	 * Waits until there is a block's worth of bytes, or all that come.
	 * @return {@code false} at the end
	 */
	boolean await() throws IOException {
		if (!this.ahead.hasRemaining()) {
			this.ahead.clear();
			while (!this.ended && this.ahead.hasRemaining()) {
				this.ended = this.source.read(this.ahead) < 0;
			}
			this.ahead.flip();
		}
		return this.ahead.hasRemaining();
	}

	@Override
	public int read(ByteBuffer into) throws IOException {
		if (!this.ahead.hasRemaining()) {
			return this.ended ? -1 : this.source.read(into);
		}
		int count = Math.min(into.remaining(), this.ahead.remaining());
		into.put(into.position(), this.ahead, this.ahead.position(), count);
		into.position(into.position() + count);
		this.ahead.position(this.ahead.position() + count);
		return count;
	}

}
