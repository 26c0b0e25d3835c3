package dev.holdfast.buffer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Which bytes of a buffer are in use (mapping contract, rule 14). Two uses that overlap
 * are in conflict if either changes memory. Any thread; nothing here blocks for long.
 */
final class Regions {

	/** Those that change memory. No two of them overlap, so that a neighbour tells. */
	private final TreeMap<Long, Region> changing = new TreeMap<>();

	/** The others, which may overlap each other. */
	private final List<Region> looking = new ArrayList<>();

	private final CompletableFuture<Void> idle = new CompletableFuture<>();

	private boolean closed;

	/**
	 * Takes bytes.
	 * @param changes whether the use writes to memory, as a read from a device does
	 * @return {@code null} if somebody uses them in a way that is in conflict, or if they
	 * are closed
	 */
	synchronized @Nullable Region tryTake(long offset, long length, boolean changes) {
		long end = offset + length;
		if (this.closed || isChanging(offset, end) || (changes && isLookedAt(offset, end))) {
			return null;
		}
		// One of no bytes changes none.
		if (changes && length > 0) {
			Region taken = new Region(this, offset, end, true, 0);
			this.changing.put(offset, taken);
			return taken;
		}
		Region taken = new Region(this, offset, end, false, this.looking.size());
		this.looking.add(taken);
		return taken;
	}

	private boolean isChanging(long offset, long end) {
		Map.Entry<Long, Region> before = this.changing.lowerEntry(end);
		return before != null && before.getValue().end > offset;
	}

	private boolean isLookedAt(long offset, long end) {
		for (Region region : this.looking) {
			if (offset < region.end && region.offset < end) {
				return true;
			}
		}
		return false;
	}

	synchronized void give(Region region) {
		if (region.changes) {
			this.changing.remove(region.offset);
		}
		else {
			// The last one takes the place of the one that goes.
			Region last = this.looking.removeLast();
			if (last != region) {
				this.looking.set(region.place, last);
				last.place = region.place;
			}
		}
		completeIfIdle();
	}

	private void completeIfIdle() {
		if (this.closed && count() == 0) {
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
		completeIfIdle();
		return this.idle;
	}

	synchronized int count() {
		return this.changing.size() + this.looking.size();
	}

}
