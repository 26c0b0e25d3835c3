package dev.holdfast.volume;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceState;
import dev.holdfast.device.VolumeRecord;
import org.jspecify.annotations.Nullable;

/**
 * One volume, from its creation to its end: a later volume of the same name is another
 * handle. Any thread.
 */
public final class VolumeHandle {

	private final Pins pins = new Pins();

	private final Fences fences;

	/** Fair, since a drain takes it again and again. */
	private final ReentrantLock changing = new ReentrantLock(true);

	private final CompletableFuture<Boolean> created = new CompletableFuture<>();

	private volatile Volume volume;

	private volatile @Nullable VolumeSpec declared;

	private volatile @Nullable SegmentMap segments;

	private volatile @Nullable VolumeRecord record;

	private volatile boolean cancelled;

	private volatile @Nullable VolumeListener follower;

	/** Follows what is written while some extents are copied. */
	private volatile @Nullable ChangedChunks changes;

	/** What it is about to grow to, in bytes; 0 if it is not. */
	private volatile long setAside;

	VolumeHandle(Volume volume, @Nullable VolumeSpec declared, Fences fences) {
		this.volume = volume;
		this.declared = declared;
		this.fences = fences;
	}

	/**
	 * The volume as it is now.
	 * @return a snapshot
	 */
	public Volume volume() {
		return this.volume;
	}

	/**
	 * The volume as its tenant is to see it: I/O to a drive that is lost fails.
	 * @return a snapshot
	 */
	public Volume shown() {
		Volume present = this.volume;
		if (!present.state().serves()) {
			return present;
		}
		return devices().stream()
			.filter((device) -> device.state() == DeviceState.LOST)
			.findFirst()
			.map((device) -> present.in(VolumeState.UNAVAILABLE, "Device %s is lost".formatted(device.name())))
			.orElse(present);
	}

	/**
	 * Identity of the volume.
	 * @return the same as long as it lives
	 */
	public UUID uuid() {
		return this.volume.uuid();
	}

	/**
	 * Devices that I/O goes to, or waits for.
	 * @return each once; none while there can be no I/O
	 */
	public List<Device> devices() {
		SegmentMap map = this.segments;
		return (map != null && this.pins.isOpen()) ? map.devices() : List.of();
	}

	/**
	 * What it was asked for as.
	 * @return {@code null} if it came with a device
	 */
	@Nullable VolumeSpec declared() {
		return this.declared;
	}

	/**
	 * Pins the volume's blocks for an I/O. A lease that is given after that is given once
	 * the pin is closed; so what is done with a pin is done before, or not at all.
	 * @param lease number of the lease that was shown, or {@link VolumeLease#NONE}
	 * @param deadlineNanos how long to wait while a lease is given, in terms of
	 * {@link System#nanoTime()}; {@link Long#MAX_VALUE} for ever
	 * @param beforeWait called before a wait, which may be for what the caller has pinned
	 * already
	 * @return to be closed once the device is done with it
	 * @throws ProblemException {@link Problem#NOT_FOUND} if the volume is not there yet
	 * or no longer, {@link Problem#DEVICE_LOST} if a device that it needs is away,
	 * {@link Problem#LEASE_LOST}, {@link Problem#OVERLOADED}
	 */
	public Pin pin(long lease, long deadlineNanos, Runnable beforeWait) {
		Pin pin = pin(deadlineNanos, beforeWait);
		boolean passes = false;
		try {
			requireLease(lease);
			passes = true;
			return pin;
		}
		finally {
			if (!passes) {
				pin.close();
			}
		}
	}

	/**
	 * The same for who has pinned nothing.
	 */
	public Pin pin(long lease, long deadlineNanos) {
		return pin(lease, deadlineNanos, () -> {
		});
	}

	/**
	 * Pins the volume's blocks to see where they are. Not for I/O: no lease is asked for.
	 * @return to be closed
	 * @throws ProblemException as above, but for the lease
	 */
	public Pin pin() {
		return pin(Long.MAX_VALUE, () -> {
		});
	}

	private Pin pin(long deadlineNanos, Runnable beforeWait) {
		if (!this.pins.add(deadlineNanos, beforeWait)) {
			throw refusal();
		}
		SegmentMap map = this.segments;
		if (map == null) {
			throw new IllegalStateException("no segments");
		}
		return new Pin(this, map, this.changes);
	}

	/**
	 * Refuses whoever does not have the volume now, before anything is done for them.
	 * That they still have it later is for {@link #pin(long, long)} to say.
	 * @param lease number of the lease that was shown, or {@link VolumeLease#NONE}
	 * @throws ProblemException {@link Problem#LEASE_LOST}
	 */
	public void requireLease(long lease) {
		this.fences.require(uuid(), lease);
	}

	/**
	 * Lets new pins wait, and waits for those there are.
	 * @return {@code false} if there were still some after that time; then nobody waits
	 * any more
	 */
	boolean halt(Duration limit) {
		return this.pins.halt(limit);
	}

	void resume() {
		this.pins.resume();
	}

	void unpin() {
		this.pins.remove();
	}

	/**
	 * Refuses if there is no I/O.
	 */
	void requireServing() {
		if (!this.volume.state().serves()) {
			throw refusal();
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
					.with("deviceState", "absent")
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
		this.pins.open();
		this.created.complete(true);
		tell();
	}

	/**
	 * Has what is changed from now on marked. Nothing may be in flight, or it would be
	 * missed.
	 * @param marks {@code null} for no longer
	 */
	void mark(@Nullable ChangedChunks marks) {
		this.changes = marks;
	}

	/**
	 * Whom to tell what becomes of it, and now what it is, if it is something already.
	 */
	void follow(VolumeListener listener) {
		this.follower = listener;
		if (this.created.isDone()) {
			tell();
		}
	}

	/**
	 * Tells who follows it that something of it, or of its devices, has changed.
	 */
	void tell() {
		VolumeListener listener = this.follower;
		if (listener != null) {
			listener.changed(this);
		}
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
		this.pins.close();
		this.created.complete(true);
		tell();
	}

	/**
	 * Extents for more are being prepared, or no longer.
	 */
	void growing(boolean begins) {
		this.volume = this.volume.in(begins ? VolumeState.GROWING : VolumeState.READY, null);
		tell();
	}

	/**
	 * Counts as much towards the tenant's quota while it grows.
	 * @param sizeBytes what it grows to; 0 when it has, or has not after all
	 */
	void setAside(long sizeBytes) {
		this.setAside = sizeBytes;
	}

	/**
	 * What it counts towards the tenant's quota.
	 */
	long chargedBytes() {
		return Math.max(this.volume.sizeBytes(), this.setAside);
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
		// First nobody gets in, then it is said why.
		this.pins.close();
		this.volume = this.volume.in(VolumeState.DELETING, null);
		tell();
		if (this.pins.drain(limit)) {
			return true;
		}
		this.volume = this.volume.in(VolumeState.READY, null);
		this.pins.open();
		tell();
		return false;
	}

}
