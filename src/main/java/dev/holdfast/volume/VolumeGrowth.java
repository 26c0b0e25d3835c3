package dev.holdfast.volume;

import java.time.Duration;
import java.util.List;

import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.IoFailedException;

/**
 * How volumes become larger: room is found and prepared while the volume is used, and it
 * is pinned only while the labels are committed. Any thread.
 */
final class VolumeGrowth {

	/** Longer than a change without extents to zero takes. */
	private static final Duration CHANGE_LIMIT = Duration.ofSeconds(2);

	private final VolumeRegistry registry;

	private final Allocator allocator;

	private final VolumeLabels labels;

	private final Duration drainLimit;

	VolumeGrowth(VolumeRegistry registry, Allocator allocator, VolumeLabels labels, Duration drainLimit) {
		this.registry = registry;
		this.allocator = allocator;
		this.labels = labels;
		this.drainLimit = drainLimit;
	}

	/**
	 * Makes a volume larger of which something is demanded.
	 * @param lease number of the lease that was shown; it must live at the end too
	 */
	Volume grow(VolumeHandle handle, long sizeBytes, long lease, Precondition<VolumeHandle> demanded,
			ScrubProgress progress) {
		VolumeKey key = handle.volume().key();
		handle.requireLease(lease);
		if (!handle.tryChange(CHANGE_LIMIT)) {
			demanded.check(handle);
			throw new ProblemException(Problem.IN_USE,
					"The volume %s is being changed already: wait for that, or cancel it".formatted(key.name()));
		}
		try {
			handle.requireServing();
			demanded.check(handle);
			VolumeRecord before = handle.onLabel();
			VolumeSpec.requireSize(sizeBytes, before.blockSize());
			if (sizeBytes < before.sizeBytes()) {
				throw new ProblemException(Problem.NOT_SUPPORTED,
						"A volume does not shrink: %s has %d bytes".formatted(key.name(), before.sizeBytes()));
			}
			if (sizeBytes > before.sizeBytes()) {
				this.registry.names().setAside(handle, sizeBytes);
				handle.growing(true);
				try {
					grow(handle, before, sizeBytes, lease, progress);
				}
				finally {
					handle.growing(false);
					handle.setAside(0);
				}
				this.registry.remember(handle);
			}
			return handle.volume();
		}
		catch (IoFailedException ex) {
			throw VolumeFailures.failed("The volume could not be grown", ex);
		}
		catch (IllegalStateException ex) {
			throw VolumeFailures.notOnline(ex);
		}
		finally {
			handle.changing().unlock();
		}
	}

	private void grow(VolumeHandle handle, VolumeRecord before, long sizeBytes, long lease, ScrubProgress progress)
			throws IoFailedException {
		VolumeFailures.requireOnline(handle, "grow");
		long more = Math.ceilDiv(sizeBytes, Geometry.EXTENT_SIZE) - before.extents();
		Placement placement = (more > 0) ? this.allocator.placeMore(before, handle.declared(), more) : null;
		try {
			if (placement != null) {
				placement.prepare(handle::cancelled, progress);
			}
			VolumeRecord after = before.grown(sizeBytes, (placement != null) ? placement.segments() : List.of());
			try (Pin pin = handle.pin(lease, System.nanoTime() + this.drainLimit.toNanos())) {
				this.labels.grow(before, after, placement);
				VolumeSpec declared = handle.declared();
				if (declared != null) {
					handle.declare(declared.ofOtherSize(sizeBytes));
				}
				handle.ready(after, SegmentMap.of(after, this.registry.online()));
			}
		}
		finally {
			if (placement != null) {
				placement.giveBack();
			}
		}
	}

}
