package dev.holdfast.buffer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Which bytes of a buffer are in use (mapping contract, rule 14). Two uses that overlap
 * are in conflict if either changes memory. Any thread; nothing here blocks for long.
 */
final class Regions {

	private final List<Region> used = new ArrayList<>();

	private final CompletableFuture<Void> idle = new CompletableFuture<>();

	private boolean closed;

	/**
	 * Takes bytes.
	 * @param changes whether the use writes to memory, as a read from a device does
	 * @return {@code null} if somebody uses them in a way that is in conflict, or if they
	 * are closed
	 */
	synchronized @Nullable Region tryTake(long offset, long length, boolean changes) {
		if (this.closed) {
			return null;
		}
		long end = offset + length;
		for (Region region : this.used) {
			if (offset < region.end && region.offset < end && (changes || region.changes)) {
				return null;
			}
		}
		Region taken = new Region(this, offset, end, changes, this.used.size());
		this.used.add(taken);
		return taken;
	}

	/** The last one takes the place of the one that goes. */
	synchronized void give(Region region) {
		Region last = this.used.removeLast();
		if (last != region) {
			this.used.set(region.place, last);
			last.place = region.place;
		}
		if (this.closed && this.used.isEmpty()) {
			this.idle.complete(null);
		}
	}

	synchronized boolean closed() {
		return this.closed;
	}

	/**
	 * Lets nobody take any more.
	 * @return completes when none is in use
	 */
	synchronized CompletableFuture<Void> close() {
		this.closed = true;
		if (this.used.isEmpty()) {
			this.idle.complete(null);
		}
		return this.idle;
	}

	synchronized int count() {
		return this.used.size();
	}

}
