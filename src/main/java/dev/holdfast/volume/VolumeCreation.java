package dev.holdfast.volume;

import java.util.UUID;

import dev.holdfast.contract.Precondition;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.IoFailedException;

/**
 * How volumes are made: the name is claimed, room is found and prepared, the labels are
 * committed, and only then is anything remembered. Any thread.
 */
final class VolumeCreation {

	private final VolumeRegistry registry;

	private final Allocator allocator;

	private final VolumeLabels labels;

	private final Fences fences;

	VolumeCreation(VolumeRegistry registry, Allocator allocator, VolumeLabels labels, Fences fences) {
		this.registry = registry;
		this.allocator = allocator;
		this.labels = labels;
		this.fences = fences;
	}

	/**
	 * Makes a volume, or finds the one that is there, of which something is demanded.
	 * @see Volumes#create(VolumeKey, VolumeSpec, ScrubProgress)
	 */
	Creation create(VolumeKey key, VolumeSpec spec, Precondition<VolumeHandle> demanded, ScrubProgress progress) {
		VolumeHandle fresh = new VolumeHandle(Volume.planned(key, UUID.randomUUID(), spec), spec, this.fences);
		while (true) {
			VolumeHandle present = this.registry.names().claim(key, fresh);
			if (present == null) {
				make(fresh, spec, progress);
				return new Creation(fresh.volume(), true);
			}
			demanded.check(present);
			Declarations.requireSame(present, spec);
			if (present.awaitCreated()) {
				Declarations.requireSame(present, spec);
				return new Creation(present.volume(), false);
			}
		}
	}

	private void make(VolumeHandle fresh, VolumeSpec spec, ScrubProgress progress) {
		VolumeKey key = fresh.volume().key();
		boolean made = false;
		try {
			Placement placement = this.allocator.place(key, spec);
			try {
				placement.prepare(fresh::cancelled, progress);
				VolumeRecord record = new VolumeRecord(fresh.uuid(), key.tenant(), key.name(), 1, spec.sizeBytes(),
						spec.blockSizeOrDefault(), VolumeRecord.State.LIVE, spec.layoutOrDefault(),
						spec.stripeBytesOrDefault(), placement.segments());
				this.labels.create(record, placement);
				fresh.ready(record, SegmentMap.of(record, this.registry.online()));
				made = true;
				this.registry.remember(fresh);
			}
			finally {
				placement.giveBack();
			}
		}
		catch (IoFailedException ex) {
			throw VolumeFailures.failed("The volume could not be made", ex);
		}
		catch (IllegalStateException ex) {
			throw VolumeFailures.notOnline(ex);
		}
		finally {
			if (!made) {
				this.registry.release(fresh);
				fresh.failed();
			}
		}
	}

}
