package dev.holdfast.block;

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.DeviceFollower;
import dev.holdfast.device.DeviceStatus;
import dev.holdfast.volume.VolumeHandle;
import dev.holdfast.volume.VolumeListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes that drives may have lost, as a later process has to know of them: what no flush
 * has told before a restart, the first one after it tells (mapping contract, Hotplug). It
 * is kept in mind until a later flush has succeeded, since who was told may not have
 * heard it before the process ended: it may be told twice. Any thread.
 */
public final class PossibleLosses implements DeviceFollower, VolumeListener {

	/** For volumes that have lost nothing. */
	private static final long NONE = 0;

	private static final Logger log = LoggerFactory.getLogger(PossibleLosses.class);

	private final LossStore store;

	/** What is stored: the number of each volume's latest loss. */
	private final Map<UUID, Long> stored = new ConcurrentHashMap<>();

	/** From before the start, and not told since. */
	private final Set<UUID> untold = ConcurrentHashMap.newKeySet();

	/** Guarded by this. */
	private long number = NONE + 1;

	/**
	 * What is known from before.
	 */
	public PossibleLosses(LossStore store) {
		this.store = store;
		for (UUID volume : store.load()) {
			this.stored.put(volume, this.number);
			this.untold.add(volume);
		}
	}

	/**
	 * A flush begins.
	 * @return what it settles if it succeeds
	 * @throws ProblemException {@link Problem#WRITE_LOSS_POSSIBLE}, once
	 */
	long begin(UUID volume) {
		if (!this.untold.isEmpty() && this.untold.remove(volume)) {
			throw IoProblems.writeLoss("A drive of the volume");
		}
		return this.stored.getOrDefault(volume, NONE);
	}

	/**
	 * A flush has succeeded.
	 * @param begun what it began with
	 */
	void settle(UUID volume, long begun) {
		if (begun != NONE) {
			forget(volume, begun);
		}
	}

	private synchronized void forget(UUID volume, long latest) {
		if (this.stored.remove(volume, latest)) {
			try {
				this.store.remove(volume);
			}
			catch (RuntimeException ex) {
				log.warn("Volume {}: a restart will tell again of writes that may be lost", volume, ex);
			}
		}
	}

	@Override
	public synchronized void mayHaveLost(DeviceStatus device, Map<UUID, Long> writes) {
		this.number++;
		try {
			this.store.add(writes.keySet());
			writes.keySet().forEach((volume) -> this.stored.put(volume, this.number));
		}
		catch (RuntimeException ex) {
			log.error("After a restart no flush will tell that these volumes may have lost writes: {}", writes.keySet(),
					ex);
		}
	}

	@Override
	public synchronized void ended(VolumeHandle volume) {
		this.untold.remove(volume.uuid());
		Long latest = this.stored.get(volume.uuid());
		if (latest != null) {
			forget(volume.uuid(), latest);
		}
	}

	@Override
	public void changed(VolumeHandle volume) {
	}

	@Override
	public void attached(DeviceStatus device) {
	}

	@Override
	public void changed(DeviceStatus device) {
	}

	@Override
	public void detached(DeviceStatus device) {
	}

}
