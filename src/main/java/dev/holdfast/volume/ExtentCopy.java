package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

import dev.holdfast.device.Device;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.Segment;
import dev.holdfast.engine.IoFailedException;

/**
 * Some neighbouring extents of a device, and where their bytes are to go. Durable there
 * only after the next flush. One thread.
 */
final class ExtentCopy {

	private static final int PIECE = 256 << 10;

	private final DeviceRange source;

	/** In order, together as long as the source. */
	private final List<DeviceRange> targets = new ArrayList<>();

	/** To be copied once more: where chunks begin, ascending. */
	private List<Long> chunks = List.of();

	/**
	 * What is to be copied.
	 * @param from the extents
	 * @param to as many
	 * @param online the devices that these name
	 */
	ExtentCopy(Segment from, List<Segment> to, Map<UUID, Device> online) {
		this.source = range(from, online);
		to.forEach((segment) -> this.targets.add(range(segment, online)));
	}

	private static DeviceRange range(Segment segment, Map<UUID, Device> online) {
		Device device = online.get(segment.device());
		if (device == null) {
			throw new IllegalStateException("device %s is not there".formatted(segment.device()));
		}
		return new DeviceRange(device, device.geometry().offsetOf(segment.start()),
				segment.count() * Geometry.EXTENT_SIZE);
	}

	/**
	 * Grows whenever one of the drives comes back.
	 */
	long generations() {
		return this.source.device().generation()
				+ this.targets.stream().mapToLong((target) -> target.device().generation()).sum();
	}

	/**
	 * Copies everything.
	 * @param unwanted whether to give up
	 * @throws CancellationException if so
	 */
	void all(BooleanSupplier unwanted) throws IoFailedException {
		for (long at = 0; at < this.source.length(); at += PIECE) {
			if (unwanted.getAsBoolean()) {
				throw new CancellationException("no longer wanted");
			}
			copy(at, PIECE);
		}
	}

	/**
	 * Has what was changed copied once more. Nothing may be in flight.
	 */
	void take(ChangedChunks changes) {
		this.chunks = changes.take();
	}

	/**
	 * Copies once more what has been changed.
	 */
	void again() throws IoFailedException {
		int i = 0;
		while (i < this.chunks.size()) {
			long from = this.chunks.get(i);
			int length = ChangedChunks.CHUNK;
			i++;
			while (i < this.chunks.size() && this.chunks.get(i) == from + length && length < PIECE) {
				length += ChangedChunks.CHUNK;
				i++;
			}
			copy(from, length);
		}
	}

	/**
	 * Copies a piece, which may be spread over targets.
	 */
	private void copy(long at, int length) throws IoFailedException {
		long begin = 0;
		for (DeviceRange target : this.targets) {
			long from = Math.max(at, begin);
			long to = Math.min(at + length, begin + target.length());
			if (from < to) {
				byte[] bytes = this.source.device().transfers().read(this.source.offset() + from, (int) (to - from));
				target.device().transfers().write(target.offset() + from - begin, bytes);
			}
			begin += target.length();
		}
	}

}
