package dev.holdfast.buffer;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Bytes of a tenant's buffer, which are taken under rule 14 of the mapping contract.
 */
public final class Region implements BufferUse {

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
	public long offset() {
		return this.offset;
	}

	/** Nobody has the owner's lock for long. */
	@Override
	public void closeSoon() {
		close();
	}

	@Override
	public void close() {
		if (this.closed.compareAndSet(false, true)) {
			this.owner.give(this);
		}
	}

}
