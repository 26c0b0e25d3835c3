package dev.holdfast.volume;

import java.time.Duration;
import java.util.UUID;

import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.device.UnflushedWrites;
import dev.holdfast.engine.IoFailedException;

/**
 * How volumes go: nothing new is let in, what is in flight is awaited, and the labels are
 * committed without them. Any thread.
 */
final class VolumeDeletion {

	private final VolumeRegistry registry;

	private final VolumeLabels labels;

	private final Fences fences;

	private final Duration drainLimit;

	VolumeDeletion(VolumeRegistry registry, VolumeLabels labels, Fences fences, Duration drainLimit) {
		this.registry = registry;
		this.labels = labels;
		this.fences = fences;
		this.drainLimit = drainLimit;
	}

	/**
	 * Deletes a volume of which something is demanded.
	 * @param lease number of the lease that was shown, or {@link VolumeLease#NONE}
	 * @see Volumes#delete(VolumeKey)
	 */
	void delete(VolumeKey key, long lease, Precondition<Volume> demanded) {
		VolumeHandle handle = this.registry.find(key);
		if (handle == null) {
			throw VolumeHandle.notFound(key);
		}
		// Before anything is cancelled, and again once nobody else changes it.
		handle.requireLease(lease);
		demanded.check(handle.volume());
		handle.cancelPreparation();
		if (!handle.awaitCreated()) {
			// It was being made, and now is not.
			return;
		}
		handle.changing().lock();
		try {
			deleteFenced(handle, lease, demanded);
		}
		catch (IoFailedException ex) {
			throw VolumeFailures.failed("The volume could not be deleted: delete it again", ex);
		}
		catch (IllegalStateException ex) {
			throw VolumeFailures.notOnline(ex);
		}
		finally {
			handle.changing().unlock();
		}
	}

	/**
	 * Deletes a volume while nobody gets a lease of it.
	 */
	private void deleteFenced(VolumeHandle handle, long lease, Precondition<Volume> demanded) throws IoFailedException {
		VolumeKey key = handle.volume().key();
		Fence fence = this.fences.of(handle.uuid());
		if (!fence.lock(this.drainLimit)) {
			handle.resumePreparation();
			throw new ProblemException(Problem.IN_USE,
					"Somebody is taking a lease of the volume %s: try again later".formatted(key.name()));
		}
		boolean begins = false;
		try {
			if (this.registry.find(key) != handle) {
				throw VolumeHandle.notFound(key);
			}
			handle.requireLease(lease);
			demanded.check(handle.volume());
			if (!handle.volume().state().serves() && this.registry.deleteAway(handle)) {
				forgetWrites(handle.uuid());
				return;
			}
			VolumeFailures.requireOnline(handle, "delete");
			begins = handle.drain(this.drainLimit);
			if (!begins) {
				throw new ProblemException(Problem.IN_USE,
						"The volume %s is in use by I/O that does not end: try again later".formatted(key.name()));
			}
			this.labels.delete(handle.onLabel());
			this.registry.forget(handle);
			this.fences.forget(handle.uuid());
			forgetWrites(handle.uuid());
		}
		finally {
			if (!begins) {
				handle.resumePreparation();
			}
			fence.unlock();
		}
	}

	/**
	 * What a drive has lost of it nobody is told, so it is not kept either.
	 */
	private void forgetWrites(UUID volume) {
		for (Device device : this.registry.online().values()) {
			UnflushedWrites unflushed = device.unflushed();
			if (unflushed != null) {
				unflushed.forget(volume);
			}
			device.losses().forget(volume);
		}
	}

}
