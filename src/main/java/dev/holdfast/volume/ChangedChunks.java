package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

import dev.holdfast.device.Device;

/**
 * Which parts of a range of a device were changed, or were about to be, while it is
 * copied. Whoever changes blocks marks them first; marks are taken while nothing is in
 * flight. Any thread.
 */
final class ChangedChunks {

	/** Bytes. */
	static final int CHUNK = 64 << 10;

	private final Device device;

	private final long offset;

	private final long length;

	private final AtomicLongArray words;

	/**
	 * Nothing is changed yet.
	 * @param length a multiple of the chunk
	 */
	ChangedChunks(Device device, long offset, long length) {
		this.device = device;
		this.offset = offset;
		this.length = length;
		this.words = new AtomicLongArray((int) Math.ceilDiv(length, (long) CHUNK * Long.SIZE));
	}

	void mark(DeviceRange range) {
		long from = Math.max(range.offset() - this.offset, 0);
		long to = Math.min(range.offset() + range.length() - this.offset, this.length);
		if (range.device() != this.device || from >= to) {
			return;
		}
		for (long chunk = from / CHUNK; chunk <= (to - 1) / CHUNK; chunk++) {
			long bit = 1L << (chunk % Long.SIZE);
			this.words.getAndUpdate((int) (chunk / Long.SIZE), (word) -> word | bit);
		}
	}

	/**
	 * How much is marked.
	 * @return bytes
	 */
	long bytes() {
		long count = 0;
		for (int i = 0; i < this.words.length(); i++) {
			count += Long.bitCount(this.words.get(i));
		}
		return count * CHUNK;
	}

	/**
	 * Forgets the marks.
	 * @return what they were: offsets from the start of the range, ascending
	 */
	List<Long> take() {
		List<Long> chunks = new ArrayList<>();
		for (int i = 0; i < this.words.length(); i++) {
			long word = this.words.getAndSet(i, 0);
			for (int bit = 0; bit < Long.SIZE; bit++) {
				if ((word & (1L << bit)) != 0) {
					chunks.add(((long) i * Long.SIZE + bit) * CHUNK);
				}
			}
		}
		return chunks;
	}

}
