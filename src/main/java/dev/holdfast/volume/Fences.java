package dev.holdfast.volume;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Fences of all volumes that have had a lease, in memory as in the store. Time is that of
 * the monotonic clock from the start on, so that nobody's lease depends on a clock that
 * is set; what a lease had left when the process ended is told from the time of day. No
 * clock decides whether an older number comes back: numbers do.
 */
public final class Fences {

	private final LeaseStore store;

	private final Clock clock;

	private final LongSupplier nanos;

	private final Map<UUID, Fence> fences = new ConcurrentHashMap<>();

	/**
	 * Fences as they are stored.
	 * @param store of leases
	 * @param clock the time of day
	 */
	public Fences(LeaseStore store, Clock clock) {
		this(store, clock, System::nanoTime);
	}

	Fences(LeaseStore store, Clock clock, LongSupplier nanos) {
		this.store = store;
		this.clock = clock;
		this.nanos = nanos;
		Instant now = clock.instant();
		store.load().forEach((volume, lease) -> {
			Duration left = Duration.between(now, lease.expiresAt());
			// A clock that was set back must not make it live longer than it ever may.
			of(volume).hold(lease, (left.compareTo(lease.ttl()) < 0) ? left.toNanos() : lease.ttl().toNanos());
		});
	}

	/**
	 * The fence of a volume, for who is going to change it.
	 */
	Fence of(UUID volume) {
		return this.fences.computeIfAbsent(volume, (uuid) -> new Fence(this.nanos));
	}

	/**
	 * Refuses whoever must not pass to a volume now. Never waits.
	 * @param shown number of a lease, or {@link VolumeLease#NONE}
	 */
	void require(UUID volume, long shown) {
		Fence fence = this.fences.get(volume);
		if (fence != null) {
			fence.require(shown);
		}
		else if (shown != VolumeLease.NONE) {
			throw Fence.neverGiven(shown);
		}
	}

	/**
	 * The lease that lives.
	 */
	@Nullable VolumeLease living(UUID volume) {
		Fence fence = this.fences.get(volume);
		return (fence != null) ? fence.living() : null;
	}

	/**
	 * Gives the next number. It is at least the time of day in milliseconds, so that it
	 * is above the earlier ones also if those are not known here: the drive came from
	 * another node, or the catalog from a copy. The fence's lock is held.
	 */
	VolumeLease give(UUID volume, Duration ttl) {
		Fence fence = of(volume);
		VolumeLease lease = new VolumeLease(Math.max(fence.latest() + 1, this.clock.millis()), ttl, after(ttl));
		this.store.put(volume, lease);
		fence.hold(lease, ttl.toNanos());
		return lease;
	}

	/**
	 * Makes the living lease live longer, or less long. The fence's lock is held.
	 */
	VolumeLease renew(UUID volume, Duration ttl) {
		Fence fence = of(volume);
		VolumeLease lease = new VolumeLease(fence.latest(), ttl, after(ttl));
		Runnable undo = fence.extend(ttl.toNanos());
		boolean stored = false;
		try {
			this.store.put(volume, lease);
			stored = true;
		}
		finally {
			if (!stored) {
				undo.run();
			}
		}
		fence.hold(lease, ttl.toNanos());
		return lease;
	}

	/**
	 * Ends the living lease. The fence's lock is held.
	 */
	void end(UUID volume, VolumeLease living) {
		VolumeLease ended = living.endedAt(after(Duration.ZERO));
		this.store.put(volume, ended);
		of(volume).hold(ended, 0);
	}

	/**
	 * The volume is on no label any more. The fence's lock is held.
	 */
	void forget(UUID volume) {
		Fence fence = this.fences.remove(volume);
		if (fence != null && fence.latest() != VolumeLease.NONE) {
			this.store.remove(volume);
		}
	}

	private Instant after(Duration ttl) {
		return Instant.ofEpochMilli(this.clock.millis()).plus(ttl);
	}

}
