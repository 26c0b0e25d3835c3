package dev.holdfast.device;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Volumes that drives may have lost writes of. The next flush of each on such a drive
 * tells, once: if not in this process, in a later one (mapping contract, Hotplug). Any
 * thread.
 */
public final class PossibleLosses {

	private static final Logger log = LoggerFactory.getLogger(PossibleLosses.class);

	/** Any drive: it was lost in an earlier process, or the volume is elsewhere now. */
	private static final UUID ANY = new UUID(0, 0);

	private final LossStore store;

	/** By volume, the drives of which no flush has told. */
	private final Map<UUID, Set<UUID>> untold = new ConcurrentHashMap<>();

	/** What the store has. Guarded by this, which is held until the store answers. */
	private final Set<UUID> stored = new HashSet<>();

	/**
	 * What is known from before.
	 */
	public PossibleLosses(LossStore store) {
		this.store = store;
		this.stored.addAll(store.load());
		this.stored.forEach((volume) -> add(volume, ANY));
	}

	/**
	 * A drive may have lost writes of a volume. Does not block.
	 */
	void add(UUID volume, UUID drive) {
		this.untold.merge(volume, Set.of(drive), PossibleLosses::union);
	}

	/**
	 * A volume is not on a drive any more, whose losses its flushes tell all the same.
	 */
	public void left(UUID volume, UUID drive) {
		this.untold.computeIfPresent(volume,
				(key, drives) -> drives.stream()
					.map((each) -> each.equals(drive) ? ANY : each)
					.collect(Collectors.toUnmodifiableSet()));
	}

	/**
	 * Has a later process know what no flush has told yet.
	 */
	synchronized void keep() {
		Set<UUID> news = new HashSet<>(this.untold.keySet());
		news.removeAll(this.stored);
		if (news.isEmpty()) {
			return;
		}
		try {
			this.store.add(news);
			this.stored.addAll(news);
		}
		catch (RuntimeException ex) {
			log.error("After a restart no flush will tell that these volumes may have lost writes: {}", news, ex);
		}
	}

	/**
	 * Whether a flush of a volume on a drive has to tell. After this it has.
	 * @param beforeWait called before a wait for the store
	 */
	public boolean tell(UUID volume, UUID drive, Runnable beforeWait) {
		boolean changed = false;
		while (!changed) {
			Set<UUID> drives = this.untold.get(volume);
			if (drives == null || !(drives.contains(drive) || drives.contains(ANY))) {
				return false;
			}
			Set<UUID> others = new HashSet<>(drives);
			others.remove(drive);
			others.remove(ANY);
			changed = others.isEmpty() ? this.untold.remove(volume, drives)
					: this.untold.replace(volume, drives, others);
		}
		beforeWait.run();
		told(volume);
		return true;
	}

	/**
	 * A volume is gone.
	 */
	public void forget(UUID volume) {
		this.untold.remove(volume);
		told(volume);
	}

	private synchronized void told(UUID volume) {
		// Lost again meanwhile, it stays.
		if (!this.untold.containsKey(volume) && this.stored.remove(volume)) {
			try {
				this.store.remove(volume);
			}
			catch (RuntimeException ex) {
				log.warn("Volume {}: a restart will tell again of writes that may be lost", volume, ex);
			}
		}
	}

	private static Set<UUID> union(Set<UUID> some, Set<UUID> others) {
		Set<UUID> all = new HashSet<>(some);
		all.addAll(others);
		return all;
	}

}
