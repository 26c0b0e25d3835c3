package dev.holdfast.volume;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;

/**
 * Leases of volumes: fencing, as {@code src/docs/leases.md} says. What is answered is
 * durable, and true of the devices: when a number is given, nothing that was asked for
 * without it is on its way to them any more. Any thread.
 */
public final class Leases {

	static final Duration SHORTEST = Duration.ofSeconds(1);

	static final Duration LONGEST = Duration.ofDays(1);

	private final Volumes volumes;

	private final Fences fences;

	private final Duration limit;

	/**
	 * Leases of volumes.
	 * @param volumes to be leased
	 * @param fences the same that the volumes have
	 * @param limit how long to wait for I/O that is in flight
	 */
	public Leases(Volumes volumes, Fences fences, Duration limit) {
		this.volumes = volumes;
		this.fences = fences;
		this.limit = limit;
	}

	/**
	 * Takes a lease: I/O that is in flight ends, what comes meanwhile waits and is then
	 * refused.
	 * @param key of the volume
	 * @param ttl 1 s to 1 day
	 * @param takeover whether to take it from who has it
	 * @return with a new number
	 * @throws ProblemException {@link Problem#NOT_FOUND}; {@link Problem#LEASE_LOST} if
	 * another lives; {@link Problem#IN_USE} if I/O did not end in time: then nothing has
	 * changed; {@link Problem#OVERLOADED} if somebody else is at it
	 */
	public VolumeLease take(VolumeKey key, Duration ttl, boolean takeover) {
		requireInLimits(ttl);
		return change(key, (handle) -> {
			if (!takeover) {
				this.fences.of(handle.uuid()).requireFree();
			}
			if (!handle.halt(this.limit)) {
				throw new ProblemException(Problem.IN_USE,
						"The volume %s is in use by I/O that does not end: nobody has a new lease, try again later"
							.formatted(key.name()));
			}
			try {
				return this.fences.give(handle.uuid(), ttl);
			}
			finally {
				handle.resume();
			}
		});
	}

	/**
	 * Lets a lease live for a time that begins now.
	 * @param key of the volume
	 * @param number of the lease
	 * @param ttl 1 s to 1 day
	 * @return with the same number
	 * @throws ProblemException {@link Problem#NOT_FOUND}; {@link Problem#LEASE_LOST} if
	 * that lease does not live; {@link Problem#OVERLOADED}
	 */
	public VolumeLease renew(VolumeKey key, long number, Duration ttl) {
		requireInLimits(ttl);
		return change(key, (handle) -> {
			this.fences.of(handle.uuid()).require(number);
			return this.fences.renew(handle.uuid(), ttl);
		});
	}

	/**
	 * Ends a lease before its time. Its number is not good for anything any more.
	 * @param key of the volume
	 * @param number of the lease, or {@link VolumeLease#NONE}
	 * @throws ProblemException {@link Problem#NOT_FOUND}, also if none lives and none is
	 * shown; {@link Problem#LEASE_LOST} if another lease lives, or that one does not;
	 * {@link Problem#OVERLOADED}
	 */
	public void release(VolumeKey key, long number) {
		change(key, (handle) -> {
			Fence fence = this.fences.of(handle.uuid());
			fence.require(number);
			VolumeLease living = fence.living();
			if (living == null) {
				throw noLease(key);
			}
			this.fences.end(handle.uuid(), living);
			return living;
		});
	}

	/**
	 * The lease that lives.
	 * @param key of the volume
	 * @return empty if none does
	 * @throws ProblemException {@link Problem#NOT_FOUND} if there is no volume
	 */
	public Optional<VolumeLease> find(VolumeKey key) {
		VolumeHandle handle = this.volumes.require(key);
		return Optional.ofNullable(this.fences.living(handle.uuid()));
	}

	/**
	 * What is said where there is none.
	 * @param key of the volume
	 * @return {@link Problem#NOT_FOUND}
	 */
	public static ProblemException noLease(VolumeKey key) {
		return new ProblemException(Problem.NOT_FOUND, "Nobody has a lease of the volume %s".formatted(key.name()));
	}

	private VolumeLease change(VolumeKey key, Function<VolumeHandle, VolumeLease> work) {
		VolumeHandle handle = this.volumes.require(key);
		Fence fence = this.fences.of(handle.uuid());
		if (!fence.lock(this.limit)) {
			throw new ProblemException(Problem.OVERLOADED,
					"The lease of the volume %s is being changed: try again".formatted(key.name()))
				.with("retryable", true);
		}
		try {
			if (this.volumes.require(key) != handle) {
				throw VolumeHandle.notFound(key);
			}
			return work.apply(handle);
		}
		finally {
			fence.unlock();
		}
	}

	private static void requireInLimits(Duration ttl) {
		if (ttl.compareTo(SHORTEST) < 0 || ttl.compareTo(LONGEST) > 0) {
			throw new ProblemException(Problem.MALFORMED_REQUEST,
					"A lease lives for %d to %d seconds".formatted(SHORTEST.toSeconds(), LONGEST.toSeconds()));
		}
	}

}
