package dev.holdfast.buffer;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Bytes of a buffer that somebody uses, until it is closed. Whoever does I/O with them
 * closes it only once the engine has released the operation. Closing twice does nothing.
 */
public final class Region implements AutoCloseable {

	final long offset;

	final long end;

	final boolean changes;

	/** Guarded by the owner. */
	int place;

	private final Regions owner;

	private final AtomicBoolean closed = new AtomicBoolean();

	Region(Regions owner, long offset, long end, boolean changes, int place) {
		this.owner = owner;
		this.offset = offset;
		this.end = end;
		this.changes = changes;
		this.place = place;
	}

	@Override
	public void close() {
		if (this.closed.compareAndSet(false, true)) {
			this.owner.give(this);
		}
	}

}
