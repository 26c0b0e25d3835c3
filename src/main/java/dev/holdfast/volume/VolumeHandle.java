package dev.holdfast.volume;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.VolumeRecord;
import org.jspecify.annotations.Nullable;

/**
 * One volume, from its creation to its end: a later volume of the same name is another
 * handle. Pins count I/O in flight; the top bit of the count refuses new ones. Any
 * thread.
 */
public final class VolumeHandle {

	private static final long CLOSED = Long.MIN_VALUE;

	private final AtomicLong pins = new AtomicLong(CLOSED);

	private final ReentrantLock ending = new ReentrantLock();

	private final CompletableFuture<Boolean> created = new CompletableFuture<>();

	private volatile Volume volume;

	private volatile @Nullable SegmentMap segments;

	private volatile @Nullable VolumeRecord record;

	VolumeHandle(Volume volume) {
		this.volume = volume;
	}

	/**
	 * The volume as it is now.
	 * @return a snapshot
	 */
	public Volume volume() {
		return this.volume;
	}

	public UUID uuid() {
		return this.volume.uuid();
	}

	/**
	 * Pins the volume's blocks for an I/O.
	 * @return to be closed once the device is done with it
	 * @throws ProblemException {@link Problem#NOT_FOUND} if the volume is not there yet
	 * or no longer
	 */
	public Pin pin() {
		long count;
		do {
			count = this.pins.get();
			if (count < 0) {
				throw notFound();
			}
		}
		while (!this.pins.compareAndSet(count, count + 1));
		SegmentMap map = this.segments;
		if (map == null) {
			throw new IllegalStateException("no segments");
		}
		return new Pin(this, map);
	}

	void unpin() {
		if (this.pins.decrementAndGet() == CLOSED) {
			synchronized (this.pins) {
				this.pins.notifyAll();
			}
		}
	}

	ProblemException notFound() {
		return notFound(this.volume.key());
	}

	static ProblemException notFound(VolumeKey key) {
		return new ProblemException(Problem.NOT_FOUND, "There is no volume %s".formatted(key.name()));
	}

	/**
	 * The volume is on the label: I/O may begin.
	 */
	void ready(VolumeRecord onLabel, SegmentMap map) {
		this.record = onLabel;
		this.segments = map;
		in(VolumeState.READY);
		this.pins.set(0);
		this.created.complete(true);
	}

	/**
	 * It comes to nothing.
	 */
	void failed() {
		this.created.complete(false);
	}

	/**
	 * Waits until the volume is made.
	 * @return {@code false} if that failed
	 */
	boolean awaitCreated() {
		return this.created.join();
	}

	VolumeRecord onLabel() {
		VolumeRecord present = this.record;
		if (present == null) {
			throw notFound();
		}
		return present;
	}

	/**
	 * Guards the end of the volume: one at a time tries.
	 */
	ReentrantLock ending() {
		return this.ending;
	}

	/**
	 * Refuses new pins and waits for those there are.
	 * @return {@code false} if there were still some after that time; then new ones are
	 * accepted again
	 */
	boolean drain(Duration limit) {
		this.pins.getAndUpdate((count) -> count | CLOSED);
		in(VolumeState.DELETING);
		if (awaitUnpinned(limit)) {
			return true;
		}
		in(VolumeState.READY);
		this.pins.getAndUpdate((count) -> count & ~CLOSED);
		return false;
	}

	private boolean awaitUnpinned(Duration limit) {
		long end = System.nanoTime() + limit.toNanos();
		synchronized (this.pins) {
			try {
				while (this.pins.get() != CLOSED) {
					long left = end - System.nanoTime();
					if (left <= 0) {
						return false;
					}
					TimeUnit.NANOSECONDS.timedWait(this.pins, left);
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return false;
			}
		}
		return true;
	}

	private void in(VolumeState state) {
		Volume v = this.volume;
		this.volume = new Volume(v.key(), v.uuid(), v.sizeBytes(), v.blockSize(), state, v.layout(), v.device(),
				v.epoch());
	}

}
