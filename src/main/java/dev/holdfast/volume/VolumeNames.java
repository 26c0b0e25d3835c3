package dev.holdfast.volume;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Volumes by name. Names are looked up without a lock. They are taken, and volumes grow,
 * one at a time, so that no two share the last of a tenant's quota, and that nothing is
 * made for a tenant on its way out. A volume that comes with a device is not asked for
 * room: its bytes are there.
 */
final class VolumeNames {

	private final Tenancy tenancy;

	private final Map<VolumeKey, VolumeHandle> handles = new ConcurrentHashMap<>();

	private final VolumeFollowers followers = new VolumeFollowers();

	VolumeNames(Tenancy tenancy) {
		this.tenancy = tenancy;
	}

	@Nullable VolumeHandle find(VolumeKey key) {
		return this.handles.get(key);
	}

	Stream<VolumeHandle> handles() {
		return this.handles.values().stream();
	}

	Stream<VolumeHandle> of(String tenant) {
		return handles().filter((handle) -> handle.volume().key().tenant().equals(tenant));
	}

	/**
	 * Takes a name for what was known before.
	 */
	void put(VolumeHandle known) {
		this.handles.put(known.volume().key(), known);
		known.follow(this.followers);
	}

	/**
	 * Takes a name for a new volume.
	 * @return who has it already, or {@code null}
	 * @throws ProblemException {@link Problem#NOT_FOUND} if the tenant is not there,
	 * {@link Problem#QUOTA_EXCEEDED}
	 */
	synchronized @Nullable VolumeHandle claim(VolumeKey key, VolumeHandle fresh) {
		VolumeHandle present = this.handles.get(key);
		if (present != null) {
			return present;
		}
		if (!this.tenancy.exists(key.tenant())) {
			throw new ProblemException(Problem.NOT_FOUND, "There is no such tenant");
		}
		requireRoom(key.tenant(), fresh.volume().sizeBytes());
		this.handles.put(key, fresh);
		fresh.follow(this.followers);
		return null;
	}

	/**
	 * Takes a name for a volume that came with a device, if it can have it.
	 * @return the volume's handle, or {@code null} if the tenant is not there or another
	 * volume has the name
	 */
	synchronized @Nullable VolumeHandle admit(VolumeKey key, VolumeHandle fresh) {
		if (!this.tenancy.exists(key.tenant())) {
			return null;
		}
		VolumeHandle present = this.handles.putIfAbsent(key, fresh);
		if (present == null) {
			fresh.follow(this.followers);
			return fresh;
		}
		return present.uuid().equals(fresh.uuid()) ? present : null;
	}

	/**
	 * Sets bytes aside for a volume that is to grow, until it is told to
	 * {@linkplain VolumeHandle#setAside give them back}.
	 * @throws ProblemException {@link Problem#QUOTA_EXCEEDED}
	 */
	synchronized void setAside(VolumeHandle handle, long sizeBytes) {
		requireRoom(handle.volume().key().tenant(), sizeBytes - handle.volume().sizeBytes());
		handle.setAside(sizeBytes);
	}

	private void requireRoom(String tenant, long more) {
		long limit = this.tenancy.capacityBytes(tenant);
		if (limit == Long.MAX_VALUE) {
			return;
		}
		long used = used(tenant);
		if (more > limit - used) {
			throw new ProblemException(Problem.QUOTA_EXCEEDED,
					"The tenant's volumes may have %d bytes (capacityBytes); %d are in use, and %d more were asked for"
						.formatted(limit, used, more))
				.with("limit", limit)
				.with("quota", "capacityBytes")
				.with("used", used)
				.with("requested", more);
		}
	}

	/**
	 * What a tenant's volumes have together, with what is being made.
	 * @return bytes
	 */
	long used(String tenant) {
		return of(tenant).mapToLong(VolumeHandle::chargedBytes).sum();
	}

	/**
	 * Gives up a name of a volume that has got another one.
	 */
	void release(VolumeKey key, VolumeHandle handle) {
		this.handles.remove(key, handle);
	}

	/**
	 * Gives up the name of a volume that is no more.
	 */
	void end(VolumeHandle handle) {
		release(handle.volume().key(), handle);
		this.followers.ended(handle);
	}

	/**
	 * Whom to tell what becomes of volumes, and now of those there are.
	 */
	void follow(VolumeListener listener) {
		this.followers.add(listener);
		handles().forEach(listener::changed);
	}

	boolean exists(String tenant) {
		return this.tenancy.exists(tenant);
	}

	boolean isFree(VolumeKey key, UUID volume) {
		VolumeHandle present = this.handles.get(key);
		return exists(key.tenant()) && (present == null || present.uuid().equals(volume));
	}

	/**
	 * Does something to a tenant that has no volumes, and gets none meanwhile.
	 * @param more whether anything else of it is left
	 * @throws ProblemException {@link Problem#IN_USE} if it has some
	 */
	synchronized void whileUnused(String tenant, BooleanSupplier more, Runnable work) {
		long volumes = of(tenant).count();
		if (volumes > 0) {
			throw new ProblemException(Problem.IN_USE,
					"The tenant has volumes (%d): delete them first".formatted(volumes))
				.with("volumes", volumes);
		}
		if (more.getAsBoolean()) {
			throw new ProblemException(Problem.IN_USE,
					"Volumes of the tenant were deleted while a device was away: what is on it goes when it returns, or detach it");
		}
		work.run();
	}

}
