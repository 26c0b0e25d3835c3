package dev.holdfast.uring.fake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * A sparse table of files or buffers. An emptied slot's tag is posted once no I/O of this
 * ring names the slot, or when the test says so. Under the kernel's lock.
 */
final class FakeSlots {

	private final int size;

	private final Map<Integer, Slot> slots = new HashMap<>();

	private final List<Emptied> emptied = new ArrayList<>();

	private final LongConsumer poster;

	private long puts;

	boolean holdTags;

	FakeSlots(int size, LongConsumer poster) {
		this.size = size;
		this.poster = poster;
	}

	int size() {
		return this.size;
	}

	@Nullable Slot get(int slot) {
		return this.slots.get(slot);
	}

	boolean isEmpty() {
		return this.slots.isEmpty();
	}

	void put(int slot, long address, long length, long tag) {
		this.slots.put(slot, new Slot(this.puts++, address, length, tag));
	}

	/** Removes what is in a slot; I/O that began with it goes on. */
	void clear(int slot) {
		Slot old = this.slots.remove(slot);
		if (old != null && old.tag() != 0) {
			this.emptied.add(new Emptied(old));
		}
	}

	/**
	 * Posts the tags that are due.
	 * @param inUse whether I/O of this ring still uses a slot's old content
	 */
	void settle(Predicate<Slot> inUse) {
		if (!this.holdTags) {
			this.emptied.removeIf((old) -> {
				boolean due = !inUse.test(old.slot());
				if (due) {
					this.poster.accept(old.slot().tag());
				}
				return due;
			});
		}
	}

	int owedTags() {
		return this.emptied.size();
	}

	/** What a slot holds. */
	record Slot(long serial, long address, long length, long tag) {

		boolean covers(long start, long bytes) {
			return start >= this.address && start + bytes <= this.address + this.length;
		}

	}

	private record Emptied(Slot slot) {

	}

}
