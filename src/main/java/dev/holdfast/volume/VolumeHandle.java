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

	private final ReentrantLock changing = new ReentrantLock();

	private final CompletableFuture<Boolean> created = new CompletableFuture<>();

	private volatile Volume volume;

	private volatile @Nullable VolumeSpec declared;

	private volatile @Nullable SegmentMap segments;

	private volatile @Nullable VolumeRecord record;

	private volatile boolean cancelled;

	VolumeHandle(Volume volume, @Nullable VolumeSpec declared) {
		this.volume = volume;
		this.declared = declared;
	}

	/**
	 * The volume as it is now.
	 * @return a snapshot
	 */
	public Volume volume() {
		return this.volume;
	}

	/**
	 * Identity of the volume.
	 * @return the same as long as it lives
	 */
	public UUID uuid() {
		return this.volume.uuid();
	}

	/**
	 * What it was asked for as.
	 * @return {@code null} if it came with a device
	 */
	@Nullable VolumeSpec declared() {
		return this.declared;
	}

	/**
	 * Pins the volume's blocks for an I/O.
	 * @return to be closed once the device is done with it
	 * @throws ProblemException {@link Problem#NOT_FOUND} if the volume is not there yet
	 * or no longer, {@link Problem#DEVICE_LOST} if a device that it needs is away
	 */
	public Pin pin() {
		long count;
		do {
			count = this.pins.get();
			if (count < 0) {
				throw refusal();
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

	/**
	 * Why there is no I/O.
	 */
	ProblemException refusal() {
		Volume present = this.volume;
		return switch (present.state()) {
			case UNAVAILABLE,
					INCOMPLETE ->
				new ProblemException(Problem.DEVICE_LOST,
						"A device that the volume %s needs is away".formatted(present.key().name()))
					.with("retryable", true);
			case FAILED -> new ProblemException(Problem.IO_ERROR,
					"The volume %s cannot be used: %s".formatted(present.key().name(), present.reason()));
			case CREATING, READY, GROWING, DELETING -> notFound(present.key());
		};
	}

	static ProblemException notFound(VolumeKey key) {
		return new ProblemException(Problem.NOT_FOUND, "There is no volume %s".formatted(key.name()));
	}

	/**
	 * The volume is on its labels, all of them here: I/O may begin.
	 */
	void ready(VolumeRecord onLabel, SegmentMap map) {
		this.record = onLabel;
		this.segments = map;
		this.volume = Volume.of(onLabel, VolumeState.READY);
		this.pins.getAndUpdate((count) -> count & ~CLOSED);
		this.created.complete(true);
	}

	/**
	 * Whether there has been I/O, or could have been.
	 */
	boolean begun() {
		return this.segments != null;
	}

	/**
	 * It is there, and there can be no I/O.
	 */
	void unusable(Volume as) {
		this.volume = as;
		this.pins.getAndUpdate((count) -> count | CLOSED);
		this.created.complete(true);
	}

	/**
	 * Extents for more are being prepared, or no longer.
	 */
	void growing(boolean begins) {
		this.volume = this.volume.in(begins ? VolumeState.GROWING : VolumeState.READY, null);
	}

	void declare(VolumeSpec spec) {
		this.declared = spec;
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

	/**
	 * Ends the preparation of extents, for a new volume or for more.
	 */
	void cancelPreparation() {
		this.cancelled = true;
	}

	void resumePreparation() {
		this.cancelled = false;
	}

	boolean cancelled() {
		return this.cancelled;
	}

	VolumeRecord onLabel() {
		VolumeRecord present = this.record;
		if (present == null) {
			throw refusal();
		}
		return present;
	}

	/**
	 * Waits until nobody else changes the volume.
	 * @return whether {@link #changing()} is held now
	 */
	boolean tryChange(Duration limit) {
		try {
			return this.changing.tryLock(limit.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Guards changes of the volume, its end included: one at a time.
	 */
	ReentrantLock changing() {
		return this.changing;
	}

	/**
	 * Refuses new pins and waits for those there are.
	 * @return {@code false} if there were still some after that time; then new ones are
	 * accepted again
	 */
	boolean drain(Duration limit) {
		this.pins.getAndUpdate((count) -> count | CLOSED);
		this.volume = this.volume.in(VolumeState.DELETING, null);
		if (awaitUnpinned(limit)) {
			return true;
		}
		this.volume = this.volume.in(VolumeState.READY, null);
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

}
