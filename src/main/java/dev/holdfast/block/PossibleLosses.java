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
 * has told before a restart, the first one after it tells, once (mapping contract,
 * Hotplug). Any thread.
 */
public final class PossibleLosses implements DeviceFollower, VolumeListener {

	private static final Logger log = LoggerFactory.getLogger(PossibleLosses.class);

	private final LossStore store;

	/** What is stored. */
	private final Set<UUID> stored = ConcurrentHashMap.newKeySet();

	/** From before the start, and not told since. */
	private final Set<UUID> untold = ConcurrentHashMap.newKeySet();

	/**
	 * What is known from before.
	 */
	public PossibleLosses(LossStore store) {
		this.store = store;
		this.stored.addAll(store.load());
		this.untold.addAll(this.stored);
	}

	/**
	 * A flush begins.
	 * @throws ProblemException {@link Problem#WRITE_LOSS_POSSIBLE}, once for what is from
	 * before the start
	 */
	void tell(UUID volume) {
		if (!this.untold.isEmpty() && this.untold.remove(volume)) {
			forget(volume);
			throw IoProblems.writeLoss("A drive of the volume");
		}
	}

	/**
	 * A flush has failed, and perhaps told of writes that this process knows of.
	 */
	void failed(UUID volume, ProblemException problem) {
		if (problem.problem() == Problem.WRITE_LOSS_POSSIBLE) {
			forget(volume);
		}
	}

	private synchronized void forget(UUID volume) {
		if (this.stored.remove(volume)) {
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
		try {
			this.store.add(writes.keySet());
			this.stored.addAll(writes.keySet());
		}
		catch (RuntimeException ex) {
			log.error("After a restart no flush will tell that these volumes may have lost writes: {}", writes.keySet(),
					ex);
		}
	}

	@Override
	public void ended(VolumeHandle volume) {
		this.untold.remove(volume.uuid());
		forget(volume.uuid());
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
