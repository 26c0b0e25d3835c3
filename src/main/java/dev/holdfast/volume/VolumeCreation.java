package dev.holdfast.volume;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.IoFailedException;
import org.jspecify.annotations.Nullable;

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
	 * Makes a volume, or finds the one that is there, of which something is demanded. If
	 * a device fails that nobody asked for, the others are tried.
	 * @see Volumes#create(VolumeKey, VolumeSpec, ScrubProgress)
	 */
	Creation create(VolumeKey key, VolumeSpec spec, Precondition<VolumeHandle> demanded, ScrubProgress progress) {
		Failures failures = new Failures();
		VolumeHandle fresh = fresh(key, spec);
		while (true) {
			VolumeHandle present = this.registry.names().claim(key, fresh);
			if (present == null) {
				if (make(fresh, spec, progress, failures)) {
					return new Creation(fresh.volume(), true);
				}
				// The label that failed may yet say that the volume is there: this one is
				// another.
				fresh = fresh(key, spec);
				continue;
			}
			demanded.check(present);
			Declarations.requireSame(present, spec);
			if (present.awaitCreated()) {
				Declarations.requireSame(present, spec);
				return new Creation(present.volume(), false);
			}
		}
	}

	private VolumeHandle fresh(VolumeKey key, VolumeSpec spec) {
		return new VolumeHandle(Volume.planned(key, UUID.randomUUID(), spec), spec, this.fences);
	}

	/**
	 * Makes a volume.
	 * @return {@code false} if a device failed and others are worth a try
	 */
	private boolean make(VolumeHandle fresh, VolumeSpec spec, ScrubProgress progress, Failures failures) {
		VolumeKey key = fresh.volume().key();
		boolean made = false;
		try {
			Placement placement = place(key, spec, failures);
			try {
				placement.prepare(fresh::cancelled, progress);
				VolumeRecord record = new VolumeRecord(fresh.uuid(), key.tenant(), key.name(), 1, spec.sizeBytes(),
						spec.blockSizeOrDefault(), VolumeRecord.State.LIVE, spec.layoutOrDefault(),
						spec.stripeBytesOrDefault(), placement.segments());
				create(fresh, record, placement);
				fresh.ready(record, SegmentMap.of(record, this.registry.online()));
				made = true;
				this.registry.remember(fresh);
			}
			finally {
				placement.giveBack();
			}
			return true;
		}
		catch (IoFailedException ex) {
			ProblemException failure = VolumeFailures.failed("The volume could not be made", ex);
			if (!spec.devices().isEmpty() || fresh.cancelled() || !failures.add(ex.device(), failure)) {
				throw failure;
			}
			return false;
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

	private void create(VolumeHandle fresh, VolumeRecord record, Placement placement) throws IoFailedException {
		boolean created = false;
		try {
			this.labels.create(record, placement);
			created = true;
		}
		finally {
			if (!created) {
				this.registry.claims().disown(fresh, record);
			}
		}
	}

	private Placement place(VolumeKey key, VolumeSpec spec, Failures failures) {
		try {
			return this.allocator.place(key, spec, failures.devices);
		}
		catch (ProblemException ex) {
			// There is room, but for the device that failed.
			throw (failures.last != null) ? failures.last : ex;
		}
	}

	/**
	 * What went wrong so far with one creation. Each device fails it once.
	 */
	private static final class Failures {

		private final Set<String> devices = new HashSet<>();

		private @Nullable ProblemException last;

		boolean add(String device, ProblemException failure) {
			this.last = failure;
			return this.devices.add(device);
		}

	}

}
